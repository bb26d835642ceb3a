// Opens a real Chromium and uses the console as a person does: signed in, by the visible texts and by the keys.
import { accessSync, constants } from 'node:fs';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import { PEOPLE, type Web } from './web.ts';
import type { SupplierSlug } from './system.ts';

const PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
];
const ARGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync'
];

const isProgram = (file: string): boolean => {
	try {
		accessSync(file, constants.X_OK);
		return true;
	} catch {
		return false;
	}
};

export async function openBrowser(): Promise<Browser> {
	const executablePath = process.env['CHROMIUM_PATH'] ?? PLACES.find(isProgram);
	if (!executablePath)
		throw new Error('There is no Chromium; set CHROMIUM_PATH, or run npm test, which installs one');
	return chromium.launch({ executablePath, args: ARGS });
}

export interface Visit {
	/** The address after the origin. */
	path?: string;
	colorScheme?: 'light' | 'dark';
	/** The language that the browser asks for. */
	locale?: string;
	/** Collects the errors that the page reports: errors of scripts and of the content policy. */
	complaints?: string[];
}

/** Opens a new window in which nobody is signed in. */
export async function openPage(browser: Browser, visit: Visit = {}): Promise<Page> {
	const context = await browser.newContext({
		viewport: { width: 1366, height: 768 },
		colorScheme: visit.colorScheme ?? 'light',
		...(visit.locale && { locale: visit.locale })
	});
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	page.on('pageerror', (error) => visit.complaints?.push(error.message));
	page.on('console', (message) => message.type() === 'error' && visit.complaints?.push(message.text()));
	return page;
}

export async function signIn(
	page: Page,
	web: Pick<Web, 'url'>,
	person: { email: string; password: string },
	path = '/'
): Promise<void> {
	// The page loses text that is typed before its code has loaded.
	await page.goto(web.url + path, { waitUntil: 'networkidle' });
	await page.getByLabel('E-mail address').fill(person.email);
	await page.getByLabel('Password').fill(person.password);
	await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens the console of a Supplier's controller and waits until the console is live. */
export async function openConsole(
	browser: Browser,
	web: Web,
	slug: SupplierSlug,
	visit: Visit = {}
): Promise<Page> {
	const page = await openPage(browser, visit);
	await signIn(page, web, PEOPLE[slug], visit.path);
	await isLive(page);
	return page;
}

/** Makes sure that nobody reads: nothing is open or selected, and the pointer is away from the list. */
export async function lookAway(page: Page): Promise<void> {
	for (let i = 0; i < MOST_STEPS_BACK; i++) await page.keyboard.press('Escape');
	await page.mouse.move(5, 5);
}
/** Esc goes one step back: out of a field, a form, a report, the open Alert, the selection, the current row. */
const MOST_STEPS_BACK = 6;

export const connection = (page: Page): Locator => page.getByRole('status', { name: 'Connection' });
export const isLive = (page: Page): Promise<void> =>
	connection(page).getByText('Live', { exact: true }).waitFor();

/** Finds the row of the Device's Alert. The list shows the end of the Device id. */
export const rowOf = (page: Page, deviceId: string): Locator =>
	page.locator(`[data-alert]:has([title^="${deviceId}"])`);
export const drawer = (page: Page): Locator => page.getByRole('complementary', { name: 'Alert' });

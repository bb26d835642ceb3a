// Opens windows for the pictures, signed in as the people of the demo.
import type { Browser, Page } from 'playwright-core';
import { signIn as signInTo } from '../../tests/support/browser.ts';

/** The people of the demo. `null`: nobody is signed in. */
export const PEOPLE = {
	controller: 'controller@brightwell.example',
	lead: 'lead@brightwell.example',
	admin: 'admin@causeway.example',
	nobody: null
} as const;
export type Person = keyof typeof PEOPLE;
const PASSWORD = 'causeway-demo';
/** How long a page may draw before its picture (ms). */
const SETTLE_MS = 1500;

export interface Look {
	width: number;
	height: number;
	colorScheme: 'light' | 'dark';
}

/** Opens a window of this size and scheme in which the person is signed in. */
export async function signIn(
	browser: Browser,
	origin: string,
	person: Person,
	{ width, height, colorScheme }: Look
): Promise<Page> {
	const context = await browser.newContext({
		viewport: { width, height },
		colorScheme,
		locale: 'en-GB',
		baseURL: origin
	});
	const page = await context.newPage();
	const email = PEOPLE[person];
	if (email === null) return page;
	await signInTo(page, { url: origin }, { email, password: PASSWORD });
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	return page;
}

/** Opens a path and lets the page draw. */
export async function visit(page: Page, path: string): Promise<void> {
	await page.goto(path);
	await page.waitForTimeout(SETTLE_MS);
}

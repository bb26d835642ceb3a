// Tests that the words of the pages come from the catalogue: in the pseudo-language, each word of a page has accents.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.ts';
import { hardCodedTexts, openInPseudo } from '../support/catalogue.ts';
import { joinAs } from '../support/members.ts';
import { UNEXPLAINED_SECURITY, setUpOnCall, type OnCallTest } from '../support/on-call.ts';
import { NORTH_GRID_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
/** The console of a lead of Brightwell, in the pseudo-language. One sign-in serves all tests: more are refused. */
let lead: Page;

const deviceId = newDeviceId();
const idle = newDeviceId();
/** A Device whose Alert nobody decides. */
const waiting = newDeviceId();

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post('/devices', [aDevice(deviceId), aDevice(idle), aDevice(waiting)]);
	await system.post('/service-requests', [aRequest(deviceId)]);
	await system.post('/alerts', [anAlert(deviceId), anAlert(waiting), anAlert(newDeviceId())]);
	const { id, version } = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	const decision = { verdict: 'ignorable', reason: 'other-user-command', note: 'They told us.', version };
	expect((await system.call('POST', `/alerts/${id}/decision`, 'brightwell', decision)).status).toBe(200);
	lead = await openInPseudo(browser, web, await joinAs(system, 'brightwell', 'lead', 'Brightwell lead'));
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const openSignedOut = (): Promise<Page> => openPage(browser, { locale: 'en-XA' });

test('the pseudo-language shows accents, and a page in English shows none', async () => {
	const page = await openSignedOut();
	await page.goto(`${web.url}/sign-in`);
	expect(await page.getAttribute('html', 'lang')).toBe('en-XA');
	expect(await page.title()).toBe('Šíĝñ íñ · Çáúšéŵáý');
	const english = await openPage(browser);
	await english.goto(`${web.url}/sign-in`);
	expect(await english.getAttribute('html', 'lang')).toBe('en-GB');
	expect(await hardCodedTexts(english)).toContain('Sign in');
	await english.context().close();
	await page.context().close();
});

test('the sign-in page, its fault and the error page have no text outside the catalogue', async () => {
	const page = await openSignedOut();
	await page.goto(`${web.url}/sign-in`, { waitUntil: 'networkidle' });
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.getByLabel('É-máíļ').fill('nobody@brightwell.example');
	await page.locator('#password').fill('wrong');
	await page.getByRole('button').click();
	await page.getByRole('alert').getByText('ŵŕóñĝ').waitFor();
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.goto(`${web.url}/answer/none/none`);
	await page.getByRole('heading').waitFor();
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.context().close();
});

/** Names of the Suppliers, Users, people, API keys and keys of the keyboard. */
const NAMES = [
	/\bkey \d+/g,
	/\b(?:North Grid|Brightwell lead|Brightwell controller|Brightwell|brightwell|halden|lead)\b/g,
	/\b(?:First|Second|Europe\/London|night|any|meters|bridge)\b/g,
	/\b(?:ESME|IS|ED|security|UTC)\b/g,
	/\bCtrl L\b/g,
	// A value of the filter of roles.
	/\bown\b/g,
	/Source Does not have Authority for Command/g,
	// The title of the window is the headline that the server words.
	/no suspect yet/g
];
const WEEK = '2026-11-06T00:00:00.000Z';

/** Opens a page as the lead, and expects that each of its words is in the catalogue. */
async function expectNoHardCodedText(path: string): Promise<void> {
	await lead.goto(web.url + path, { waitUntil: 'networkidle' });
	expect(await lead.locator('main').innerText()).toMatch(/[áéíóú]/);
	expect(await hardCodedTexts(lead, { within: 'main', names: NAMES })).toEqual([]);
}

test.each([
	['of the feeds', '/feeds'],
	['of the accuracy', '/accuracy'],
	['of a Device with Alerts', `/devices/${deviceId}?until=${WEEK}`],
	['of a Device without Alerts', `/devices/${idle}`],
	['of an unknown Device', `/devices/${newDeviceId()}`],
	['of a User', `/users/${NORTH_GRID_USER_ID}?until=${WEEK}`],
	['of a User that sent nothing', `/users/${NORTH_GRID_USER_ID}`]
])('the page %s has no text outside the catalogue', (_, path) => expectNoHardCodedText(path));

describe('the desk', () => {
	const expectClean = async (within = 'body', names: readonly RegExp[] = []): Promise<void> =>
		expect(await hardCodedTexts(lead, { within, names: [...NAMES, ...names] })).toEqual([]);
	/** Names of the fields of the query box. */
	const FIELDS = [/\b(?:code|age|decided|priority)\b/g];
	const open = (path: string) => lead.goto(web.url + path, { waitUntil: 'networkidle' });
	const show = (selector: string) => lead.locator(selector).first().waitFor();
	const gone = (selector: string) => lead.locator(selector).first().waitFor({ state: 'detached' });
	const press = async (...keys: string[]): Promise<void> => {
		for (const key of keys) await lead.keyboard.press(key);
	};

	test.each(['/', '/?view=all', '/?view=decided', '/?view=mine', '/?view=journal&code=8F3E'])(
		'has no text outside the catalogue at %s',
		async (path) => {
			await open(path);
			await expectClean();
		}
	);

	test('finds Alerts without a text outside the catalogue', async () => {
		await open('/?view=all&code=8F30');
		await lead.locator('[aria-controls=view-menu]').click();
		await show('#view-menu');
		await lead.locator('[aria-controls=facets]').click();
		await show('#facets fieldset');
		await expectClean();
		const box = lead.locator('#query-box');
		await box.fill('code:8F30 ');
		await show('[role=listbox] [role=option]');
		await expectClean();
		for (const fault of [
			'aera:South',
			'wibble:1',
			'code:',
			'age:2',
			'decided:2h',
			'priority:>2',
			'-tamper'
		]) {
			await box.fill(fault);
			await box.press('Enter');
			await show('#query-fault');
			await expectClean('#query-fault', FIELDS);
		}
		await lead.locator('[aria-controls=facets]').click();
		await open('/?view=all&model=Reed');
		await show('[data-not-live]');
		await expectClean();
	});

	test('shows its palette and its keys without a text outside the catalogue', async () => {
		await open('/');
		await press('Control+k');
		await show('dialog [role=option]');
		await expectClean();
		await lead.keyboard.type('8F30');
		await show('dialog [role=option]');
		await expectClean();
		await lead.keyboard.type('nothing like it');
		await gone('dialog [role=option]');
		await expectClean();
		await press('Escape');
		await gone('dialog');
		await press('?');
		const undo = lead.locator('[data-command=undo] + dd + dd button');
		for (const key of ['a', '5', 'Control+l', 'g']) {
			await undo.click();
			await press(key);
			await expectClean();
		}
		await press('Escape', 'Escape');
		await gone('dialog');
	});

	test('takes its actions without a text outside the catalogue', async () => {
		await open('/?view=all');
		await show('[data-alert]');
		await press('Space');
		await show('[data-pause]');
		await expectClean();
		await press('Space', 'Shift+X');
		await show('[data-alert][aria-checked=true]');
		await expectClean();
		for (const [key, part] of [
			['s', 'input'],
			['Shift+M', '[role=group]'],
			['c', '[data-first]'],
			['a', '[role=group]']
		] as const) {
			await press(key);
			await show(`form[tabindex] ${part}`);
			await expectClean();
			await lead.locator('form[tabindex] button', { hasText: 'Esc' }).click();
		}
		const report = lead.locator('section:has(button kbd:text("u"))');
		await press('m');
		await report.waitFor();
		await expectClean();
		await press('u');
		await report.waitFor({ state: 'detached' });
		await expectClean();
		await press('Shift+X', 'Shift+X');
		await lead.locator('main > section', { hasText: 'ÚŢÇ' }).waitFor();
		await expectClean();
		await press('Escape', 'Escape');
	});
});

describe('on call', () => {
	let onCall: OnCallTest;
	let path: string;

	beforeAll(async () => {
		onCall = await setUpOnCall(system);
		await onCall.route('night', { ...UNEXPLAINED_SECURITY, areas: ['SW1', 'SW2'], priority: 2 });
		await onCall.route('any', { explanation: ['pending', 'unexplained'] });
		await onCall.anUnexplainedAlert();
		const opened = await onCall.pageBecomes({ state: 'open' });
		path = `/on-call/pages/${opened.id}`;
	});
	afterAll(() => onCall?.receiver[Symbol.asyncDispose]());

	test.each([
		'/on-call',
		'/on-call/pages',
		'/on-call/pages?state=resolved',
		'/on-call/routes',
		'/on-call/routes?route=',
		'/on-call/routes?route=night',
		'/on-call/rotas',
		'/on-call/rotas?form=new',
		'/on-call/rotas?form=edit&view=week',
		'/on-call/channels',
		'/on-call/maintenance',
		'the page for a phone'
	])('the page %s has no text outside the catalogue', (name) =>
		expectNoHardCodedText(name.startsWith('/') ? name : path)
	);
});

test('the page of the installation has no text outside the catalogue', async () => {
	const page = await openInPseudo(browser, web, await joinAs(system, '*', 'admin', 'Ada Admin'));
	await page.goto(`${web.url}/installation`, { waitUntil: 'networkidle' });
	expect(await page.locator('main').innerText()).toMatch(/[áéíóú]/);
	expect(await hardCodedTexts(page, { within: 'main', names: NAMES })).toEqual([]);
	await page.context().close();
});

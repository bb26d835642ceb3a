// Tests that the words of the pages come from the catalogue: in the pseudo-language, each word of a page has accents.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signIn } from '../support/browser.ts';
import { hardCodedTexts } from '../support/catalogue.ts';
import { joinAs, type Member } from '../support/members.ts';
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
/** A Device whose Alert has no candidate and no decision. */
const waiting = newDeviceId();
/** The ids of the Alerts that the tests open. */
const opened = { decided: '', undecided: '' };

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post(
		'/devices',
		[deviceId, idle, waiting].map((id) => aDevice(id))
	);
	await system.post('/service-requests', [aRequest(deviceId)]);
	await system.post(
		'/alerts',
		[deviceId, waiting, newDeviceId()].map((id) => anAlert(id))
	);
	const { id, version } = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	opened.decided = id;
	opened.undecided = (await system.becomes('brightwell', waiting, {})).id;
	const decision = { verdict: 'ignorable', reason: 'other-user-command', note: 'They told us.', version };
	expect((await system.call('POST', `/alerts/${id}/decision`, 'brightwell', decision)).status).toBe(200);
	const note = { text: 'The hub was exchanged.' };
	expect((await system.call('POST', `/alerts/${id}/comments`, 'brightwell', note)).status).toBe(201);
	lead = await openAs(await joinAs(system, 'brightwell', 'lead', 'Brightwell lead'));
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const openInPseudo = (): Promise<Page> => openPage(browser, { locale: 'en-XA' });

test('the pseudo-language shows accents, and a page in English shows none', async () => {
	const page = await openInPseudo();
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
	const page = await openInPseudo();
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

/** Names of the Suppliers, Users, people and keys of the test. */
const NAMES = [
	/\bkey \d+/g,
	/\b(?:North Grid|Brightwell lead|Brightwell controller|Brightwell|brightwell|halden|lead)\b/g,
	/\b(?:First|Second|Europe\/London|night|any|meters|bridge)\b/g,
	/\b(?:ESME|IS|ED|security|UTC)\b/g,
	// The title of the window is the headline that the server words.
	/no suspect yet/g,
	// Parts of the desk that are not in the catalogue yet.
	/^(?:Find|Keys|by)$/g
];
/** The id of a record that does not exist. */
const NOBODYS = '999999999';
const WEEK = '2026-11-06T00:00:00.000Z';

/** Opens a page as the lead, and expects that each of its words is in the catalogue. */
async function expectNoHardCodedText(path: string): Promise<void> {
	await lead.goto(web.url + path, { waitUntil: 'networkidle' });
	expect(await lead.locator('main').innerText()).toMatch(/[áéíóú]/);
	expect(await hardCodedTexts(lead, { within: 'main', names: NAMES })).toEqual([]);
}

/** Signs a person in, in English, and then asks for the pseudo-language. */
async function openAs(person: Member): Promise<Page> {
	const page = await openPage(browser);
	await signIn(page, web, person);
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	await page.context().setExtraHTTPHeaders({ 'accept-language': 'en-XA' });
	return page;
}

test.each([
	['of the feeds', '/feeds'],
	['of the accuracy', '/accuracy'],
	['of the episodes', '/episodes'],
	['of a Device with Alerts', `/devices/${deviceId}?until=${WEEK}`],
	['of a Device without Alerts', `/devices/${idle}`],
	['of an unknown Device', `/devices/${newDeviceId()}`],
	['of a User', `/users/${NORTH_GRID_USER_ID}?until=${WEEK}`],
	['of a User that sent nothing', `/users/${NORTH_GRID_USER_ID}`]
])('the page %s has no text outside the catalogue', (_, path) => expectNoHardCodedText(path));

describe('the open Alert', () => {
	const body = '[data-drawer-body]';
	/** The names of the Alert and of the request, which stand in the labels of the marks. */
	const names = [
		...NAMES,
		/Update Device Configuration \(Voltage\)/g,
		/Source Does not have Authority for Command/g
	];

	test.each(['decided', 'undecided'] as const)('has no text outside the catalogue (%s)', async (state) => {
		await lead.goto(`${web.url}/?view=all&alert=${opened[state]}`, { waitUntil: 'networkidle' });
		await expect
			.poll(async () => {
				await lead.locator(body).evaluate((node) => node.scrollBy(0, 300));
				return lead.locator('[data-audit]').count();
			})
			.toBe(1);
		for (const details of await lead.locator(`${body} summary`).all()) await details.click();
		if (state === 'decided') await lead.locator('[data-note]').waitFor();
		expect(await hardCodedTexts(lead, { within: body, names })).toEqual([]);
		expect(await hardCodedTexts(lead, { within: 'aside > header', names })).toEqual([]);
	});

	test('has no text outside the catalogue if it is not in the list', async () => {
		await lead.goto(`${web.url}/?alert=${NOBODYS}`);
		await lead.locator('aside.drawer header, aside.drawer p').first().waitFor();
		expect(await hardCodedTexts(lead, { within: 'aside' })).toEqual([]);
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

describe('episodes', () => {
	const at = (seconds: number): string =>
		new Date(Date.parse(WEEK) - 86_400_000 + seconds * 1000).toISOString();
	/** The members of a campaign, and a Device whose Alert is outside the campaign. */
	const [members, outside] = [Array.from({ length: 5 }, newDeviceId), newDeviceId()];

	beforeAll(async () => {
		const all = [...members, outside];
		await system.post(
			'/devices',
			all.map((id) => aDevice(id, { model: 'Storm 9', firmware: '2.10' }))
		);
		const sent = { serviceReferenceVariant: '11.3', requestedAt: at(7170), responseCode: 'E21' };
		await system.post(
			'/service-requests',
			members.map((id) => aRequest(id, sent))
		);
		await system.post('/service-requests/completeness', { source: 'sat', completeUntil: at(86_400) });
		await system.post(
			'/alerts',
			all.map((id, i) => anAlert(id, { code: '8F3E', raisedAt: at(7200 + i), receivedAt: at(7205 + i) }))
		);
	});

	test('has no text outside the catalogue, before and after the decision', async () => {
		await lead.goto(`${web.url}/episodes`);
		await lead.locator('[data-episode] a').first().click();
		await lead.locator('[data-outside]').first().waitFor();
		expect(await hardCodedTexts(lead, { names: NAMES, within: 'main' })).toEqual([]);
		expect(await hardCodedTexts(lead, { names: NAMES, within: 'aside' })).toEqual([]);
		await lead.keyboard.press('e');
		await lead.locator('dialog :is([data-receiver], p a)').waitFor();
		expect(await hardCodedTexts(lead, { names: NAMES, within: 'dialog' })).toEqual([]);
		await lead.keyboard.press('Escape');
		await lead.keyboard.press('i');
		await lead.locator('aside form').waitFor();
		await lead.keyboard.press('2');
		await lead.keyboard.press('Enter');
		await lead.locator('aside footer [role=status]').getByText('5').waitFor();
		expect(await hardCodedTexts(lead, { names: NAMES, within: 'main' })).toEqual([]);
		expect(await hardCodedTexts(lead, { names: NAMES, within: 'aside' })).toEqual([]);
	});

	test('has no text outside the catalogue for an episode that is gone', async () => {
		await lead.goto(`${web.url}/episodes?episode=${NOBODYS}`, { waitUntil: 'networkidle' });
		expect(await hardCodedTexts(lead, { within: 'aside' })).toEqual([]);
	});
});

test('the page of the installation has no text outside the catalogue', async () => {
	const page = await openAs(await joinAs(system, '*', 'admin', 'Ada Admin'));
	await page.goto(`${web.url}/installation`, { waitUntil: 'networkidle' });
	expect(await page.locator('main').innerText()).toMatch(/[áéíóú]/);
	expect(await hardCodedTexts(page, { within: 'main', names: NAMES })).toEqual([]);
	await page.context().close();
});

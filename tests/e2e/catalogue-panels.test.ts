// Tests that the words of the open Alert, of the episodes, of the standing decisions and of the cause table come from the
// catalogue: in the pseudo-language, each word has accents. catalogue.test.ts tests the other pages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { hardCodedTexts, openInPseudo } from '../support/catalogue.ts';
import { joinAs } from '../support/members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { decide, fitting, standingOf, succeed } from '../support/standing.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
/** The console of a lead of Brightwell, in the pseudo-language. */
let lead: Page;

const deviceId = newDeviceId();
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
		[deviceId, waiting].map((id) => aDevice(id))
	);
	await system.post('/service-requests', [aRequest(deviceId)]);
	await system.post(
		'/alerts',
		[deviceId, waiting].map((id) => anAlert(id))
	);
	const { id, version } = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	opened.decided = id;
	opened.undecided = (await system.becomes('brightwell', waiting, {})).id;
	const decision = { verdict: 'ignorable', reason: 'other-user-command', note: 'They told us.', version };
	expect((await system.call('POST', `/alerts/${id}/decision`, 'brightwell', decision)).status).toBe(200);
	const note = { text: 'The hub was exchanged.' };
	expect((await system.call('POST', `/alerts/${id}/comments`, 'brightwell', note)).status).toBe(201);
	lead = await openInPseudo(browser, web, await joinAs(system, 'brightwell', 'lead', 'Brightwell lead'));
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Names of the Users, people, keys, Alerts and requests of the test. */
const NAMES = [
	/\bkey \d+/g,
	/\b(?:North Grid|Brightwell lead|Brightwell|lead)\b/g,
	// Codes of Alerts: `81AD`, `payload:CommandFailure`.
	/\b[0-9A-F]{4}\b/g,
	/\b(?:payload:)?(?=\w*[a-z])(?=\w*[A-Z]\w*[A-Z])\w+/g,
	// Roles and types of Devices.
	/\b[A-Z]{2,5}\b/g,
	/shipped with the product/g,
	/Update Device Configuration \(Voltage\)/g,
	/Source Does not have Authority for Command/g
];
/** The id of a record that does not exist. */
const NOBODYS = '999999999';
/** So many reopened Alerts pause a standing decision. */
const REOPENED_TO_PAUSE = 3;

const expectClean = async (within: string): Promise<void> =>
	expect(await hardCodedTexts(lead, { within, names: NAMES })).toEqual([]);

/** Opens a page as the lead, and expects that each of its words is in the catalogue. */
async function expectNoHardCodedText(path: string): Promise<void> {
	await lead.goto(web.url + path, { waitUntil: 'networkidle' });
	expect(await lead.locator('main').innerText()).toMatch(/[áéíóú]/);
	await expectClean('main');
}

test.each([
	['of the episodes', '/episodes'],
	['of the standing decisions', '/standing-decisions'],
	['of the cause table', '/cause-table'],
	['of a rule from no Alert', `/standing-decisions?from=${NOBODYS}`],
	['of a rule from an Alert that is not settled', '/standing-decisions?from=undecided']
])('the page %s has no text outside the catalogue', (_, path) =>
	expectNoHardCodedText(path.replace('undecided', opened.undecided))
);

describe('the open Alert', () => {
	const body = '[data-drawer-body]';
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
		await expectClean(body);
		await expectClean('aside > header');
	});

	test('has no text outside the catalogue if it is not in the list', async () => {
		await lead.goto(`${web.url}/?alert=${NOBODYS}`);
		await lead.locator('aside.drawer header, aside.drawer p').first().waitFor();
		await expectClean('aside');
	});
});

describe('episodes', () => {
	const at = (seconds: number): string =>
		new Date(Date.parse('2026-11-05T00:00:00.000Z') + seconds * 1000).toISOString();
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
		await expectClean('main');
		await expectClean('aside');
		await lead.keyboard.press('e');
		await lead.locator('dialog :is([data-receiver], p a)').waitFor();
		await expectClean('dialog');
		await lead.keyboard.press('Escape');
		await lead.keyboard.press('i');
		await lead.locator('aside form').waitFor();
		await lead.keyboard.press('2');
		await lead.keyboard.press('Enter');
		await lead.locator('aside footer [role=status]').getByText('5').waitFor();
		await expectClean('main');
		await expectClean('aside');
	});

	test('has no text outside the catalogue for an episode that is gone', async () => {
		await lead.goto(`${web.url}/episodes?episode=${NOBODYS}`, { waitUntil: 'networkidle' });
		await expectClean('aside');
	});
});

describe('standing decisions', () => {
	const rules: Record<string, { id: string }> = {};

	beforeAll(async () => {
		const standing = await standingOf(system);
		const idle = { when: { code: '8F1C', explanation: 'unexplained' }, reason: 'information' };
		rules['proposed'] = await standing.propose(idle);
		rules['ended'] = await standing.active(idle);
		await standing.end(rules['ended'].id);
		rules['active'] = await standing.active(idle);
		rules['paused'] = await standing.active();
		// Later evidence takes one Alert back, and the Alerts that people reopen pause the rule.
		await succeed(system, (await fitting(system)).candidates[0]!.requestId);
		for (let i = 0; i < REOPENED_TO_PAUSE; i++) await decide(system, await fitting(system), null);
	});

	test('the list has no text outside the catalogue', () => expectNoHardCodedText('/standing-decisions'));

	test.each(['proposed', 'active', 'paused', 'ended'])(
		'the page of one that is %s has no text outside the catalogue',
		async (state) => {
			await expectNoHardCodedText(`/standing-decisions/${rules[state]!.id}`);
			await lead.locator('[data-split]').waitFor();
			if (state !== 'ended') await lead.locator('section:has([data-outcome]) button').last().click();
			await expectClean('main');
		}
	);

	test('a proposal from an Alert has no text outside the catalogue', async () => {
		await expectNoHardCodedText(`/standing-decisions?from=${opened.decided}`);
		await lead.locator('[data-split]').waitFor();
		await expectClean('main');
	});
});

describe('the cause table', () => {
	const button = (page: Page, name: string) => page.getByRole('button', { name });
	async function expectTableClean(page: Page): Promise<void> {
		for (const within of ['section:has(h1)', 'main', 'aside'])
			expect(await hardCodedTexts(page, { within, names: NAMES })).toEqual([]);
	}

	test.each(['entry=8F30', 'entry=8FFF', 'panel=history', 'panel=learned'])(
		'the panel %s has no text outside the catalogue',
		async (query) => {
			await lead.goto(`${web.url}/cause-table?${query}`, { waitUntil: 'networkidle' });
			await expectTableClean(lead);
		}
	);

	test('a draft, its faults, its changes and its steps have no text outside the catalogue', async () => {
		await lead.goto(`${web.url}/cause-table`, { waitUntil: 'networkidle' });
		await button(lead, 'Šţáŕţ á ďŕáfţ').click();
		await lead.waitForURL(/version=/);
		await lead.locator('section:has(h1) ol').waitFor();
		await lead.locator('[data-entry="8F30"] a').click();
		const cause = lead.locator('[data-cause="8F30/1"]');
		const latest = cause.locator('input[type=number]').nth(2);
		await latest.fill('10');
		await cause.locator('input[list]').fill('99.9');
		await lead.keyboard.press('Enter');
		await cause.locator('[aria-live] span').first().waitFor();
		await expectTableClean(lead);
		await button(lead, 'Ŕévéŕţ').click();
		await expectTableClean(lead);
		await latest.fill('60');
		await button(lead, 'Šávé').click();
		await button(lead, 'Ďíšçáŕď').waitFor();
		await lead.locator('nav a[href*="panel=changes"]').click();
		await lead.locator('[data-change]').waitFor();
		await expectTableClean(lead);
		await lead.locator('nav a[href*="panel=what-if"]').click();
		await expectTableClean(lead);
		await button(lead, 'Ŕúñ').click();
		await lead.locator('[data-result]').waitFor();
		await expectTableClean(lead);
	});

	test('the release has no text outside the catalogue', async () => {
		const admin = await openInPseudo(browser, web, await joinAs(system, '*', 'admin', 'Brightwell lead'));
		await admin.goto(lead.url(), { waitUntil: 'networkidle' });
		await expectTableClean(admin);
		await button(admin, 'Pŕópóšé').click();
		await button(admin, 'Pŕópóšé').waitFor({ state: 'detached' });
		await expectTableClean(admin);
		await admin.context().close();
	});
});

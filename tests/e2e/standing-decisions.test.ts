// Tests standing decisions in the browser: one person proposes a rule from an Alert, another one activates it, and what
// fits is decided without the desk.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, openPage, rowOf, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import {
	alertBecomes,
	decide,
	fitting,
	sendFitting,
	standingOf,
	succeed,
	type Standing
} from '../support/standing.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let engineer: Member;
let standing: Standing;
/** The desk of a controller, who may not propose. */
let desk: Page;
/** The console of the lead, who proposes. */
let author: Page;
/** The console of the engineer, who activates. */
let second: Page;
let firstDevice: string;
/** The id of the standing decision of the story. */
let id: string;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	standing = await standingOf(system);
	lead = await joinAs(system, 'brightwell', 'lead', 'Lena Lead');
	engineer = await joinAs(system, 'brightwell', 'engineer', 'Emil Engineer');
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: new Date(Date.now() - 1000).toISOString()
	});
	firstDevice = (await fitting(system)).deviceId;
	const colleague = await fitting(system);
	await decide(system, colleague, 'actionable');
	desk = await openConsole(browser, web, 'brightwell');
	author = await openAs(lead, '/');
	second = await openAs(engineer, '/standing-decisions');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

async function openAs(member: Member, path: string): Promise<Page> {
	const page = await openPage(browser);
	await signIn(page, web, member, path);
	await isLive(page);
	return page;
}

describe('from an Alert to a rule', () => {
	test('“Always like this” proposes the facts of the Alert, and shows first what people decided otherwise', async () => {
		await rowOf(author, firstDevice).click();
		await drawer(author).getByRole('link', { name: 'Always like this' }).click();
		await author.waitForURL('**/standing-decisions?from=*');
		const form = author.getByRole('form', { name: 'Proposal' });
		await form.locator('[data-rule]', { hasText: '8F30, likely, after 6.5 by ED (another User)' }).waitFor();
		const preview = author.locator('[data-preview]');
		await preview.getByText('2 Alerts fit the rule.').waitFor();
		await preview.locator('[data-part="against"]', { hasText: '1 decided actionable by people' }).waitFor();
		expect(await preview.getByRole('heading').allTextContents()).toEqual([
			'The last 30 days',
			'Decided otherwise by people',
			'Other examples'
		]);
	});

	test('the preview follows when the person drops a fact', async () => {
		const other = await system.becomes('brightwell', await sendFitting(system, { responseCode: 'E49' }), {
			explanation: 'likely'
		});
		expect(other.candidates[0]!.responseCode).toBe('E49');
		const form = author.getByRole('form', { name: 'Proposal' });
		await form.getByLabel(/Response code/).uncheck();
		await author.locator('[data-preview]').getByText('3 Alerts fit the rule.').waitFor();
		await form.getByLabel(/Response code/).check();
		await author.locator('[data-preview]').getByText('2 Alerts fit the rule.').waitFor();
		expect(await form.getByLabel('Alert code').isDisabled()).toBe(true);
	});

	test('the person chooses reason, note and end, and the proposal waits for another person', async () => {
		const form = author.getByRole('form', { name: 'Proposal' });
		await form.getByLabel('Reason').selectOption('other-user-command');
		await form.getByLabel(/^Note/).fill('North Grid writes the configuration each night');
		await form.getByLabel(/^Ends after/).fill('30');
		await form.getByRole('button', { name: 'Propose' }).click();
		await author.waitForURL(/standing-decisions\/\d+$/);
		id = author.url().split('/').at(-1)!;
		const steps = author.getByRole('region', { name: 'Steps' });
		await steps.getByText('You proposed it, so another person must activate it').waitFor();
		expect(await steps.getByRole('button', { name: /^Activate/ }).count()).toBe(0);
		expect((await standing.one(id)).daysLeft).toBe(30);
	});

	test('the second person confirms the number; if it has changed, the page shows the new one and asks again', async () => {
		const late = newDeviceId();
		await system.post('/devices', [aDevice(late)]);
		await system.post('/alerts', [anAlert(late)]);
		await system.becomes('brightwell', late, { explanation: 'unexplained' });
		await second.goto(`${web.url}/standing-decisions/${id}`);
		const steps = second.getByRole('region', { name: 'Steps' });
		await steps.getByRole('button', { name: 'Activate and confirm 2 Alerts' }).waitFor();
		// The request arrives late, so an Alert of before the preview fits the rule now.
		await system.post('/service-requests', [aRequest(late)]);
		await system.becomes('brightwell', late, { explanation: 'likely' });
		await steps.getByRole('button', { name: /^Activate/ }).click();
		await steps.getByText('The preview has changed').waitFor();
		await steps.getByRole('button', { name: 'Activate and confirm 3 Alerts' }).click();
		await steps.getByText('Active. From now on it decides each Alert that fits.').waitFor();
		expect(await standing.one(id)).toMatchObject({
			state: 'active',
			proposed: { name: 'Lena Lead' },
			activated: { name: 'Emil Engineer' }
		});
	});
});

describe('an active rule', () => {
	let deviceId: string;

	test('decides the next such Alert, which does not appear on the desk', async () => {
		const { id: alert, ...decided } = await fitting(system);
		deviceId = decided.deviceId;
		expect(decided.decision).toMatchObject({ verdict: 'ignorable', standing: id });
		// The Alert after it shows that the desk has read on.
		const later = newDeviceId();
		await system.post('/devices', [aDevice(later)]);
		await system.post('/alerts', [anAlert(later, { code: '8F3E' })]);
		await rowOf(desk, later).waitFor();
		expect(await rowOf(desk, deviceId).count()).toBe(0);
		await desk.goto(`${web.url}/?view=all&alert=${alert}`);
		await rowOf(desk, deviceId).getByText(`Ignorable by standing decision ${id}`).waitFor();
		const count = desk.getByRole('link', { name: '1 decided by standing decisions in 24 h' });
		expect(await count.getAttribute('href')).toBe('/standing-decisions');
		await drawer(desk).locator('[data-by-standing]').first().waitFor();
		expect(await drawer(desk).locator('[data-by-standing]').first().getAttribute('href')).toBe(
			`/standing-decisions/${id}`
		);
	});

	test('its Alert is reopened like any other, and the list shows this rule first and says so', async () => {
		const idle = await standing.active({
			when: { code: '8F1C', explanation: 'unexplained' },
			reason: 'information'
		});
		await drawer(desk).getByRole('button', { name: 'Reopen' }).click();
		await drawer(desk)
			.getByRole('button', { name: /^Actionable/ })
			.waitFor();
		await second.goto(`${web.url}/standing-decisions`);
		const items = second.locator('li[data-standing]');
		await items.first().getByText('People reopened 1 of its 1 Alerts.').waitFor();
		expect(await items.evaluateAll((all) => all.map((item) => item.getAttribute('data-standing')))).toEqual([
			id,
			idle.id
		]);
		await items.first().getByText('1 decided, 1 reopened, 0 withdrawn').waitFor();
		await items.first().getByRole('link').click();
		await second.getByText(/^reopened by/).waitFor();
	});

	test('an Alert that later evidence takes back shows its notice', async () => {
		const decided = await fitting(system);
		expect(decided.decision?.standing).toBe(id);
		await succeed(system, decided.candidates[0]!.requestId);
		await alertBecomes(system, decided.id, { decision: null });
		await desk.goto(`${web.url}/?alert=${decided.id}`);
		await drawer(desk)
			.locator('[data-notice]', { hasText: `Standing decision ${id} decided this Alert` })
			.waitFor();
		await rowOf(desk, decided.deviceId).getByText('Taken back').waitFor();
		expect(await rowOf(desk, decided.deviceId).textContent()).not.toContain('undefined');
	});

	test('a rule whose Alerts people reopen pauses itself, and a person resumes it with a note', async () => {
		for (let i = 0; i < 2; i++) await decide(system, await fitting(system), null);
		await second.reload();
		await second.getByText(/Paused .*People reopened 3 of the last 50 Alerts that it decided\./).waitFor();
		const steps = second.getByRole('region', { name: 'Steps' });
		await steps.getByRole('button', { name: 'Resume with a note' }).click();
		await steps.getByLabel('Note').fill('one faulty meter, replaced');
		await steps.getByRole('button', { name: 'Resume it' }).click();
		await steps.getByText('Resumed. It decides again.').waitFor();
		await second.getByText('“one faulty meter, replaced”').waitFor();
	});

	test('a person ends it with a note', async () => {
		const steps = second.getByRole('region', { name: 'Steps' });
		await steps.getByRole('button', { name: 'End with a note' }).click();
		await steps.getByLabel('Note').fill('the campaign is over');
		await steps.getByRole('button', { name: 'End it' }).click();
		await steps.getByText('Ended. What it decided stays decided.').waitFor();
		expect((await standing.one(id)).state).toBe('ended');
	});
});

describe('what no rule covers', () => {
	test('physical tamper gets no button, and the drawer says why', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', [aDevice(deviceId)]);
		await system.post('/alerts', [anAlert(deviceId, { code: '8F3F' })]);
		await author.goto(web.url);
		await rowOf(author, deviceId).click();
		await drawer(author).getByText('No standing decision covers 8F3F').waitFor();
		expect(await drawer(author).getByRole('link', { name: 'Always like this' }).count()).toBe(0);
		const [alert] = await system.alerts('brightwell', `?device=${deviceId}`);
		await author.goto(`${web.url}/standing-decisions?from=${alert!.id}`);
		await author.getByText('No standing decision covers this.').waitFor();
		expect(await author.getByRole('form', { name: 'Proposal' }).count()).toBe(0);
	});

	test('a controller reads the rules, and may not propose', async () => {
		await desk.goto(`${web.url}/?view=all`);
		await rowOf(desk, firstDevice).click();
		await drawer(desk).getByText('Service Requests that may be the cause').waitFor();
		expect(await drawer(desk).getByRole('link', { name: 'Always like this' }).count()).toBe(0);
		await desk.goto(`${web.url}/standing-decisions/${id}`);
		await desk.getByText('The 30 days before the proposal').waitFor();
	});
});

test('an episode proposes the facts that its Alerts share', async () => {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post('/service-requests', [aRequest(deviceId)]);
	await system.post(
		'/alerts',
		[0, 1, 2].map((minute) =>
			anAlert(deviceId, {
				raisedAt: `2026-11-05T02:1${4 + minute}:07.000Z`,
				receivedAt: `2026-11-05T02:1${4 + minute}:09.000Z`
			})
		)
	);
	await author.goto(`${web.url}/episodes`);
	await author.locator('[data-episode]').first().getByRole('link').click();
	await author.getByRole('link', { name: 'Always like this' }).click();
	await author.locator('[data-rule]').waitFor();
	expect(await author.locator('[data-rule]').textContent()).toContain('8F30, likely, after 6.5');
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
	test('axe finds no fault, wide and on a phone, and no page scrolls sideways', async () => {
		const page = await openPage(browser, { colorScheme });
		const [alert] = await system.alerts('brightwell', `?device=${firstDevice}`);
		await signIn(page, web, lead, '/standing-decisions');
		await isLive(page);
		for (const path of ['', `/${id}`, `?from=${alert!.id}`]) {
			await page.goto(`${web.url}/standing-decisions${path}`);
			if (path !== '') await page.locator('[data-split]').waitFor();
			for (const width of [1366, 390]) {
				await page.setViewportSize({ width, height: 768 });
				const { violations } = await new AxeBuilder({ page }).analyze();
				expect(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target}`))).toEqual(
					[]
				);
				expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
			}
		}
		await page.context().close();
	});
});

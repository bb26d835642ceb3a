// Tests how the desk shows episodes beside lone Alerts, and that nothing moves while a person reads a busy desk.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { lookAway, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	page = await openConsole(browser, web, 'brightwell', { complaints });
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** The Devices of a campaign: one User's request to Devices of one model, each of which raises an Alert. */
const campaign = Array.from({ length: 6 }, newDeviceId);
const MODEL = { model: 'Storm 9', firmware: '2.10' };
/** A Device of the same model that raised the same Alert without a request. */
const outside = newDeviceId();

async function sendAlerts(
	devices: readonly string[],
	withRequest = true,
	model: Record<string, unknown> = MODEL
): Promise<void> {
	await system.post(
		'/devices',
		devices.map((id) => aDevice(id, model))
	);
	if (withRequest)
		await system.post(
			'/service-requests',
			devices.map((id) => aRequest(id))
		);
	await system.post(
		'/alerts',
		devices.map((id) => anAlert(id))
	);
}

const episodeRow = (): Locator => page.locator('[data-episode]').first();
const lead = (locator: Locator) => locator.evaluate((node) => node.getBoundingClientRect().top);
/** Selects the episode, which is the second row of the list. */
async function selectEpisode(): Promise<void> {
	await lookAway(page);
	await page.keyboard.press('j');
	await page.keyboard.press('j');
	expect(await episodeRow().getAttribute('aria-selected')).toBe('true');
}

describe('an episode in the list', () => {
	test('is one row with its kind, size, Devices, hours and common cause; the Alert without the cause stays beside it', async () => {
		await sendAlerts([outside], false);
		await sendAlerts(campaign);
		await episodeRow().getByText('6 Alerts', { exact: true }).waitFor();
		await episodeRow().getByText('Campaign').waitFor();
		expect(await episodeRow().innerText()).toMatch(
			/8F30 Source Does not have.*6 Devices.*Storm 9 2\.10.*Strong.*6\.5 Update Device Configuration.*ED North Grid/s
		);
		expect(await episodeRow().innerText()).not.toContain('before');
		expect(
			await episodeRow()
				.getByRole('img', { name: /last 24 hours/ })
				.count()
		).toBe(1);
		expect(await rowOf(page, outside).count()).toBe(1);
		for (const id of campaign) expect(await rowOf(page, id).count()).toBe(0);
	});

	test('opens in place, and closes again', async () => {
		const place = await lead(episodeRow());
		await episodeRow().click();
		for (const id of campaign) await rowOf(page, id).waitFor();
		expect(await episodeRow().getAttribute('aria-expanded')).toBe('true');
		expect(await lead(episodeRow())).toBe(place);
		await page.keyboard.press('Enter');
		await rowOf(page, campaign[0]!).waitFor({ state: 'detached' });
		expect(await episodeRow().getAttribute('aria-expanded')).toBe('false');
	});

	test('counts a new Alert in place while a person reads', async () => {
		const another = newDeviceId();
		await sendAlerts([another]);
		await episodeRow().getByText('7 Alerts', { exact: true }).waitFor();
		expect(await page.getByRole('button', { name: /new/ }).count()).toBe(0);
		campaign.push(another);
	});

	test('takes one decision for exactly the Alerts that it shows, and one key undoes it', async () => {
		await page.keyboard.press('i');
		await page.getByRole('form', { name: 'Reason' }).getByText('7 Alerts').waitFor();
		const late = newDeviceId();
		await sendAlerts([late]);
		await episodeRow().getByText('8 Alerts', { exact: true }).waitFor();
		await page.keyboard.press('1');
		await page.keyboard.press('Enter');
		const undecided = async () =>
			(await system.alerts('brightwell', '?decision=none&limit=500'))
				.map(({ deviceId }) => deviceId)
				.toSorted();
		await expect.poll(undecided).toEqual([outside, late].toSorted());
		await page.getByText('Undo').first().waitFor();
		await page.keyboard.press('u');
		await expect.poll(undecided).toEqual([...campaign, outside, late].toSorted());
		await episodeRow().getByText('8 Alerts', { exact: true }).waitFor();
		campaign.push(late);
	});

	test('names each Alert that a colleague decided first, and decides the others', async () => {
		await selectEpisode();
		await page.keyboard.press('i');
		await page.getByRole('form', { name: 'Reason' }).getByText('8 Alerts').waitFor();
		// The colleague decides after the person has confirmed, and before the server has the person's decision.
		await page.route(
			'**/decisions',
			async (route) => {
				const [first] = await system.alerts('brightwell', `?device=${campaign[0]}`);
				const colleague = { verdict: 'actionable', reason: 'visit', note: null, version: first!.version };
				await system.call('POST', `/alerts/${first!.id}/decision`, 'brightwell', colleague);
				await route.continue();
			},
			{ times: 1 }
		);
		await page.keyboard.press('1');
		await page.keyboard.press('Enter');
		await episodeRow().getByText('1 not decided').waitFor();
		const verdicts = await Promise.all(
			campaign.map(async (id) => (await system.alerts('brightwell', `?device=${id}`))[0]!.decision?.verdict)
		);
		expect(verdicts).toEqual(['actionable', ...campaign.slice(1).map(() => 'ignorable')]);
		await selectEpisode();
		await page.keyboard.press('Enter');
		await rowOf(page, campaign[0]!).getByText('has changed since you read it').waitFor();
	});
});

describe('while 50 Alerts a second arrive', () => {
	test('no visible row moves as long as a person reads, and the new Alerts wait behind a pill', async () => {
		await lookAway(page);
		await expect.poll(() => rowOf(page, outside).count()).toBe(1);
		await page.keyboard.press('j');
		const rows = () =>
			page
				.locator('[role=treeitem]')
				.evaluateAll((nodes) =>
					nodes.map((node) => [node.id, Math.round(node.getBoundingClientRect().top)] as const)
				);
		const before = await rows();
		const devices = Array.from({ length: 200 }, newDeviceId);
		for (let i = 0; i < devices.length; i += 50) await sendAlerts(devices.slice(i, i + 50), false, {});
		await page.getByRole('button', { name: /200 new \(200 P1\)/ }).waitFor();
		expect(await rows()).toEqual(before);
		await page.keyboard.press('n');
		await page.getByRole('button', { name: /new \(\d+ P1\) not on the screen/ }).waitFor();
		expect((await rows()).slice(0, before.length).map(([id]) => id)).toEqual(before.map(([id]) => id));
	});

	test('the list that nobody reads follows, and leads to the Alerts below the screen', async () => {
		await lookAway(page);
		const devices = Array.from({ length: 60 }, newDeviceId);
		await sendAlerts(devices, false, {});
		const pill = page.getByRole('button', { name: /new \(\d+ P1\) not on the screen/ });
		await pill.waitFor();
		await page.keyboard.press('n');
		await expect.poll(() => page.locator('[role=tree]').evaluate((box) => box.scrollTop)).toBeGreaterThan(0);
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));

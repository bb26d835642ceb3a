// Tests how the desk calls a person who does not look at it: the sound, the icon of the tab, and counters in a flood.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { connection, isLive, lookAway, openBrowser, openPage, rowOf, signIn } from '../support/browser.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { forgetTones, listenTo, mayRing, tonesOf } from '../support/tones.ts';
import { PEOPLE, startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

/** Opens a console whose tones are noted. */
async function openListening(): Promise<Page> {
	const page = await openPage(browser, { complaints });
	await listenTo(page);
	await signIn(page, web, PEOPLE.brightwell);
	await isLive(page);
	return page;
}

const sound = (page: Page) => page.locator('[data-sound]');
const icon = (page: Page): Promise<string> =>
	page.evaluate(() => decodeURIComponent(document.querySelector<HTMLLinkElement>('link[rel=icon]')!.href));

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	page = await openListening();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
	await page.bringToFront();
	await lookAway(page);
});

async function sendAlert(fields: Record<string, unknown> = {}): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post('/alerts', [anAlert(deviceId, fields)]);
	return deviceId;
}

describe('the sound', () => {
	test('is locked until the first click or key, as the browser wants it, and the button says so', async () => {
		const fresh = await openListening();
		expect(await sound(fresh).getAttribute('data-sound')).toBe('locked');
		await fresh.keyboard.press('Escape');
		await fresh.locator('[data-sound=on]').waitFor();
		await fresh.context().close();
		await page.locator('[data-sound=on]').waitFor();
	});

	test('rings for a new Alert of priority 1, also while it waits behind the pill', async () => {
		await rowOf(page, await sendAlert()).waitFor();
		await expect.poll(() => tonesOf(page)).toHaveLength(4);
		await page.keyboard.press('j');
		await mayRing(page);
		const waiting = await sendAlert();
		await page.getByRole('button', { name: /1 new \(1 P1\)/ }).waitFor();
		await expect.poll(() => tonesOf(page)).toHaveLength(4);
		expect(await rowOf(page, waiting).count()).toBe(0);
		await page.keyboard.press('Escape');
	});

	test('is quiet for an Alert that changes, and for one that comes back because the person undid a decision', async () => {
		const deviceId = await sendAlert();
		await rowOf(page, deviceId).waitFor();
		await mayRing(page);
		await system.post('/service-requests', [aRequest(deviceId)]);
		await rowOf(page, deviceId).getByText('Strong').waitFor();
		await rowOf(page, deviceId).click();
		await page.keyboard.press('a');
		await page.keyboard.press('1');
		await page.keyboard.press('Enter');
		const verdict = async () =>
			(await system.alerts('brightwell', `?device=${deviceId}`))[0]!.decision?.verdict ?? null;
		await expect.poll(verdict).toBe('actionable');
		await page.getByText('Undo').first().waitFor();
		await page.keyboard.press('u');
		await expect.poll(verdict).toBeNull();
		expect(await tonesOf(page)).toEqual([]);
	});

	test('can be muted for 15 minutes, and the end of the mute is visible', async () => {
		await sound(page).click();
		await page
			.locator('[data-sound=muted]')
			.getByText(/until \d\d:\d\d/)
			.waitFor();
		await forgetTones(page);
		await rowOf(page, await sendAlert()).waitFor();
		expect(await tonesOf(page)).toEqual([]);
		await sound(page).click();
		await page.locator('[data-sound=on]').waitFor();
	});

	test('two tabs of one browser ring once', async () => {
		const other = await page.context().newPage();
		await other.goto(web.url);
		await isLive(other);
		await other.keyboard.press('Escape');
		await other.locator('[data-sound=on]').waitFor();
		await forgetTones(page);
		const deviceId = await sendAlert();
		await rowOf(other, deviceId).waitFor();
		await expect.poll(() => tonesOf(page)).toHaveLength(4);
		expect(await other.evaluate(() => (window as unknown as { tones?: number[] }).tones ?? [])).toEqual([]);
		await other.close();
	});
});

describe('the icon of the tab', () => {
	test('counts the Alerts that need a decision, as the title does', async () => {
		const alerts = await system.alerts('brightwell', '?decision=open&limit=500');
		expect(alerts.length).toBeGreaterThan(2);
		await expect.poll(() => icon(page)).toContain(`>${alerts.length}</text>`);
		expect(await page.title()).toContain(`(${alerts.length})`);
	});

	test('warns of a feed fault with "!", because the desk may be incomplete', async () => {
		const report = (completeUntil: string) =>
			system.post('/service-requests/completeness', { source: 'sat', completeUntil });
		await report('2026-11-05T00:00:00.000Z');
		await expect.poll(() => icon(page), { timeout: 20_000 }).toContain('>!</text>');
		await report(new Date().toISOString());
		await expect.poll(() => icon(page), { timeout: 20_000 }).not.toContain('>!</text>');
	});
});

describe('in a flood of more than 500 changes a second', () => {
	test('episodes count in place, other new Alerts wait, and nothing is lost', async () => {
		const campaign = Array.from({ length: 1200 }, newDeviceId);
		const lone = newDeviceId();
		await system.post(
			'/devices',
			[...campaign, lone].map((id) => aDevice(id, { model: 'Flood 1', firmware: '1' }))
		);
		await system.post(
			'/service-requests',
			campaign.map((id) => aRequest(id))
		);
		await system.post(
			'/alerts',
			campaign.slice(0, 20).map((id) => anAlert(id))
		);
		const episode = page.locator('[data-episode]').filter({ hasText: 'Flood 1' });
		await episode.waitFor();
		const rows = campaign.slice(20).map((id) => anAlert(id));
		for (let i = 0; i < 2; i++) await system.post('/alerts', rows.slice(i * 590, (i + 1) * 590));
		await page
			.locator('[data-flood]')
			.getByText(/changes a second/)
			.waitFor();
		await system.post('/alerts', [anAlert(lone, { code: '8F35' })]);
		await page.getByRole('button', { name: /new/ }).waitFor();
		await episode.getByText('1,200 Alerts', { exact: true }).waitFor();
		await page.locator('[data-flood]').waitFor({ state: 'detached' });
		await rowOf(page, lone).waitFor();
		expect(await system.alerts('brightwell', `?device=${lone}`)).toHaveLength(1);
	});
});

test('the icon asks "?" when the connection is lost', async () => {
	await web.kill();
	await connection(page).getByText('Stale since').waitFor();
	expect(await icon(page)).toContain('>?</text>');
});

test('the console reports no error', () => {
	expect(complaints.filter((text) => !/WebSocket|ERR_CONNECTION|Failed to load/.test(text))).toEqual([]);
});

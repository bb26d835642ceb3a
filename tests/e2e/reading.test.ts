// Tests how a person reads Alerts: the live list, the open Alert, the views and the filters.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { connection, drawer, isLive, openBrowser, openConsole, openPage, rowOf } from '../support/browser.ts';
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

/** Sends an Alert of a new Device of Brightwell, by default an 8F30 without a Service Request. Returns the Device id. */
async function sendAlert(fields: Record<string, unknown> = {}): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post('/alerts', [anAlert(deviceId, fields)]);
	return deviceId;
}

describe('the live list', () => {
	test('a row appears without a reload and shows the suspected cause', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', [aDevice(deviceId, { area: 'SW1' })]);
		await system.post('/service-requests', [aRequest(deviceId)]);
		await system.post('/alerts', [anAlert(deviceId)]);
		const row = rowOf(page, deviceId);
		await row.waitFor();
		expect(await row.innerText()).toMatch(
			/8F30.*SW1.*Strong.*6\.5 Update Device Configuration.*ED North Grid · 27 s before/s
		);
	});

	test('the row of a physical event says that no command can cause it', async () => {
		const row = rowOf(page, await sendAlert({ code: '8F35' }));
		await row.waitFor();
		expect(await row.innerText()).toContain('No command can cause this');
	});

	test('late evidence updates the row in place', async () => {
		const deviceId = await sendAlert();
		const row = rowOf(page, deviceId);
		await row.getByText('Pending').waitFor();
		await row.getByText(/waits for audit data to 2026-11-05 \d\d:\d\d/).waitFor();
		const order = () =>
			page
				.locator('[data-alert]')
				.evaluateAll((rows) => rows.map((r) => (r as HTMLElement).dataset['alert']));
		const before = await order();
		await system.post('/service-requests', [aRequest(deviceId)]);
		await row.getByText('Strong').waitFor();
		expect(await order()).toEqual(before);
		expect(await row.innerText()).toContain('updated');
	});

	test('while a person reads, new Alerts wait until the person asks for them', async () => {
		await page.keyboard.press('j');
		const selected = page.locator('[data-alert][aria-selected=true]');
		const selectedId = await selected.getAttribute('data-alert');
		const place = await selected.boundingBox();
		const deviceId = await sendAlert();
		await page.getByRole('button', { name: /1 new \(1 P1\)/ }).waitFor();
		expect(await rowOf(page, deviceId).count()).toBe(0);
		await page.keyboard.press('n');
		await rowOf(page, deviceId).waitFor();
		expect(await selected.getAttribute('data-alert')).toBe(selectedId);
		expect(await selected.boundingBox()).toEqual(place);
		await page.keyboard.press('Escape');
	});

	test('the list is stale while the server is down, and catches up by itself', async () => {
		await web.kill();
		await connection(page)
			.getByText(/Stale since \d\d:\d\d:\d\d/)
			.waitFor();
		await page.keyboard.press('j');
		await page.keyboard.press('a');
		await page
			.locator('[data-alert][aria-selected=true]')
			.getByText(/the list is stale/)
			.waitFor();
		expect(await page.getByRole('form', { name: 'Reason' }).count()).toBe(0);
		await page.keyboard.press('Escape');
		const deviceId = await sendAlert(); // the other web process of the system accepts the Alert
		await web.startAgain();
		await isLive(page);
		await rowOf(page, deviceId).waitFor();
	});

	test('after a restore of an older backup, the page shows what the database holds', async () => {
		const kept = await sendAlert();
		await rowOf(page, kept).waitFor();
		const lost = await sendAlert();
		await rowOf(page, lost).waitFor();
		await web.kill();
		// The database is as it was before the second Alert.
		await system.database.query(
			`with gone as (delete from supplier_alert where device_id = $1 returning supplier_id, alert_id),
				first as (select f.supplier_id, min(f.seq) as seq from feed f join gone using (supplier_id, alert_id) group by 1),
				cut as (delete from feed f using first where f.supplier_id = first.supplier_id and f.seq >= first.seq)
			update feed_head h set seq = first.seq - 1 from first where h.supplier_id = first.supplier_id`,
			[lost]
		);
		await web.startAgain();
		await rowOf(page, lost).waitFor({ state: 'detached' });
		await rowOf(page, kept).waitFor();
		await isLive(page);
		expect(await rowOf(page, lost).count()).toBe(0);
	});

	test('a retracted Alert leaves an empty tombstone in its place, and its open detail is emptied', async () => {
		const deviceId = await sendAlert();
		const reader = await openConsole(browser, web, 'brightwell', { complaints });
		await rowOf(reader, deviceId).click();
		await drawer(reader).getByText(deviceId).first().waitFor();
		const row = reader.locator('[data-alert][aria-selected=true]');
		const [id, place] = [await row.getAttribute('data-alert'), await row.boundingBox()];
		await system.post('/devices', [aDevice(deviceId, { tenures: [] })]);
		await row.getByText('Withdrawn: the Device was not in your tenure').waitFor();
		await drawer(reader).getByText('This Alert is not in your list.').waitFor();
		expect([await row.getAttribute('data-alert'), await row.boundingBox()]).toEqual([id, place]);
		expect(await reader.locator('main').innerHTML()).not.toContain(deviceId);
		await reader.context().close();
	});

	test('another Supplier sees none of these Alerts', async () => {
		const other = await openConsole(browser, web, 'halden', { path: '/?view=all' });
		await other.getByRole('heading', { name: 'The first records' }).waitFor();
		const { items } = await other.evaluate(
			async () => (await fetch('/api/v1/alerts')).json() as Promise<{ items: unknown[] }>
		);
		expect(items).toEqual([]);
		await other.context().close();
	});
});

describe('the open Alert', () => {
	test('is shown beside the list with the suspect and the excluded requests', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', [aDevice(deviceId)]);
		await system.post('/service-requests', [
			aRequest(deviceId),
			aRequest(deviceId, {
				serviceReferenceVariant: '4.6.1',
				userRole: 'OU',
				userName: 'Hearth',
				responseCode: 'I0',
				requestedAt: '2026-11-05T02:13:50.000Z'
			})
		]);
		await system.post('/alerts', [anAlert(deviceId)]);
		await rowOf(page, deviceId).click();
		const detail = drawer(page);
		await detail.getByText(/the suspect is 6\.5 .* of North Grid \(ED\)/).waitFor();
		expect(await detail.innerText()).toMatch(/Payload\s+not held/);
		const excluded = detail.locator('[data-request-card=excluded]');
		await excluded.getByRole('heading', { name: /^4\.6\.1/ }).waitFor();
		// Both cards have the same form: what speaks for the request, what against it, the rule, and what is not held.
		for (const card of [detail.locator('[data-request-card=strong]'), excluded])
			expect(await card.locator('dt').allInnerTexts()).toEqual(
				expect.arrayContaining(['For', 'Against', 'Rule', 'Payload'])
			);
		await excluded.getByText('not held').waitFor();
	});

	test('shows names that contain HTML as plain text', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', [aDevice(deviceId, { area: '<b onclick=x>' })]);
		await system.post('/service-requests', [
			aRequest(deviceId, { userName: '<img src=x onerror=alert(1)>' })
		]);
		await system.post('/alerts', [anAlert(deviceId)]);
		const alertId = async () => (await system.alerts('brightwell', `?device=${deviceId}`))[0]?.id;
		await expect.poll(alertId).toBeDefined();
		await page.goto(`${web.url}/?alert=${await alertId()}`);
		await drawer(page).getByText('ED <img src=x onerror=alert(1)>').first().waitFor();
		expect(await page.locator('img').count()).toBe(0);
		await isLive(page);
	});

	test('is still open after a reload and with the back button', async () => {
		const title = await drawer(page).getByRole('heading', { level: 2 }).innerText();
		await page.reload();
		await isLive(page); // the page handles keys only once it is live
		expect(await drawer(page).getByRole('heading', { level: 2 }).innerText()).toBe(title);
		await page.keyboard.press('Escape');
		await drawer(page).waitFor({ state: 'detached' });
		await page.goBack();
		await drawer(page).getByRole('heading', { level: 2 }).waitFor();
		await page.goForward();
		await drawer(page).waitFor({ state: 'detached' });
	});

	test('cannot be opened by its address if it belongs to another Supplier', async () => {
		const [alert] = await system.alerts('brightwell');
		const other = await openConsole(browser, web, 'halden', { path: `/?alert=${alert!.id}` });
		await drawer(other).getByText('This Alert is not in your list.').waitFor();
		expect(await other.content()).not.toContain(alert!.deviceId);
		await other.context().close();
	});
});

describe('views and filters', () => {
	test('the archive loads page by page, newest Alert first', async () => {
		const other = await openPage(browser);
		await other.context().addCookies(await page.context().cookies());
		await other.goto(web.url);
		await isLive(other);
		const devices = Array.from({ length: 130 }, newDeviceId);
		await system.post(
			'/devices',
			devices.map((deviceId) => aDevice(deviceId))
		);
		for (const deviceId of devices) await system.post('/alerts', [anAlert(deviceId, { code: '8002' })]);
		await expect
			.poll(async () => (await system.alerts('brightwell', '?code=8002&limit=500')).length)
			.toBe(130);
		await other.getByRole('link', { name: 'All Alerts' }).click();
		const newestRow = rowOf(other, devices.at(-1)!);
		await newestRow.waitFor();
		const list = other.getByRole('tree', { name: 'Alerts' });
		await expect
			.poll(async () => {
				await list.evaluate((box) => box.scrollTo(0, box.scrollHeight));
				return rowOf(other, devices[0]!).count();
			})
			.toBe(1);
		await other.context().close();
	});

	test('filters are in the address, apply to live rows, and come back with the back button', async () => {
		const other = await openPage(browser);
		await other.context().addCookies(await page.context().cookies());
		await other.goto(`${web.url}/?code=8F35`);
		await isLive(other);
		const codes = () => other.locator('[data-alert] .font-mono:first-child').allInnerTexts();
		const matchingRow = rowOf(other, await sendAlert({ code: '8F35' }));
		const otherRow = rowOf(other, await sendAlert({ code: '8F3E' }));
		await matchingRow.waitFor();
		expect(await otherRow.count()).toBe(0);
		expect((await codes()).length).toBeGreaterThan(0);
		await other.getByRole('button', { name: 'Clear all filters' }).click();
		await otherRow.waitFor();
		expect(new URL(other.url()).search).toBe('');
		await other.goBack();
		await otherRow.waitFor({ state: 'detached' });
		await other.context().close();
	});
});

test('the browser reported no unexpected error', () => {
	const expected =
		/ERR_CONNECTION_REFUSED|WebSocket connection|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET/;
	expect(complaints.filter((text) => !expected.test(text))).toEqual([]);
});

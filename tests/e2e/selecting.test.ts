// Tests the selection of the desk: by key, by mouse, by id, and frozen on the server; and one action on all of it.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { lookAway, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { joinAs, type Member } from '../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
let colleague: Member;
const complaints: string[] = [];

/** Lone Alerts of Devices of different models, oldest first, so that no episode gathers them. */
const meters = Array.from({ length: 6 }, newDeviceId);

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	colleague = await joinAs(system, 'brightwell', 'controller', 'Robin Stone');
	for (const [i, id] of meters.entries()) await sendAlert(id, { model: `Model ${i}` });
	page = await openConsole(browser, web, 'brightwell', { complaints });
	await rowOf(page, meters[5]!).waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});
beforeEach(() => lookAway(page));

async function sendAlert(deviceId: string, device: Record<string, unknown> = {}): Promise<void> {
	await system.post('/devices', [aDevice(deviceId, device)]);
	await system.post('/alerts', [anAlert(deviceId, { code: '8F0C' })]);
}

const bar = () => page.getByRole('region', { name: 'Selection' });
const report = () => page.getByRole('region', { name: 'Last action' });
const checkedDevices = async () => {
	const states = await Promise.all(meters.map((id) => rowOf(page, id).getAttribute('aria-checked')));
	return states.flatMap((state, i) => (state === 'true' ? [i] : []));
};
const alertOf = async (deviceId: string) => (await system.alerts('brightwell', `?device=${deviceId}`))[0]!;
const undecided = async () =>
	(await Promise.all(meters.map(alertOf))).flatMap(({ decision }, i) => (decision ? [] : [i]));
/** Selects the first row of these. */
async function first(): Promise<void> {
	await page.keyboard.press('j');
	while ((await rowOf(page, meters[0]!).getAttribute('aria-selected')) !== 'true')
		await page.keyboard.press('j');
}

describe('a selection', () => {
	test('by key: x selects a row, and Shift+j and Shift+k extend and shrink the range', async () => {
		await first();
		await page.keyboard.press('x');
		await bar().getByText('1 selected').waitFor();
		await page.keyboard.press('Shift+J');
		await page.keyboard.press('Shift+J');
		await bar().getByText('3 selected').waitFor();
		expect(await checkedDevices()).toEqual([0, 1, 2]);
		await page.keyboard.press('Shift+K');
		expect(await checkedDevices()).toEqual([0, 1]);
		await page.keyboard.press('j');
		await page.keyboard.press('j');
		await page.keyboard.press('x');
		expect(await checkedDevices()).toEqual([0, 1, 3]);
		await page.keyboard.press('x');
		expect(await checkedDevices()).toEqual([0, 1]);
		await page.keyboard.press('Escape');
		expect(await bar().count()).toBe(0);
	});

	test('by mouse: a box selects its row, and Shift and a click select the range', async () => {
		await rowOf(page, meters[1]!).getByRole('checkbox').click();
		await rowOf(page, meters[4]!).click({ modifiers: ['Shift'] });
		expect(await checkedDevices()).toEqual([1, 2, 3, 4]);
		await rowOf(page, meters[2]!).click({ modifiers: ['Control'] });
		expect(await checkedDevices()).toEqual([1, 3, 4]);
		expect(new URL(page.url()).searchParams.get('alert')).toBeNull();
		await bar()
			.getByRole('button', { name: /^Clear/ })
			.click();
		expect(await checkedDevices()).toEqual([]);
	});

	test('stays as it is under another filter, and while 50 Alerts a second arrive', async () => {
		await rowOf(page, meters[0]!).getByRole('checkbox').click();
		await rowOf(page, meters[2]!).getByRole('checkbox').click();
		await page.getByRole('link', { name: /^Security/ }).click();
		await bar().getByText('2 selected').waitFor();
		await bar().getByText('2 not in this list').waitFor();
		await page.getByRole('link', { name: /^Needs decision/ }).click();
		await rowOf(page, meters[0]!).waitFor();
		const before = await page.locator('[role=treeitem]').evaluateAll((rows) => rows.map(({ id }) => id));
		const flood = Array.from({ length: 200 }, newDeviceId);
		for (let i = 0; i < flood.length; i += 50) {
			const part = flood.slice(i, i + 50);
			await system.post(
				'/devices',
				part.map((id) => aDevice(id))
			);
			await system.post(
				'/alerts',
				part.map((id) => anAlert(id))
			);
		}
		await page.getByRole('button', { name: /200 new \(200 P1\)/ }).waitFor();
		expect(await page.locator('[role=treeitem]').evaluateAll((rows) => rows.map(({ id }) => id))).toEqual(
			before
		);
		expect(await checkedDevices()).toEqual([0, 2]);
		await bar().getByText('2 selected').waitFor();
		// Without a flood on the desk, the other tests find their rows.
		const all = await system.alerts('brightwell', '?code=8F30&limit=500');
		const items = all.map(({ id, version }) => ({ id, version }));
		await colleague.call('POST', '/decisions', { items, verdict: 'ignorable', reason: 'information' });
		await expect.poll(() => page.getByRole('button', { name: /new/ }).count()).toBe(0);
	});
});

describe('one decision on the selection', () => {
	test('decides exactly the selected Alerts, names the one that changed, and one key undoes all', async () => {
		await rowOf(page, meters[0]!).getByRole('checkbox').click();
		await rowOf(page, meters[2]!).click({ modifiers: ['Shift'] });
		await page.keyboard.press('i');
		await page.getByRole('form', { name: 'Reason' }).getByText('3 selected Alerts').waitFor();
		const { id, version } = await alertOf(meters[1]!);
		const decision = { verdict: 'actionable', reason: 'visit', version };
		expect((await colleague.call('POST', `/alerts/${id}/decision`, decision)).status).toBe(200);
		await page.keyboard.press('7');
		await page.keyboard.press('Enter');
		await report().getByText('2 Alerts decided; 1 left as it was.').waitFor();
		await report()
			.getByRole('button', { name: new RegExp(`8F0C …${meters[1]!.slice(-8)}`) })
			.waitFor();
		await report()
			.getByText(/it has changed since you read it/)
			.waitFor();
		expect((await alertOf(meters[1]!)).decision).toMatchObject({ verdict: 'actionable', by: 'Robin Stone' });
		expect(await undecided()).toEqual([3, 4, 5]);
		expect(await bar().count()).toBe(0);
		await page.keyboard.press('u');
		await report().getByText('Undone: 2 Alerts no longer decided').waitFor();
		expect(await undecided()).toEqual([0, 2, 3, 4, 5]);
	});

	test('leaves out what a colleague decided after the selection, and says so', async () => {
		await rowOf(page, meters[3]!).getByRole('checkbox').click();
		await rowOf(page, meters[4]!).getByRole('checkbox').click();
		const { id, version } = await alertOf(meters[3]!);
		await colleague.call('POST', `/alerts/${id}/decision`, {
			verdict: 'ignorable',
			reason: 'repeat',
			version
		});
		await bar().getByText('1 decided by others since').waitFor();
		await page.keyboard.press('a');
		await page.getByRole('form', { name: 'Reason' }).getByText('the selected').waitFor();
		await page.keyboard.press('8');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await alertOf(meters[4]!)).decision?.verdict).toBe('actionable');
		expect((await alertOf(meters[3]!)).decision?.verdict).toBe('ignorable');
		await page.keyboard.press('u');
		await expect.poll(undecided).toEqual([0, 2, 4, 5]);
	});
});

describe('all that matches', () => {
	test('is frozen on the server in a second step, decided with progress, and undone by one key', async () => {
		for (const i of [0, 2, 4, 5]) await rowOf(page, meters[i]!).waitFor();
		await page.keyboard.press('Shift+X');
		await bar().getByText('All 4 shown selected').waitFor();
		await page.keyboard.press('Shift+X');
		await bar()
			.getByText(/^All 4 that matched at \d\d:\d\d UTC selected$/)
			.waitFor();
		const late = newDeviceId();
		await sendAlert(late);
		await page.getByRole('button', { name: /1 new/ }).waitFor();
		await expectClean(page, { name: 'selection-frozen' });
		const { id, version } = await alertOf(meters[5]!);
		await colleague.call('POST', `/alerts/${id}/decision`, {
			verdict: 'ignorable',
			reason: 'repeat',
			version
		});
		await page.keyboard.press('i');
		await page.getByRole('form', { name: 'Reason' }).getByText('all 4 Alerts that matched at').waitFor();
		await page.keyboard.press('7');
		await page.keyboard.press('Enter');
		await report().getByText('3 Alerts decided; 1 left as it was.').waitFor();
		await report().getByText('The Alert has changed since it was selected.').waitFor();
		await expectClean(page, { name: 'selection-report' });
		expect(await undecided()).toEqual([]);
		expect((await alertOf(late)).decision).toBeNull();
		await page.keyboard.press('u');
		await report().getByText('3 Alerts of 4 undone.').waitFor();
		await expect.poll(undecided).toEqual([0, 2, 4]);
		expect((await alertOf(meters[5]!)).decision?.by).toBe('Robin Stone');
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));

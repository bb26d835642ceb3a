// Tests the rules of the live list, each while 50 Alerts a second are new or change: what a person reads stays still, what
// is new waits, and nothing that a person did is lost.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import {
	connection,
	drawer,
	isLive,
	lookAway,
	openBrowser,
	openPage,
	rowOf,
	signIn
} from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { aDevice, anAlert, aRequest, newDeviceId } from '../support/records.ts';
import { startChanges, type SteadyChanges } from '../support/steady-changes.ts';
import { startSystem, type System } from '../support/system.ts';
import { forgetTones, listenTo, tonesOf } from '../support/tones.ts';
import { PEOPLE, startWeb, type Web } from '../support/web.ts';

const CHANGES_A_SECOND = 50;

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
let colleague: Member;
let changes: SteadyChanges;
/** Devices with an Alert of priority 1, oldest first. They are of different models, so that no episode gathers them. */
const urgent: string[] = [];

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	colleague = await joinAs(system, 'brightwell', 'controller', 'Robin Stone');
	for (let i = 0; i < 8; i++) await sendUrgent();
	page = await openPage(browser);
	await listenTo(page);
	await signIn(page, web, PEOPLE.brightwell);
	await isLive(page);
	await rowOf(page, urgent[7]!).waitFor();
	changes = startChanges(system, CHANGES_A_SECOND);
});
afterAll(async () => {
	await changes?.stop();
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});
beforeEach(() => lookAway(page));

/** Sends an Alert of priority 1 of a new Device. Returns the Device id. */
async function sendUrgent(): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId, { model: `Model of ${deviceId}` })]);
	await system.post('/alerts', [anAlert(deviceId)]);
	urgent.push(deviceId);
	return deviceId;
}

const press = async (...keys: string[]) => {
	for (const key of keys) await page.keyboard.press(key);
};
/** Returns the rows on the screen with their places, from the top. */
const rows = () =>
	page
		.locator('[role=treeitem]')
		.evaluateAll((nodes) =>
			nodes.map((node) => [node.id, Math.round(node.getBoundingClientRect().top)] as const)
		);
/** Returns the rows that are whole on the screen. The page also holds some rows above and below it. */
async function rowsOnScreen() {
	const box = await page.getByRole('tree', { name: 'Alerts' }).boundingBox();
	return (await rows()).filter(([, top]) => top >= box!.y && top < box!.y + box!.height - 44);
}
const pill = () => page.getByRole('button', { name: /\d new/ });
/** Returns how many Alerts wait behind the pill. The pill also counts Alerts that joined the list off the screen. */
async function waiting(): Promise<number> {
	const text = (await pill().count()) > 0 ? await pill().innerText() : '';
	return text.includes('not on the screen') ? 0 : numberIn(text, /([\d,]+) new/);
}
const shown = async (): Promise<number> =>
	numberIn(await page.locator('footer').innerText(), /([\d,]+) in this list/);
const numberIn = (text: string, pattern: RegExp): number =>
	Number((pattern.exec(text)?.[1] ?? '0').replaceAll(',', ''));
const alertOf = async (deviceId: string) => (await system.alerts('brightwell', `?device=${deviceId}`))[0]!;
/** Waits until this many more Alerts wait behind the pill. */
async function untilMoreWait(count: number): Promise<void> {
	const before = await waiting();
	await expect.poll(waiting).toBeGreaterThanOrEqual(before + count);
}
const selectedId = () => page.locator('[data-alert][aria-selected=true]').getAttribute('data-alert');
async function select(deviceId: string): Promise<void> {
	while ((await rowOf(page, deviceId).getAttribute('aria-selected')) !== 'true') await press('j');
}

test('1: a new row joins the end of its priority, and late evidence moves no row', async () => {
	const order = () =>
		page
			.locator('[data-alert]')
			.evaluateAll((nodes) => nodes.map((node) => (node as HTMLElement).dataset['alert']));
	await expect.poll(shown).toBeGreaterThan(30);
	const before = await order();
	const ids = await Promise.all(urgent.map(async (deviceId) => (await alertOf(deviceId)).id));
	expect(before.slice(0, 8)).toEqual(ids);
	await system.post('/service-requests', [aRequest(urgent[2]!)]);
	await rowOf(page, urgent[2]!).getByText('Strong').waitFor();
	const inList = await shown();
	await rowOf(page, await sendUrgent()).waitFor();
	await expect.poll(shown).toBeGreaterThan(inList + 20);
	const after = await order();
	expect(after.slice(0, 9)).toEqual([...ids, (await alertOf(urgent[8]!)).id]);
	expect(after.slice(9, 12)).toEqual(before.slice(8, 11));
});

test('2: the list follows while nobody reads, and stands still while somebody does', async () => {
	await select(urgent[0]!);
	const before = await rows();
	await untilMoreWait(50);
	expect(await rows()).toEqual(before);
	const [count, inList] = [await waiting(), await shown()];
	await press('n');
	await expect.poll(shown).toBeGreaterThanOrEqual(inList + count);
	expect((await rows()).slice(0, before.length)).toEqual(before);
	await press('Escape', 'Escape');
	const following = await shown();
	await expect.poll(shown).toBeGreaterThan(following + 25);
});

test('3: an Alert of priority 1 rings while it waits, marks the pill and moves nothing', async () => {
	await select(urgent[0]!);
	const before = await rows();
	await forgetTones(page);
	const deviceId = await sendUrgent();
	await page.getByRole('button', { name: /new \(1 P1\)/ }).waitFor();
	await expect.poll(() => tonesOf(page)).toHaveLength(4);
	expect(await rowOf(page, deviceId).count()).toBe(0);
	expect(await rows()).toEqual(before);
});

test('4: a row that a colleague decides says so in its place, and stays while somebody reads', async () => {
	await select(urgent[0]!);
	const before = await rows();
	const { id, version } = await alertOf(urgent[1]!);
	const decision = { verdict: 'ignorable', reason: 'information', version };
	expect((await colleague.call('POST', `/alerts/${id}/decision`, decision)).status).toBe(200);
	await rowOf(page, urgent[1]!).getByText('Ignorable').waitFor();
	expect(await rowOf(page, urgent[1]!).innerText()).toContain('Robin Stone');
	await untilMoreWait(25);
	expect(await rows()).toEqual(before);
	await press('Escape', 'Escape');
	await rowOf(page, urgent[1]!).waitFor({ state: 'detached', timeout: 40_000 });
});

test('5: Space pauses the list, counts what it holds, and Space again shows it', async () => {
	await press('Space');
	const pause = page.locator('[data-pause]');
	await pause.waitFor();
	const [before, inList] = [await rows(), await shown()];
	await pause.getByText(/^(5|6|7|8|9)\d held$/).waitFor();
	expect(await rows()).toEqual(before);
	await press('Space');
	await pause.waitFor({ state: 'detached' });
	await expect.poll(shown).toBeGreaterThan(inList + 50);
});

test('6: the page paints the changes in one step each quarter of a second', async () => {
	const paints = await page.evaluate(
		() =>
			new Promise<number[]>((done) => {
				const at: number[] = [];
				const footer = document.querySelector('footer')!;
				const observer = new MutationObserver(() => {
					at.push(performance.now());
					if (at.length < 13) return;
					observer.disconnect();
					done(at);
				});
				observer.observe(footer, { characterData: true, subtree: true });
			})
	);
	const steps = paints.slice(1).map((at, i) => at - paints[i]!);
	// The number of the list and the number of open Alerts change in one paint, and so in one call of the observer.
	expect(steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)]).toBeGreaterThanOrEqual(200);
});

test('7: a lost connection says since when the list is stale, refuses decisions, and the list catches up', async () => {
	await web.kill();
	await connection(page)
		.getByText(/Stale since \d\d:\d\d:\d\d/)
		.waitFor();
	await select(urgent[0]!);
	await press('a');
	await rowOf(page, urgent[0]!)
		.getByText(/the list is stale/)
		.waitFor();
	await press('Escape', 'Escape');
	const missed = await sendUrgent(); // the other web process of the system accepts the Alert
	await web.startAgain();
	await isLive(page);
	await rowOf(page, missed).waitFor();
	expect((await alertOf(urgent[0]!)).decision).toBeNull();
});

test('8: an own decision shows at once with its undo, the next row is selected, and a refusal stays in its row', async () => {
	await select(urgent[2]!);
	const before = await rows();
	await press('i', '7', 'Enter');
	await rowOf(page, urgent[2]!).getByText('Undo').waitFor();
	expect(await rowOf(page, urgent[3]!).getAttribute('aria-selected')).toBe('true');
	expect(await rows()).toEqual(before);
	await press('u');
	await expect.poll(async () => (await alertOf(urgent[2]!)).decision).toBeNull();
	await select(urgent[3]!);
	await press('a');
	const { id, version } = await alertOf(urgent[3]!);
	await colleague.call('POST', `/alerts/${id}/decision`, { verdict: 'ignorable', reason: 'repeat', version });
	await rowOf(page, urgent[3]!).getByText('Ignorable').waitFor();
	await press('8', 'Enter');
	await rowOf(page, urgent[3]!)
		.getByText(/has changed since you read it/)
		.waitFor();
	await untilMoreWait(25);
	await rowOf(page, urgent[3]!)
		.getByText(/has changed since you read it/)
		.waitFor();
	expect((await alertOf(urgent[3]!)).decision).toMatchObject({ verdict: 'ignorable', by: 'Robin Stone' });
});

test('9: a selection holds its Alerts by id, and "all that match" is frozen on the server', async () => {
	const bar = page.getByRole('region', { name: 'Selection' });
	await rowOf(page, urgent[0]!).getByRole('checkbox').click();
	await rowOf(page, urgent[4]!).getByRole('checkbox').click();
	await bar.getByText('2 selected').waitFor();
	await untilMoreWait(25);
	await bar.getByText('2 selected').waitFor();
	await page.getByRole('link', { name: /^Explained/ }).click();
	await bar.getByText('2 not in this list').waitFor();
	await page.getByRole('link', { name: /^Needs decision/ }).click();
	await expect.poll(() => new URL(page.url()).search).toBe('');
	await rowOf(page, urgent[0]!).waitFor();
	await press('Escape', 'Escape', 'Escape');
	await bar.waitFor({ state: 'detached' });
	await press('Shift+X');
	await bar.getByText(/^All [\d,]+ shown selected$/).waitFor();
	await press('Shift+X');
	const frozen = bar.getByText(/^All [\d,]+ that matched at \d\d:\d\d UTC selected$/);
	await frozen.waitFor();
	const text = await frozen.innerText();
	await untilMoreWait(25);
	expect(await frozen.innerText()).toBe(text);
});

test('10: reload, back and forward restore the view, the open Alert, the selected row and the scroll place', async () => {
	await select(urgent[4]!);
	await press('Enter');
	await drawer(page).getByText(urgent[4]!).first().waitFor();
	const id = await selectedId();
	await page.reload();
	await isLive(page);
	await drawer(page).getByText(urgent[4]!).first().waitFor();
	expect(await selectedId()).toBe(id);
	await press('Escape');
	await page.getByRole('link', { name: /^Explained/ }).click();
	await page.waitForURL('**/?view=explained');
	const list = page.getByRole('tree', { name: 'Alerts' });
	await expect.poll(() => list.evaluate((box) => box.scrollHeight)).toBeGreaterThan(2000);
	await list.hover();
	await page.mouse.wheel(0, 900);
	await expect.poll(() => list.evaluate((box) => box.scrollTop)).toBe(900);
	const before = await rowsOnScreen();
	await page.goBack();
	await expect.poll(() => new URL(page.url()).search).not.toContain('view=');
	await page.goForward();
	await page.waitForURL('**/?view=explained');
	await expect.poll(rowsOnScreen).toEqual(before);
	await page.reload();
	await isLive(page);
	await expect.poll(rowsOnScreen).toEqual(before);
});

test('the Alerts changed 50 times a second all the while', async () => {
	expect(await changes.stop()).toBeGreaterThan(CHANGES_A_SECOND * 0.9);
});

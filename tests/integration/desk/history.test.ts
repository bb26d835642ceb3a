// Tests the history of an Alert: every act with person and time, newest first, page by page, and isolated.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { HistoryEntry, HistoryPage } from '#lib/domain/desk/history.ts';
import { explained } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let sam: Member;
let alex: Member;
let hal: Member;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-20T00:00:00.000Z' });
	sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
	alex = await joinAs(system, 'brightwell', 'lead', 'Alex Lead');
	hal = await joinAs(system, 'halden', 'controller', 'Hal Controller');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const one = async (): Promise<Alert> => (await explained(system, 1)).alerts[0]!;

/** Acts on an Alert, with the version that it has now. */
async function act(by: Member, method: string, alert: Alert, path: string, body?: object): Promise<void> {
	const { version } = (await by.call('GET', `/alerts/${alert.id}`)).body as Alert;
	const { status } = await by.call(method, `/alerts/${alert.id}/${path}`, body && { ...body, version });
	expect([path, status]).toEqual([path, 200]);
}

async function everything(alert: Alert): Promise<void> {
	await act(sam, 'POST', alert, 'disagreement', {});
	await act(sam, 'POST', alert, 'shelving', { for: '30m', note: 'wait for the DCC' });
	await act(alex, 'POST', alert, 'assignment', { to: 'me' });
	await act(alex, 'POST', alert, 'decision', { verdict: 'ignorable', reason: 'other', note: 'as last week' });
	await act(sam, 'POST', alert, 'decision', { verdict: null });
	await act(alex, 'POST', alert, 'assignment', { to: null });
	await act(sam, 'DELETE', alert, 'disagreement');
}

it('names every act with its person, newest first', async () => {
	const alert = await one();
	expect((await sam.call('GET', `/alerts/${alert.id}/history`)).body).toEqual({
		items: [],
		nextCursor: null
	});
	await everything(alert);
	const { items } = (await sam.call('GET', `/alerts/${alert.id}/history`)).body as { items: HistoryEntry[] };
	expect(items.map(({ kind, by }) => [kind, by])).toEqual([
		['agreed', 'Sam Controller'],
		['unassigned', 'Alex Lead'],
		['reopened', 'Sam Controller'],
		// A decision takes the Alert off the shelf at the same instant.
		['returned', 'Alex Lead'],
		['decided', 'Alex Lead'],
		['assigned', 'Alex Lead'],
		['shelved', 'Sam Controller'],
		['disagreed', 'Sam Controller']
	]);
	expect(items.find(({ kind }) => kind === 'decided')).toMatchObject({
		verdict: 'ignorable',
		reason: 'other',
		note: 'as last week'
	});
	expect(items.find(({ kind }) => kind === 'returned')!.why).toBe('decision');
	expect(items.find(({ kind }) => kind === 'assigned')!.assignee!.name).toBe('Alex Lead');
	const shelved = items.find(({ kind }) => kind === 'shelved')!;
	expect(shelved.note).toBe('wait for the DCC');
	expect(Date.parse(shelved.until!) - Date.parse(shelved.at)).toBeLessThan(30 * 60_000 + 1000);
});

it('is read page by page without a gap or a repeat, also where two acts have one instant', async () => {
	const alert = await one();
	await everything(alert);
	const whole = (await sam.call('GET', `/alerts/${alert.id}/history`)).body.items;
	const paged: HistoryEntry[] = [];
	let cursor: string | null = '';
	while (cursor !== null) {
		const query: string = cursor && `&cursor=${cursor}`;
		const { body }: { body: HistoryPage } = await sam.call(
			'GET',
			`/alerts/${alert.id}/history?limit=1${query}`
		);
		paged.push(...body.items);
		cursor = body.nextCursor;
	}
	expect(paged).toEqual(whole);
	for (const bad of ['1', '1.4.1', 'x.1.1', '99999999999999999999.1.1'])
		expect((await sam.call('GET', `/alerts/${alert.id}/history?cursor=${bad}`)).status).toBe(400);
});

it('is not known to another Supplier, and holds nothing of an Alert that a corrected tenure took away', async () => {
	const alert = await one();
	await everything(alert);
	expect((await hal.call('GET', `/alerts/${alert.id}/history`)).status).toBe(404);
	expect((await sam.call('GET', '/alerts/1/history')).status).toBe(404);
	await system.post('/devices', [{ deviceId: alert.deviceId, deviceType: 'ESME', tenures: [] }]);
	await expect
		.poll(async () => (await sam.call('GET', `/alerts/${alert.id}/history`)).status, { timeout: 10_000 })
		.toBe(404);
});

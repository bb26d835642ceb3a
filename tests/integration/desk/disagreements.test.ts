// Tests disagreements with explanations: one for each person and version, taken back, counted, and isolated.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { explained } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type Answer, type System } from '../../support/system.ts';

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

const call = (by: Member, method: string, { id, version }: Alert): Promise<Answer> =>
	by.call(method, `/alerts/${id}/disagreement`, method === 'POST' ? { version } : undefined);
const one = async (): Promise<Alert> => (await explained(system, 1)).alerts[0]!;
const figure = async (by: Member): Promise<number> => {
	const { body } = await by.call('GET', '/disagreements');
	return body.items.reduce((sum: number, item: { alerts: number }) => sum + item.alerts, 0);
};

it('a person disagrees once with a version, and takes it back; the rows stay', async () => {
	const alert = await one();
	const before = await figure(sam);
	expect((await call(sam, 'POST', alert)).body).toEqual({ people: 1, mine: true });
	expect((await call(sam, 'POST', alert)).body).toEqual({ people: 1, mine: true });
	expect((await call(alex, 'POST', alert)).body).toEqual({ people: 2, mine: true });
	expect(await figure(sam)).toBe(before + 1);
	expect((await call(sam, 'DELETE', alert)).body).toEqual({ people: 1, mine: false });
	expect((await call(sam, 'DELETE', alert)).body).toEqual({ people: 1, mine: false });
	expect((await call(alex, 'DELETE', alert)).body).toEqual({ people: 0, mine: false });
	expect(await figure(sam)).toBe(before);
	const { rows } = await system.database.query(
		'select said_by, disagrees from disagreement where alert_id = $1 order by id',
		[alert.id]
	);
	expect(rows.map(({ said_by, disagrees }) => [said_by, disagrees])).toEqual([
		['Sam Controller', true],
		['Alex Lead', true],
		['Sam Controller', false],
		['Alex Lead', false]
	]);
	expect((await call(sam, 'POST', alert)).body).toEqual({ people: 1, mine: true });
});

it('a disagreement changes neither the Alert nor its version', async () => {
	const alert = await one();
	await call(sam, 'POST', alert);
	const decision = { verdict: 'ignorable', reason: 'information', version: alert.version };
	expect((await alex.call('POST', `/alerts/${alert.id}/decision`, decision)).status).toBe(200);
});

it('nobody disagrees with an Alert of another Supplier, or with a version that does not exist', async () => {
	const alert = await one();
	for (const method of ['GET', 'POST', 'DELETE']) expect((await call(hal, method, alert)).status).toBe(404);
	expect((await call(sam, 'POST', { ...alert, version: alert.version + 50 })).status).toBe(404);
	const before = await figure(hal);
	await call(sam, 'POST', alert);
	expect(await figure(hal)).toBe(before);
	const viewer = await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
	expect((await call(viewer, 'POST', alert)).status).toBe(403);
});

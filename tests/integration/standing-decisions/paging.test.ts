// Tests that an Alert that a standing decision decides pages nobody, and that it pages when later evidence brings it back.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { aRequest } from '../../support/records.ts';
import { alertBecomes, fitting, standingOf, succeed, type Standing } from '../../support/standing.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let onCall: OnCallTest;
let standing: Standing;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	onCall = await setUpOnCall(system);
	standing = await standingOf(system);
});
afterAll(async () => {
	await onCall.receiver[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});

/** Waits until on-call has read the whole feed of Brightwell. */
const followed = (): Promise<void> =>
	eventually(async () => {
		const { rows } = await system.database.query<{ behind: boolean }>(
			`select h.seq > coalesce(c.seq, 0) as behind from feed_head h
			 left join feed_cursor c on c.follower = 'on-call' and c.supplier_id = h.supplier_id where h.supplier_id = $1`,
			[standing.supplierId]
		);
		expect(rows[0]!.behind).toBe(false);
	});

it('pages nobody about what it decides, and pages about what comes back', async () => {
	await onCall.route('everything', { priority: 4 });
	const { id } = await standing.active();
	const decided = [await fitting(system), await fitting(system)];
	for (const alert of decided) expect(alert.decision).toMatchObject({ standing: id });
	await followed();
	expect(await onCall.pages()).toEqual([]);
	expect(onCall.events()).toEqual([]);

	await succeed(system, decided[0]!.candidates[0]!.requestId);
	await alertBecomes(system, decided[0]!.id, { decision: null });
	await onCall.pageBecomes({ state: 'open', alertId: decided[0]!.id });
	expect(await onCall.pages()).toHaveLength(1);
	await standing.end(id);
	await onCall.clear();
});

it('ends a page about an Alert that comes to fit, and names itself', async () => {
	await onCall.route('everything', { priority: 4 });
	const { id } = await standing.active();
	const alert = await onCall.anUnexplainedAlert();
	await onCall.pageBecomes({ state: 'open', alertId: alert.id });
	await system.post('/service-requests', aRequest(alert.deviceId));
	await alertBecomes(system, alert.id, { decision: { standing: id } });
	const page = await onCall.pageBecomes({ state: 'resolved', alertId: alert.id });
	expect(page.resolved).toMatchObject({
		by: null,
		verdict: 'ignorable',
		why: `Decided by standing decision ${id}`
	});
	await standing.end(id);
});

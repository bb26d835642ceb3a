// Tests that a standing decision decides Alerts in the transaction that explains them, that later evidence takes a
// decision back, and that a person always has the last word.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { joinAs } from '../../support/members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import {
	alertBecomes,
	decide,
	fitting,
	sendFitting,
	standingOf,
	succeed,
	type Standing
} from '../../support/standing.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let standing: Standing;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	standing = await standingOf(system);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const waiting = async (id: string): Promise<boolean> =>
	(await system.alerts('brightwell', '?decision=open&limit=500')).some((alert) => alert.id === id);

describe('a standing decision', () => {
	let id: string;
	beforeAll(async () => {
		({ id } = await standing.active());
	});
	afterAll(() => standing.end(id));

	it('decides with the first explanation, in the version 1 that every reader sees', async () => {
		const alert = await fitting(system);
		expect(alert).toMatchObject({
			version: 1,
			notice: null,
			decision: {
				verdict: 'ignorable',
				reason: 'other-user-command',
				note: 'North Grid writes the configuration each night',
				by: `standing decision ${id}`,
				at: expect.any(String),
				standing: id
			}
		});
		expect(await waiting(alert.id)).toBe(false);
		const ignorable = await system.alerts('brightwell', '?decision=ignorable&limit=500');
		expect(ignorable.map((one) => one.id)).toContain(alert.id);
	});

	it('pushes the Alert to live connections once, and decided', async () => {
		const socket = await system.connect('brightwell');
		const pushed: Alert[] = [];
		socket.on('alert:changed', ({ items }) => pushed.push(...items));
		const deviceId = await sendFitting(system);
		await eventually(() => expect(pushed.some((alert) => alert.deviceId === deviceId)).toBe(true));
		expect(pushed.find((alert) => alert.deviceId === deviceId)).toMatchObject({
			decision: { standing: id }
		});
	});

	it('is recorded like a decision of a person, and counted', async () => {
		const before = (await standing.one(id)).use.matched;
		const alert = await fitting(system);
		const { rows } = await system.database.query(
			'select verdict, version, decided_by, decided_by_id, channel, explanation from decision where alert_id = $1',
			[alert.id]
		);
		expect(rows).toEqual([
			{
				verdict: 'ignorable',
				version: 1,
				decided_by: `standing decision ${id}`,
				decided_by_id: `standing:${id}`,
				channel: 'standing',
				explanation: 'likely'
			}
		]);
		expect((await standing.one(id)).use).toMatchObject({
			matched: before + 1,
			lastMatchAt: expect.any(String)
		});
		const { body } = await system.get('brightwell', `/standing-decisions/${id}/matches`);
		expect(body.items[0]).toMatchObject({ alert: { id: alert.id }, reopenedAt: null, withdrawnAt: null });
	});

	it('leaves Alerts that do not fit to people', async () => {
		const alert = await fitting(system, { serviceReferenceVariant: '6.15.1', responseCode: null });
		expect(alert.decision).toBeNull();
	});

	it('takes its decision back with a notice when later evidence no longer fits', async () => {
		const alert = await fitting(system);
		await succeed(system, alert.candidates[0]!.requestId);
		const back = await alertBecomes(system, alert.id, { candidates: [] });
		expect(back).toMatchObject({ decision: null, notice: expect.stringMatching(/no longer fits/) });
		for (const filter of ['open', 'none', 'contradicted'])
			expect(
				(await system.alerts('brightwell', `?decision=${filter}&limit=500`)).map((one) => one.id)
			).toContain(alert.id);
		const { rows } = await system.database.query(
			'select verdict, previous is not null as previous, channel from decision where alert_id = $1 order by id',
			[alert.id]
		);
		expect(rows).toEqual([
			{ verdict: 'ignorable', previous: false, channel: 'standing' },
			{ verdict: null, previous: true, channel: 'standing' }
		]);
		expect((await standing.one(id)).use.withdrawn).toBe(1);

		const decided = await decide(system, back, 'actionable');
		expect(decided).toMatchObject({ notice: null, decision: { verdict: 'actionable' } });
		expect(await waiting(alert.id)).toBe(false);
	});

	it('decides an Alert that comes to fit later', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const { id: alertId } = await system.becomes('brightwell', deviceId, {
			explanation: 'unexplained',
			decision: null
		});
		await system.post('/service-requests', aRequest(deviceId));
		await alertBecomes(system, alertId, { explanation: 'likely', decision: { standing: id }, notice: null });
	});

	it('never rewrites a decision of a person, and decides nothing that a person reopened', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const undecided = await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
		const decided = await decide(system, undecided, 'ignorable');
		await system.post('/service-requests', aRequest(deviceId));
		const fits = await alertBecomes(system, decided.id, { explanation: 'likely' });
		expect(fits.decision).toEqual(decided.decision);

		const reopened = await decide(system, fits, null);
		expect(reopened.decision).toBeNull();
		// A second request of the same kind changes the explanation, which still fits.
		await system.post('/service-requests', aRequest(deviceId, { requestedAt: '2026-11-05T02:13:50.000Z' }));
		const again = await eventually(async () => {
			const { body } = await system.get('brightwell', `/alerts/${decided.id}`);
			expect(body.version).toBeGreaterThan(reopened.version);
			return body;
		});
		expect(again.decision).toBeNull();
	});

	it('never decides again what a person reopened', async () => {
		const alert = await fitting(system);
		const reopened = await decide(system, alert, null);
		expect(reopened).toMatchObject({ decision: null, notice: null });
		await system.post(
			'/service-requests',
			aRequest(alert.deviceId, { requestedAt: '2026-11-05T02:13:50.000Z' })
		);
		const again = await eventually(async () => {
			const { body } = await system.get('brightwell', `/alerts/${alert.id}`);
			expect(body.version).toBeGreaterThan(reopened.version);
			return body;
		});
		expect(again).toMatchObject({ explanation: 'likely', decision: null });
		const { body } = await system.get('brightwell', `/standing-decisions/${id}/matches?reopened=true`);
		expect(body.items.map((item: { alert: Alert }) => item.alert.id)).toEqual([alert.id]);
		expect((await standing.one(id)).use.reopened).toBe(1);
	});

	it('is no precedent of people', async () => {
		const alert = await fitting(system);
		const { body } = await system.get('brightwell', `/alerts/${alert.id}/precedents`);
		expect(body).toMatchObject({ ignorable: 0, actionable: 0, examples: [] });
	});
});

describe('a standing decision that is no longer active', () => {
	it('pauses itself when people reopened 3 of its last 50 Alerts, and says so', async () => {
		const { id } = await standing.active();
		const alerts = [];
		for (let i = 0; i < 4; i++) alerts.push(await fitting(system));
		await decide(system, alerts[0]!, null);
		await decide(system, alerts[1]!, 'actionable'); // a person who decides otherwise also disagrees
		expect((await standing.one(id)).state).toBe('active');
		await decide(system, alerts[2]!, null);
		const paused = await standing.one(id);
		expect(paused).toMatchObject({
			state: 'paused',
			paused: { why: 'People reopened 3 of the last 50 Alerts that it decided' },
			use: { matched: 4, reopened: 3 }
		});
		expect(paused.history.at(-1)).toMatchObject({
			kind: 'paused',
			by: null,
			counts: { matched: 4, reopened: 3, reopenedOfLast: 3 }
		});
		expect((await fitting(system)).decision).toBeNull();

		const { body } = await standing.post(`/${id}/resume`, { note: 'the three were one faulty meter' });
		expect(body).toMatchObject({ state: 'active', paused: null });
		const next = await fitting(system);
		expect(next.decision).toMatchObject({ standing: id });
		await decide(system, next, null); // the three from before no longer count
		expect((await standing.one(id)).state).toBe('active');
		await standing.end(id);
	});

	it('pauses itself although a worker carries out the decision on a selection', async () => {
		const { id } = await standing.active();
		const sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
		const deviceId = await sendFitting(system);
		await system.post('/alerts', [anAlert(deviceId), anAlert(deviceId)]);
		await eventually(async () => {
			const alerts = await system.alerts('brightwell', `?device=${deviceId}&decision=ignorable`);
			expect(alerts).toHaveLength(3);
		});
		const { body: selection } = await sam.call('POST', '/selections', { device: deviceId });
		expect(selection.count).toBe(3);
		await sam.call('POST', '/decisions', { selection: selection.id, verdict: null });
		await eventually(async () =>
			expect(await standing.one(id)).toMatchObject({ state: 'paused', use: { reopened: 3 } })
		);
		await standing.end(id);
	});

	it('decides nothing after its end, but still takes back what no longer fits', async () => {
		const { id } = await standing.active();
		const alert = await fitting(system);
		expect((await standing.end(id)).body).toMatchObject({
			state: 'ended',
			ended: { name: expect.any(String) }
		});
		expect((await fitting(system)).decision).toBeNull();
		expect((await system.get('brightwell', `/alerts/${alert.id}`)).body.decision).toMatchObject({
			standing: id
		});
		await succeed(system, alert.candidates[0]!.requestId);
		await alertBecomes(system, alert.id, { decision: null, notice: expect.stringMatching(/no longer fits/) });
	});

	it('decides nothing after it has expired', async () => {
		const { id } = await standing.active();
		await system.database.query(
			`update standing_decision set expires_at = now() - interval '1 second' where id = $1`,
			[id]
		);
		await system.database.query('update standing_version set version = version + 1');
		expect((await fitting(system)).decision).toBeNull();
		expect(await standing.one(id)).toMatchObject({ state: 'expired', daysLeft: 0 });
	});
});

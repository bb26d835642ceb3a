// Tests a standing decision that ends while the worker explains Alerts by it: who gets the lock of the feed first, wins.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdFeed } from '../../support/held-lock.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { sendFitting, standingOf, type Standing } from '../../support/standing.ts';
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

/** Waits until at least this number of writers wait for the lock of a feed. Several jobs may explain one Alert. */
const waiting = (count: number): Promise<void> =>
	eventually(async () => {
		const { rows } = await system.database.query<{ count: number }>(
			`select count(*)::int as count from pg_stat_activity
			 where datname = current_database() and wait_event_type = 'Lock' and query like '%next_feed_seq%'`
		);
		expect(rows[0]!.count).toBeGreaterThanOrEqual(count);
	});
const matches = async (id: string): Promise<number> =>
	(await system.database.query('select from standing_match where standing_id = $1', [id])).rowCount!;

it('decides no Alert that is written after its end, although the worker had decided before', async () => {
	const { id } = await standing.active();
	await settled(system); // so that no check of runs waits for the feed
	await using feed = await holdFeed(system, 'brightwell');
	const ended = standing.end(id);
	await waiting(1);
	const deviceId = await sendFitting(system); // explained by the standing decision, which is still active
	await waiting(2);
	await feed.release();
	expect((await ended).body).toMatchObject({ state: 'ended' });
	const alert = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	expect(alert).toMatchObject({ decision: null, notice: null });
	expect(await matches(id)).toBe(0);
	const { rows } = await system.database.query('select from decision where alert_id = $1', [alert.id]);
	expect(rows).toEqual([]);
});

it('decides an Alert that is written before its end', async () => {
	const { id } = await standing.active();
	await settled(system); // so that no check of runs waits for the feed
	await using feed = await holdFeed(system, 'brightwell');
	const deviceId = await sendFitting(system);
	await waiting(1);
	const ended = standing.end(id);
	await waiting(2);
	await feed.release();
	expect((await ended).body).toMatchObject({ state: 'ended', use: { matched: 1 } });
	await system.becomes('brightwell', deviceId, { explanation: 'likely', decision: { standing: id } });
});

it('leaves an Alert that came to fit to people if it ended before that was written', async () => {
	const { id } = await standing.active();
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
	await settled(system); // so that no check of runs waits for the feed
	await using feed = await holdFeed(system, 'brightwell');
	const ended = standing.end(id);
	await waiting(1);
	await system.post('/service-requests', aRequest(deviceId));
	await waiting(2);
	await feed.release();
	await ended;
	const alert = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	expect(alert).toMatchObject({ decision: null, notice: null });
	expect(await matches(id)).toBe(0);
});

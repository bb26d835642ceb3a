// Statements are planned once a session. Those of a fresh installation are planned while there is nothing to read.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeInventory } from '../../../bench/inventory.ts';
import { quiet, settled } from '../../../bench/system.ts';
import { SUPPLIERS, createTrace } from '../../../bench/trace.ts';
import type { Testbed, System } from '../../../launcher/testbed.ts';
import { openTestGround } from '../../support/bench-testbed.ts';

const HOUR = 3_600_000;
/** So many entries of one table for an Alert and a Service Request: a home network has a few, and is asked a few times. */
const MOST = 80;
const [FIRST, ALL, CALL] = [40, 6040, 100];
/** Alerts whose Device turns out to have been another Supplier's, one after another. */
const CORRECTED = 80;
const trace = createTrace({ seed: 5, devices: 20_000, requests: ALL, now: Date.now() - HOUR });
type Stated = ReturnType<typeof trace.devicesOf>[number];
let testbed: Testbed;
let system: System;

beforeAll(async () => {
	testbed = await openTestGround('plans_test');
	system = await testbed.startSystem({ suppliers: SUPPLIERS });
	// Who has the tables analyzed has all sessions plan anew; nobody shall come in between.
	const { rows } = await system.pool.query<{ name: string }>(
		`select oid::regclass::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`
	);
	for (const { name } of rows)
		await system.pool.query(`alter table ${name} set (autovacuum_enabled = false)`);
});

afterAll(async () => {
	await system?.stop();
	await testbed?.close();
});

async function post(path: string, lines: readonly string[]): Promise<void> {
	const response = await fetch(`${system.url}/api/v1${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${system.keys['*']}`, 'content-type': 'application/x-ndjson' },
		body: lines.join('\n')
	});
	expect(response.status, await response.text()).toBe(202);
}

/** All that happens to the first Devices of an installation, message by message. */
async function begin(): Promise<void> {
	const devices = [0, 1, 2].flatMap((home) => trace.devicesOf(trace.homes + home));
	await post(
		'/devices',
		devices.map((device) => JSON.stringify(device))
	);
	for (let i = 0; i < FIRST; i++) {
		const { deviceId } = devices[i % devices.length]!;
		const request = trace.requestAt(i);
		const [userId, , counter] = request.requestId.split(':');
		await post('/service-requests', [
			JSON.stringify({ ...request, requestId: [userId, deviceId, counter].join(':') })
		]);
		await post('/alerts', [JSON.stringify({ ...trace.alertAt(i), deviceId })]);
	}
	await settled(system);
	await correct(devices[1]!);
}

/** The Device has always been another Supplier's. */
async function correct(device: Pick<Stated, 'deviceId' | 'deviceType' | 'tenures'>): Promise<void> {
	const [tenure] = device.tenures;
	const other = SUPPLIERS.find(({ slug }) => slug !== tenure!.supplier)!;
	const { deviceId, deviceType } = device;
	await post('/devices', [
		JSON.stringify({ deviceId, deviceType, tenures: [{ ...tenure, supplier: other.slug }] })
	]);
	await quiet(system);
}

/** Rows and index entries that have been read of each table, partitions together. Exact once the sessions have ended. */
async function readings(): Promise<Array<{ table: string; read: number }>> {
	const { rows } = await system.pool.query<{ table: string; read: number }>(
		`select regexp_replace(relname, '_[0-9]+$|_default$', '') as table, sum(read)::int as read from (
			select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_user_tables
			union all
			select relname, idx_tup_read from pg_stat_user_indexes
		) of_each group by 1 order by 2 desc`
	);
	return rows;
}

it('what was planned on an empty record reads no more of a full one than it needs', async () => {
	await begin();
	await writeInventory(system.pool, trace, () => {});
	for (let i = FIRST; i < ALL; i += CALL) {
		const numbers = Array.from({ length: CALL }, (_, n) => i + n);
		await post(
			'/service-requests',
			numbers.map((n) => trace.requestJsonAt(n))
		);
		await post(
			'/alerts',
			numbers.map((n) => trace.alertJsonAt(n))
		);
	}
	await settled(system);
	const stated = new Map(
		Array.from({ length: trace.homes }, (_, home) => trace.devicesOf(home)).flatMap((devices) =>
			devices.map((device): [string, Stated] => [device.deviceId, device])
		)
	);
	for (let i = FIRST; i < FIRST + CORRECTED; i++) {
		const device = stated.get(trace.alertAt(i).deviceId)!;
		stated.delete(device?.deviceId);
		if (device) await correct(device);
	}
	await system.stopWorker();
	const greedy = (await readings()).filter(({ read }) => read > MOST * ALL);
	expect(greedy).toEqual([]);
}, 120_000);

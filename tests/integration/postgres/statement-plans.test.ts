// Tests the plans of prepared statements. A session plans a statement once, and in a fresh installation the tables are empty
// then: the plan must also be good when the tables are full.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeInventory } from '../../../bench/inventory.ts';
import { quiet, settled } from '../../../bench/system.ts';
import { SUPPLIERS, createTrace } from '../../../bench/trace.ts';
import type { Testbed, System } from '../../../launcher/testbed.ts';
import { openBenchTestbed } from '../../support/bench-testbed.ts';

const HOUR = 3_600_000;
/**
 * The most rows and index entries of one table that PostgreSQL may read for one Alert and one Service Request. A home network
 * has a few Devices, and statements read them a few times.
 */
const READS_PER_ALERT = 80;
/** Alerts that arrive one by one while the tables are empty, all Alerts, and the Alerts of one later call. */
const [FIRST_ALERTS, ALL_ALERTS, ALERTS_PER_CALL] = [40, 6040, 100];
/** Alerts whose Device turns out to be another Supplier's, one after the other. */
const CORRECTIONS = 80;
const trace = createTrace({ seed: 5, devices: 20_000, requests: ALL_ALERTS, now: Date.now() - HOUR });
type StatedDevice = ReturnType<typeof trace.devicesOf>[number];
let testbed: Testbed;
let system: System;

beforeAll(async () => {
	testbed = await openBenchTestbed('plans_test');
	system = await testbed.startSystem({ suppliers: SUPPLIERS });
	// If autovacuum analysed a table, all sessions would plan again, and the test would miss a bad first plan.
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

/** Posts the first Devices, Alerts and Service Requests of an installation, record by record. */
async function postFirstRecords(): Promise<void> {
	const devices = [0, 1, 2].flatMap((home) => trace.devicesOf(trace.homes + home));
	await post(
		'/devices',
		devices.map((device) => JSON.stringify(device))
	);
	for (let i = 0; i < FIRST_ALERTS; i++) {
		const { deviceId } = devices[i % devices.length]!;
		const request = trace.requestAt(i);
		const [userId, , counter] = request.requestId.split(':');
		await post('/service-requests', [
			JSON.stringify({ ...request, requestId: [userId, deviceId, counter].join(':') })
		]);
		await post('/alerts', [JSON.stringify({ ...trace.alertAt(i), deviceId })]);
	}
	await settled(system);
	await correctTenure(devices[1]!);
}

/** States that the Device has always been another Supplier's. */
async function correctTenure(
	device: Pick<StatedDevice, 'deviceId' | 'deviceType' | 'tenures'>
): Promise<void> {
	const [tenure] = device.tenures;
	const other = SUPPLIERS.find(({ slug }) => slug !== tenure!.supplier)!;
	const { deviceId, deviceType } = device;
	await post('/devices', [
		JSON.stringify({ deviceId, deviceType, tenures: [{ ...tenure, supplier: other.slug }] })
	]);
	await quiet(system);
}

/** Rows and index entries read of each table, with all its partitions. Exact only after the sessions have ended. */
async function readsByTable(): Promise<Array<{ table: string; read: number }>> {
	const { rows } = await system.pool.query<{ table: string; read: number }>(
		`select regexp_replace(relname, '_[0-9]+$|_default$', '') as table, sum(read)::int as read from (
			select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as read from pg_stat_user_tables
			union all
			select relname, idx_tup_read from pg_stat_user_indexes
		) of_each group by 1 order by 2 desc`
	);
	return rows;
}

it('statements planned on empty tables read only the rows that they need of full tables', async () => {
	await postFirstRecords();
	await writeInventory(system.pool, trace, () => {});
	for (let i = FIRST_ALERTS; i < ALL_ALERTS; i += ALERTS_PER_CALL) {
		const numbers = Array.from({ length: ALERTS_PER_CALL }, (_, n) => i + n);
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
	const devicesToCorrect = new Map(
		Array.from({ length: trace.homes }, (_, home) => trace.devicesOf(home)).flatMap((devices) =>
			devices.map((device): [string, StatedDevice] => [device.deviceId, device])
		)
	);
	for (let i = FIRST_ALERTS; i < FIRST_ALERTS + CORRECTIONS; i++) {
		const device = devicesToCorrect.get(trace.alertAt(i).deviceId)!;
		devicesToCorrect.delete(device?.deviceId);
		if (device) await correctTenure(device);
	}
	await system.stopWorker();
	const tablesReadTooMuch = (await readsByTable()).filter(({ read }) => read > READS_PER_ALERT * ALL_ALERTS);
	expect(tablesReadTooMuch).toEqual([]);
	// The index of the exclusion constraint also finds the tenures of a Device, at five times the cost.
	const { rows } = await system.pool.query<{ scans: number }>(
		`select idx_scan::int as scans from pg_stat_user_indexes where relname = 'tenure' and indexrelname = 'tenure_device'`
	);
	expect(rows[0]!.scans).toBeGreaterThan(ALL_ALERTS);
}, 120_000);

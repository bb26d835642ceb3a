// Tests the samples that learned patterns are counted on: the cost of a sample does not grow with the number of samples.
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Connection } from '#lib/server/postgres/database.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { replaceSamples, type Sample } from '#lib/server/learning/learned-counts.ts';
import { startSystem, type System } from '../../support/system.ts';

const OTHER_SAMPLES = 20_000;
const hour = new Date('2025-11-04T12:00:00Z');
const samples = Array.from({ length: 40 }, (_, i): Sample => ({
	supplierId: 1,
	deviceId: Buffer.from(`F0000000000000${i.toString(16).padStart(2, '0')}`, 'hex'),
	code: '81AF',
	hour,
	deviceType: 'ESME',
	sightings: [{ serviceReferenceVariant: '6.2.4', userRole: 'RSA', relation: 'same-device', bucket: 0 }]
}));

let system: System;
let worker: Connection;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	worker = openDatabase(system.databaseUrl, 'causeway_worker', 1, { pipeline: true });
	// The statistics of PostgreSQL do not know the current hour: its samples are inserted after `analyze`.
	await insertSamples(500, '1 hour');
	await system.database.query('analyze learned_sample');
	await insertSamples(OTHER_SAMPLES, '0');
});
afterAll(async () => {
	await worker.close();
	await system[Symbol.asyncDispose]();
});

/** Inserts samples of other Devices, each sample `interval` older than the sample before. */
const insertSamples = (count: number, interval: string) =>
	system.database.query(
		`insert into learned_sample (supplier_id, device_id, code, hour, device_type, sightings)
		select 1 + n % 2, decode(lpad(to_hex(n), 16, '0'), 'hex'), '81AF', $1::timestamptz - n * $2::interval, 'ESME', '{}'
		from generate_series(1, $3::int) n`,
		[hour, interval, count]
	);

/** Returns the number of samples that the current transaction has read. */
async function samplesRead(client: pg.ClientBase): Promise<number> {
	const { rows } = await client.query<{ n: number }>(
		`select sum(seq_tup_read + idx_tup_fetch)::int as n from pg_stat_xact_user_tables where relname = 'learned_sample'`
	);
	return rows[0]!.n;
}

it('samples are replaced without reading other samples', async () => {
	const replace = () =>
		inTransaction(worker.pool, async (client) => {
			await replaceSamples(client, samples, samples);
			return samplesRead(client);
		});
	expect(await replace()).toBeLessThan(4 * samples.length);
	expect(await replace()).toBeLessThan(4 * samples.length);
	const { rows } = await system.database.query<{ variant: string; n: number }>(
		'select variant, n from learned_count order by variant'
	);
	expect(rows).toEqual([
		{ variant: '', n: samples.length },
		{ variant: '6.2.4', n: samples.length }
	]);
});

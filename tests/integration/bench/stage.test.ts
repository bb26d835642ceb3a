import { afterAll, beforeAll, expect, it } from 'vitest';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { createStagePlanner } from '../../../bench/stage-planner.ts';
import { runStage } from '../../../bench/stage.ts';
import { openSystem, type LoadedSystem } from '../../../bench/system.ts';
import { createTrace } from '../../../bench/trace.ts';
import { IN_TRANSACTION, sampleWaits } from '../../../bench/workers/waits.ts';
import type { Testbed } from '../../../launcher/testbed.ts';
import { openBenchTestbed } from '../../support/bench-testbed.ts';
import { eventually } from '../../support/system.ts';

const HOUR_MS = 3_600_000;
const amount = { count: 200, batch: 20, perSecond: null };
const plan = { seed: 5, devices: 260, requests: 2000, now: Date.now() - HOUR_MS };
let testbed: Testbed;
let system: LoadedSystem;
const planner = createStagePlanner(plan);

beforeAll(async () => {
	testbed = await openBenchTestbed('bench_test');
	system = await openSystem(testbed, createTrace(plan));
});

afterAll(async () => {
	await system?.stop();
	await testbed?.close();
});

it('a stage of the benchmark delivers every Alert to its Supplier with an explanation, and indexes every request', async () => {
	const result = await runStage(system, planner.next({ alerts: amount, requests: amount }));
	expect(result).toMatchObject({ alerts: 200, serviceRequests: 200 });
	expect(result.latencyMs!.p50).toBeGreaterThan(0);
	// A request causes three of four Alerts. Causeway finds most of these causes, as the only candidate or among a few.
	const { likely = 0, exact = 0, ambiguous = 0 } = result.explained;
	expect(likely + exact + ambiguous).toBeGreaterThan(120);
	expect(Object.values(result.explained).reduce((a, b) => a + b, 0)).toBe(200);
});

it('a stage delivers every Alert through a second web process, with a second worker', async () => {
	const more = await system.startMore({ webs: 1, workers: 1 });
	try {
		// Calls and clients use only the second web process, so that the first one cannot stand in for it.
		await system.spreadOver(more.urls);
		const result = await runStage(system, planner.next({ alerts: amount }));
		expect(result).toMatchObject({ alerts: 200, gaps: 0 });
	} finally {
		await system.spreadOver([system.url]);
		await more.stop();
	}
	expect(await runStage(system, planner.next({ alerts: amount }))).toMatchObject({ alerts: 200 });
});

it('the waits of PostgreSQL name the statement that waits for a lock', async () => {
	const pool = openOwnerPool(system.databaseUrl, 3);
	const [holder, waiter] = [await pool.connect(), await pool.connect()];
	const lock = 'select from supplier order by id limit 1 for update';
	try {
		await holder.query(`begin; ${lock}`);
		const waiting = waiter.query(lock);
		await eventually(async () => {
			const { waits } = await sampleWaits(pool).stop();
			expect(waits.map(({ name }) => name)).toContain(`Lock transactionid of "${lock.slice(0, 28)}"`);
			expect(waits.map(({ name }) => name)).toContain(IN_TRANSACTION);
		});
		await holder.query('rollback');
		await waiting;
	} finally {
		holder.release();
		waiter.release();
		await pool.end();
	}
});

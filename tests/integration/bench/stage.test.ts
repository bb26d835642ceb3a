import { afterAll, beforeAll, expect, it } from 'vitest';
import { createStagePlanner } from '../../../bench/stage-planner.ts';
import { runStage } from '../../../bench/stage.ts';
import { openSystem, type LoadedSystem } from '../../../bench/system.ts';
import { createTrace } from '../../../bench/trace.ts';
import type { Testbed } from '../../../launcher/testbed.ts';
import { openBenchTestbed } from '../../support/bench-testbed.ts';

const HOUR_MS = 3_600_000;
const plan = { seed: 5, devices: 260, requests: 2000, now: Date.now() - HOUR_MS };
let testbed: Testbed;
let system: LoadedSystem;

beforeAll(async () => {
	testbed = await openBenchTestbed('bench_test');
	system = await openSystem(testbed, createTrace(plan));
});

afterAll(async () => {
	await system?.stop();
	await testbed?.close();
});

it('a stage of the benchmark delivers every Alert to its Supplier with an explanation, and indexes every request', async () => {
	const amount = { count: 200, batch: 20, perSecond: null };
	const result = await runStage(system, createStagePlanner(plan).next({ alerts: amount, requests: amount }));
	expect(result).toMatchObject({ alerts: 200, serviceRequests: 200 });
	expect(result.latencyMs!.p50).toBeGreaterThan(0);
	// A request causes three of four Alerts. Causeway finds most of these causes, as the only candidate or among a few.
	const { likely = 0, exact = 0, ambiguous = 0 } = result.explained;
	expect(likely + exact + ambiguous).toBeGreaterThan(120);
	expect(Object.values(result.explained).reduce((a, b) => a + b, 0)).toBe(200);
});

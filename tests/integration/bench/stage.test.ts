import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCourse } from '../../../bench/course.ts';
import { runStage } from '../../../bench/stage.ts';
import { openSystem, type Loaded } from '../../../bench/system.ts';
import { createTrace } from '../../../bench/trace.ts';
import type { Ground } from '../../../launcher/ground.ts';
import { openTestGround } from '../../support/bench-ground.ts';

const HOUR = 3_600_000;
const plan = { seed: 5, devices: 260, requests: 2000, now: Date.now() - HOUR };
let ground: Ground;
let system: Loaded;

beforeAll(async () => {
	ground = await openTestGround('bench_test');
	system = await openSystem(ground, createTrace(plan));
});

afterAll(async () => {
	await system?.stop();
	await ground?.close();
});

it('a stage of the benchmark sees every Alert at its Supplier, explained, and every Service Request taken', async () => {
	const amount = { count: 200, batch: 20, perSecond: null };
	const result = await runStage(system, createCourse(plan).next({ alerts: amount, requests: amount }));
	expect(result).toMatchObject({ alerts: 200, serviceRequests: 200 });
	expect(result.latencyMs!.p50).toBeGreaterThan(0);
	// Three of four are caused by a request: most of them are found, alone or among a few.
	const { likely = 0, exact = 0, ambiguous = 0 } = result.explained;
	expect(likely + exact + ambiguous).toBeGreaterThan(120);
	expect(Object.values(result.explained).reduce((a, b) => a + b, 0)).toBe(200);
});

import { describe, expect, it } from 'vitest';
import { createStagePlanner } from '../../../bench/stage-planner.ts';
import { createTrace } from '../../../bench/trace.ts';

const NOON = Date.UTC(2026, 10, 5, 12);
const firstPlan = { seed: 3, devices: 1300, requests: 200_000, now: NOON };
const saturating = (count: number, batch: number | 'duis' = 1000) => ({ count, batch, perSecond: null });

describe('the stage planner', () => {
	it('starts each stream at the record where the stage before stopped', () => {
		const planner = createStagePlanner(firstPlan);
		const stages = [
			planner.next({ alerts: saturating(3000), requests: saturating(3000) }),
			planner.next({ alerts: saturating(500, 'duis') }),
			planner.next({ requests: saturating(2000) }),
			planner.next({ alerts: saturating(1000) })
		];
		expect(
			stages.map(({ streams }) => streams.map(({ kind, from, count }) => `${kind} ${from} ${count}`))
		).toEqual([
			['alert 0 3000', 'service-request 200000 3000'],
			['alert 3000 500'],
			['service-request 203000 2000'],
			['alert 4000 1000']
		]);
	});

	it('gives a request the same time and body in every stage', () => {
		const planner = createStagePlanner(firstPlan);
		const requestStage = planner.next({ requests: saturating(5000) });
		const alertStage = planner.next({ alerts: saturating(10) });
		const traces = [requestStage.plan, alertStage.plan].map(createTrace);
		expect(traces.map((trace) => trace.requestTime(204_000))).toEqual([NOON + 400_000, NOON + 400_000]);
		expect(traces[1]!.requestJsonAt(204_000)).toBe(traces[0]!.requestJsonAt(204_000));
	});

	it('keeps the causes of the last Alerts at least 8,000 requests behind the end of a stage with both streams', () => {
		const { plan } = createStagePlanner(firstPlan).next({
			alerts: saturating(40_000),
			requests: saturating(80_000)
		});
		const trace = createTrace(plan);
		const causesOfLastAlerts = Array.from({ length: 2000 }, (_, i) => trace.causeOf(38_000 + i)).filter(
			(cause) => cause !== null
		);
		expect(Math.max(...causesOfLastAlerts)).toBeGreaterThan(262_000);
		expect(Math.max(...causesOfLastAlerts)).toBeLessThan(272_000);
	});

	it('spreads Alerts without requests over the past, each at its delay after its cause', () => {
		const planner = createStagePlanner(firstPlan);
		planner.next({ alerts: saturating(10), requests: saturating(5000) });
		const { plan } = planner.next({ alerts: saturating(23_000) });
		const trace = createTrace(plan);
		const spreadSeconds = (23_000 * 800) / 1150 / 10;
		expect(trace.alertTime(10)).toBe(plan.now - spreadSeconds * 1000);
		expect(trace.alertTime(23_010)).toBe(plan.now);
		const delaysSeconds = Array.from({ length: 2000 }, (_, i) => {
			const cause = trace.causeOf(15_000 + i);
			return cause === null ? 60 : (trace.alertTime(15_000 + i) - trace.requestTime(cause)) / 1000;
		});
		expect(Math.min(...delaysSeconds)).toBeGreaterThan(0);
		expect(Math.max(...delaysSeconds)).toBeLessThan(320);
	});
});

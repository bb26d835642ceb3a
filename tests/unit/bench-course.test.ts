import { describe, expect, it } from 'vitest';
import { createCourse } from '../../bench/course.ts';
import { createTrace } from '../../bench/trace.ts';

const NOON = Date.UTC(2026, 10, 5, 12);
const first = { seed: 3, devices: 1300, requests: 200_000, now: NOON };
const amount = (count: number, batch: number | 'duis' = 1000) => ({ count, batch, perSecond: null });

describe('the course of the trace over the stages', () => {
	it('sends nothing twice and leaves nothing out', () => {
		const course = createCourse(first);
		const stages = [
			course.next({ alerts: amount(3000), requests: amount(3000) }),
			course.next({ alerts: amount(500, 'duis') }),
			course.next({ requests: amount(2000) }),
			course.next({ alerts: amount(1000) })
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

	it('keeps the time of a request from stage to stage', () => {
		const course = createCourse(first);
		const sent = course.next({ requests: amount(5000) });
		const { plan } = course.next({ alerts: amount(10) });
		const traces = [sent.plan, plan].map(createTrace);
		expect(traces.map((trace) => trace.requestTime(204_000))).toEqual([NOON + 400_000, NOON + 400_000]);
		expect(traces[1]!.requestJsonAt(204_000)).toBe(traces[0]!.requestJsonAt(204_000));
	});

	it('has Alerts beside requests caused by requests up to a little before the end of the stage, however many they are', () => {
		const { plan } = createCourse(first).next({ alerts: amount(40_000), requests: amount(80_000) });
		const trace = createTrace(plan);
		const causes = Array.from({ length: 2000 }, (_, i) => trace.causeOf(38_000 + i)).filter(
			(cause) => cause !== null
		);
		expect(Math.max(...causes)).toBeGreaterThan(262_000);
		expect(Math.max(...causes)).toBeLessThan(272_000);
	});

	it('has Alerts alone in the hours before, where their causes are, at their delays', () => {
		const course = createCourse(first);
		course.next({ alerts: amount(10), requests: amount(5000) });
		const { plan } = course.next({ alerts: amount(23_000) });
		const trace = createTrace(plan);
		const seconds = (23_000 * 800) / 1150 / 10;
		expect(trace.alertTime(10)).toBe(plan.now - seconds * 1000);
		expect(trace.alertTime(23_010)).toBe(plan.now);
		const delays = Array.from({ length: 2000 }, (_, i) => {
			const cause = trace.causeOf(15_000 + i);
			return cause === null ? 60 : (trace.alertTime(15_000 + i) - trace.requestTime(cause)) / 1000;
		});
		expect(Math.min(...delays)).toBeGreaterThan(0);
		expect(Math.max(...delays)).toBeLessThan(320);
	});
});

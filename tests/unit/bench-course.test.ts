import { describe, expect, it } from 'vitest';
import { createCourse } from '../../bench/course.ts';
import { createTrace } from '../../bench/trace.ts';

const NOON = Date.UTC(2026, 10, 5, 12);
const first = { seed: 3, devices: 1300, requests: 200_000, now: NOON };
const amount = (count: number, batch: number | 'duis' = 1000) => ({ count, batch, perSecond: null });
const causesOf = (plan: Parameters<typeof createTrace>[0], from: number, count: number): number[] => {
	const trace = createTrace(plan);
	return Array.from({ length: count }, (_, i) => trace.causeOf(from + i)).filter((cause) => cause !== null);
};

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
		course.next({ requests: amount(5000) });
		const { plan } = course.next({ alerts: amount(10) });
		const traces = [createTrace(first), createTrace(plan)];
		expect(traces.map((trace) => trace.requestTime(204_000))).toEqual([NOON + 5000, NOON + 5000]);
		expect(traces.map((trace) => trace.requestJsonAt(204_000))[1]).toBe(traces[0]!.requestJsonAt(204_000));
	});

	it('has Alerts beside requests caused by requests up to the end of the stage, however many they are', () => {
		const { plan } = createCourse(first).next({ alerts: amount(40_000), requests: amount(80_000) });
		const causes = causesOf(plan, 38_000, 2000);
		expect(Math.max(...causes)).toBeGreaterThan(270_000);
		expect(Math.max(...causes)).toBeLessThan(280_000);
	});

	it('has Alerts alone caused by what was sent, in the seconds before', () => {
		const course = createCourse(first);
		course.next({ alerts: amount(10), requests: amount(5000) });
		const { plan, streams } = course.next({ alerts: amount(100_000) });
		const causes = causesOf(plan, streams[0]!.from + 98_000, 2000);
		expect(Math.max(...causes)).toBeLessThan(205_000);
		expect(createTrace(plan).alertTime(100_010)).toBe(plan.now + 10_000);
	});
});

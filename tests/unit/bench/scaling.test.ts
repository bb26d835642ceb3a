import { describe, expect, it } from 'vitest';
import type { Scaling } from '../../../bench/report/report.ts';
import { endOfScaling, limitOf, processesOf } from '../../../bench/workers/scaling.ts';
import { IN_TRANSACTION, ON_CPU } from '../../../bench/workers/waits.ts';

const point = (workers: number, alertsPerSecond: number, more: Partial<Scaling> = {}): Scaling => ({
	workers,
	webs: 1,
	alertsPerSecond,
	cores: null,
	machinePercent: 60,
	waits: [],
	busySessions: 2,
	...more
});
const lock = { name: 'Lock transactionid', share: 0.35 };

describe('the end of scaling', () => {
	it('is the first number of processes to which no larger number brings a tenth', () => {
		const points = [point(1, 5000), point(2, 7000), point(4, 7600, { machinePercent: 97 })];
		expect(endOfScaling(points)).toBe('stops scaling at 2 workers: 4 workers make 1.09 x (CPU 97 % in use)');
	});

	it('is not a number of processes that is slower than a larger one', () => {
		const points = [point(1, 5000), point(2, 4000), point(4, 6000), point(4, 5000, { webs: 2 })];
		expect(endOfScaling(points)).toMatch(
			/^stops scaling at 4 workers: 4 workers, 2 web processes make 0.83 x/
		);
	});

	it('is open as long as more processes bring a tenth or more', () => {
		const points = [point(1, 5000), point(2, 5500), point(4, 6100), point(4, 7000, { webs: 2 })];
		expect(endOfScaling(points)).toBe(
			'still scales at 4 workers, 2 web processes (no resource is full: CPU 60 % in use)'
		);
		expect(endOfScaling([])).toBe('nothing was measured');
	});
});

describe('the limit of a stage', () => {
	it('is the CPU from 90 % of the machine on', () => {
		expect(limitOf(point(1, 1, { machinePercent: 90 }))).toBe('CPU 90 % in use');
		expect(limitOf(point(1, 1, { machinePercent: 89 }))).toContain('no resource is full: CPU 89 % in use');
		expect(limitOf(point(1, 1, { machinePercent: null }))).toBe('no resource is full: CPU unknown');
	});

	it('is the most frequent wait of PostgreSQL from a fifth of its busy sessions on, beside a full CPU too', () => {
		const busy = [{ name: ON_CPU, share: 0.4 }, lock, { name: IN_TRANSACTION, share: 0.25 }];
		const waiting = "35 % of PostgreSQL's busy sessions wait for Lock transactionid";
		expect(limitOf(point(1, 1, { waits: busy }))).toBe(waiting);
		expect(limitOf(point(1, 1, { waits: busy, machinePercent: 99 }))).toBe(`CPU 99 % in use, ${waiting}`);
		const rare = [
			{ name: ON_CPU, share: 0.81 },
			{ ...lock, share: 0.19 }
		];
		expect(limitOf(point(1, 1, { waits: rare }))).toMatch(/^no resource is full: CPU 60 % in use, 19 %/);
	});

	it('is neither work on the CPU nor a wait of Causeway inside a transaction', () => {
		const waits = [
			{ name: ON_CPU, share: 0.6 },
			{ name: IN_TRANSACTION, share: 0.4 }
		];
		expect(limitOf(point(1, 1, { waits }))).toBe('no resource is full: CPU 60 % in use');
	});
});

it('processes are named in words', () => {
	expect([point(1, 1), point(4, 1), point(4, 1, { webs: 2 })].map(processesOf)).toEqual([
		'1 worker',
		'4 workers',
		'4 workers, 2 web processes'
	]);
});

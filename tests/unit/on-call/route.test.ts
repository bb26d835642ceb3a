// Tests the rules of routes: which Alerts a route pages about, how a page escalates, and until when quiet hours hold it.
import { describe, expect, it } from 'vitest';
import { quietUntil } from '#lib/domain/on-call/quiet-hours.ts';
import { RouteIn, ladderOf, matches, type RouteFacts } from '#lib/domain/on-call/route.ts';
import { waitSeconds } from '#lib/server/on-call/deliveries/backoff.ts';

const securityAlert: RouteFacts = {
	explanation: 'unexplained',
	category: 'security',
	code: '8F30',
	priority: 1,
	area: 'SW1',
	contradicted: false,
	decided: false,
	devices: 0
};

describe('the conditions of a route', () => {
	it('must all fit, and one value of each list is enough', () => {
		expect(matches({ explanation: ['unexplained'], category: ['tamper', 'security'] }, securityAlert)).toBe(
			true
		);
		expect(matches({ explanation: ['unexplained'], category: ['tamper'] }, securityAlert)).toBe(false);
		expect(matches({ codes: ['8F30'], areas: ['SW1'] }, securityAlert)).toBe(true);
		expect(matches({ areas: ['SW1'] }, { ...securityAlert, area: null })).toBe(false);
	});

	it('take a priority as the least urgent one that pages', () => {
		expect([1, 2, 3, 4].map((priority) => matches({ priority: 2 }, { ...securityAlert, priority }))).toEqual([
			true,
			true,
			false,
			false
		]);
	});

	it('fit no Alert that a person has decided, unless new evidence contradicts the decision', () => {
		const decided = { ...securityAlert, decided: true };
		expect(matches({ category: ['security'] }, decided)).toBe(false);
		expect(matches({ contradicted: true }, decided)).toBe(false);
		expect(matches({ contradicted: true }, { ...decided, contradicted: true })).toBe(true);
	});

	it('count the Devices of the episode', () => {
		expect(matches({ minDevices: 50 }, { ...securityAlert, devices: 49 })).toBe(false);
		expect(matches({ minDevices: 50 }, { ...securityAlert, devices: 50 })).toBe(true);
	});

	it('need at least one condition, and a feed fault stands alone', () => {
		const route = { rota: 'meters', channels: ['mail'] };
		expect(RouteIn.safeParse({ ...route, when: {} }).success).toBe(false);
		expect(RouteIn.safeParse({ ...route, when: { feedFault: true, priority: 1 } }).success).toBe(false);
		expect(RouteIn.safeParse({ ...route, when: { feedFault: true } }).success).toBe(true);
		expect(RouteIn.safeParse({ ...route, when: { misspelt: 1 } }).success).toBe(false);
	});
});

describe('the ladder of a page', () => {
	it('ends with the next person, both again, everybody, and the console of the leads', () => {
		expect(
			ladderOf({ rota: 'meters', then: [{ channel: 'sms' }, { rota: 'leads' }] }).map((rung) => rung.who)
		).toEqual(['current', 'channel', 'rota', 'next', 'again', 'everybody', 'leads']);
	});

	it('tells only the person on call and the leads about a test', () => {
		expect(ladderOf({ rota: 'meters', then: [], once: true }).map((rung) => rung.who)).toEqual([
			'current',
			'leads'
		]);
	});
});

describe('quiet hours', () => {
	const night = { from: '22:00', to: '07:00' };
	const until = (at: string, hours = night): string | null => {
		const end = quietUntil(hours, 'Europe/London', Date.parse(at));
		return end === null ? null : new Date(end).toISOString();
	};

	it('run over midnight in the time zone of the rota', () => {
		expect(until('2026-07-01T20:59:59Z')).toBeNull();
		expect(until('2026-07-01T21:00:00Z')).toBe('2026-07-02T06:00:00.000Z');
		expect(until('2026-07-02T03:00:00Z')).toBe('2026-07-02T06:00:00.000Z');
		expect(until('2026-07-02T06:00:00Z')).toBeNull();
	});

	it('end at the local hour on the nights in which the clocks change', () => {
		// The clocks go forward on 28 March 2027 and back on 25 October 2026.
		expect(until('2027-03-27T23:00:00Z')).toBe('2027-03-28T06:00:00.000Z');
		expect(until('2026-10-24T22:00:00Z')).toBe('2026-10-25T07:00:00.000Z');
	});

	it('may lie within one day', () => {
		const noon = { from: '12:00', to: '13:00' };
		expect(until('2026-12-01T12:30:00Z', noon)).toBe('2026-12-01T13:00:00.000Z');
		expect(until('2026-12-01T13:00:00Z', noon)).toBeNull();
	});
});

describe('the waits between tries', () => {
	it('grow, vary by a fifth, and end after ten retries', () => {
		const waits = Array.from({ length: 10 }, (_, i) => waitSeconds(i + 1, 0.5)!);
		expect(waits).toEqual(waits.toSorted((a, b) => a - b));
		expect(waits.reduce((sum, wait) => sum + wait)).toBeGreaterThan(15 * 60);
		expect(waitSeconds(1, 0)).toBeCloseTo(0.8);
		expect(waitSeconds(1, 1)).toBeCloseTo(1.2);
		expect(waitSeconds(11, 0.5)).toBeNull();
	});

	it('obey the wait that a receiver asks for, up to the longest', () => {
		expect(waitSeconds(1, 0.5, 30_000)).toBe(30);
		expect(waitSeconds(1, 0.5, 86_400_000)).toBe(450);
	});
});

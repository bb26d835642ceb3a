// Tests the state of a standing decision, and when it pauses itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reopenedTooOften, stateOf } from '#lib/domain/standing-decision/standing-decision.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const base = { expiresAt: 100, activatedAt: null, pausedAt: null, endedAt: null };

describe('the state of a standing decision', () => {
	it.each([
		['proposed', base, 50],
		['active', { ...base, activatedAt: 10 }, 99],
		['paused', { ...base, activatedAt: 10, pausedAt: 20 }, 50],
		['expired', { ...base, activatedAt: 10, pausedAt: 20 }, 100],
		['expired', base, 100],
		['ended', { ...base, activatedAt: 10, endedAt: 30 }, 200]
	])('is %s', (state, instants, now) => {
		expect(stateOf(instants, now)).toBe(state);
	});
});

describe('a standing decision pauses itself', () => {
	it.each([
		[[true, true, true], 3],
		[[true, true], null],
		[[...Array(47).fill(false), true, true, true], 3],
		[[...Array(48).fill(false), true, true, true], null]
	])('if people reopened 3 of its last 50 Alerts', (reopened, expected) => {
		expect(reopenedTooOften(reopened)).toBe(expected);
	});
	it('whatever the older Alerts were', () => {
		fc.assert(
			fc.property(
				fc.array(fc.boolean(), { minLength: 50, maxLength: 50 }),
				fc.array(fc.boolean()),
				(last, older) => {
					expect(reopenedTooOften([...last, ...older])).toBe(reopenedTooOften(last));
				}
			),
			{ numRuns: propertyRuns }
		);
	});
});

// Tests the state of an Alert in the terms of ISA-18.2.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALERT_STATES, AlertState, stateOf } from '#lib/domain/alert-state.ts';
import { needsDecision } from '#lib/domain/alert-filter.ts';
import type { Decision } from '#lib/domain/decision.ts';

const decided = (fields: Partial<Decision> = {}): Decision => ({
	verdict: 'ignorable',
	reason: 'information',
	note: null,
	by: 'Sam',
	at: '2026-11-05T02:16:00.000Z',
	...fields
});
const shelved = { by: 'Sam', at: '2026-11-05T02:16:00.000Z', until: '2026-11-05T02:46:00.000Z', note: null };
const open = { decision: null, notice: null, shelved: null, priority: 2 };

describe('the state of an Alert', () => {
	it.each([
		['unacknowledged', open, false],
		['acknowledged', { ...open, decision: decided({ verdict: 'actionable' }) }, false],
		['returned', { ...open, decision: decided() }, false],
		['shelved', { ...open, shelved }, false],
		['suppressed-by-design', { ...open, decision: decided({ standing: '12' }) }, false],
		['suppressed-by-design', { ...open, priority: 4 }, false],
		['out-of-service', open, true],
		['unacknowledged', { ...open, priority: 1 }, true],
		['unacknowledged', { ...open, decision: decided(), notice: 'Review the decision.' }, false],
		['unacknowledged', { ...open, notice: 'A standing decision no longer fits.' }, true]
	] as const)('is %s for %j (maintenance: %s)', (state, alert, inMaintenance) => {
		expect(stateOf(alert, inMaintenance)).toBe(state);
	});

	it('is never one that hides an Alert that new evidence brought back, unless a person shelved it', () => {
		const anAlert = fc.record({
			decision: fc.constantFrom(
				null,
				decided(),
				decided({ verdict: 'actionable' }),
				decided({ standing: '12' })
			),
			notice: fc.constantFrom(null, 'Review the decision.'),
			shelved: fc.constantFrom(null, shelved),
			priority: fc.constantFrom(1, 2, 3, 4)
		});
		fc.assert(
			fc.property(anAlert, fc.boolean(), (alert, inMaintenance) => {
				const state = stateOf(alert, inMaintenance);
				expect(AlertState.options).toContain(state);
				if (alert.notice !== null) expect(state).toBe(alert.shelved ? 'shelved' : 'unacknowledged');
				if (state === 'acknowledged' || state === 'returned') expect(needsDecision(alert)).toBe(false);
				if (alert.priority === 1 && needsDecision(alert))
					expect(['unacknowledged', 'shelved']).toContain(state);
			})
		);
	});

	it('has a state of the standard for each', () => {
		for (const { source } of Object.values(ALERT_STATES)) expect(source).toBeTruthy();
	});
});

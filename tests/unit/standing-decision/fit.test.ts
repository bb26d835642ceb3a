// Tests which Alerts a standing decision covers, and the proposal "always like this".
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import {
	alwaysLikeThese,
	alwaysLikeThis,
	covers,
	type StandingFacts
} from '#lib/domain/standing-decision/fit.ts';
import { StandingWhen, whyNeverCovered } from '#lib/domain/standing-decision/rule.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { someFacts, someWhen } from '../../support/standing-facts.ts';

const suspect = { serviceReferenceVariant: '6.5', userRole: 'ED', own: false, responseCode: 'E21' };
const alert = {
	code: '8F30',
	category: 'security',
	explanation: 'likely',
	candidates: [suspect, { ...suspect, userRole: 'OU' }],
	deviceType: 'ESME',
	area: 'SW1'
} as unknown as StandingFacts;
const when: StandingWhen = {
	code: '8F30',
	explanation: 'likely',
	serviceReferenceVariant: '6.5',
	userRole: 'ED',
	own: false,
	responseCode: 'E21',
	deviceType: 'ESME'
};

describe('a standing decision', () => {
	it('covers an Alert that meets all its conditions', () => {
		expect(covers(when, alert, causeTable)).toBe(true);
		expect(covers({ code: '8F30', explanation: 'likely' }, alert, causeTable)).toBe(true);
	});
	it.each([
		['code', '8F3E'],
		['explanation', 'exact'],
		['serviceReferenceVariant', '11.3'],
		['userRole', 'OU'],
		['own', true],
		['responseCode', 'I0'],
		['deviceType', 'GSME'],
		['area', 'NW1']
	])('does not cover an Alert with another %s', (field, value) => {
		expect(covers({ ...when, [field]: value }, alert, causeTable)).toBe(false);
	});
	it('covers at least as many Alerts with a condition less', () => {
		fc.assert(
			fc.property(
				someWhen,
				someFacts,
				fc.constantFrom('own' as const, 'userRole' as const, 'area' as const, 'deviceType' as const),
				(some, facts, field) => {
					for (const when of [some, alwaysLikeThis(facts, causeTable)]) {
						if (!when) continue;
						const { [field]: _, ...fewer } = when;
						expect(!covers(when, facts, causeTable) || covers(fewer, facts, causeTable)).toBe(true);
					}
				}
			),
			{ numRuns: propertyRuns }
		);
	});
});

describe('"always like this"', () => {
	it('is made of the facts of the Alert, not of its area', () => {
		expect(alwaysLikeThis(alert, causeTable)).toEqual(when);
	});
	it('covers the Alert that it was made of, and passes the check of conditions', () => {
		fc.assert(
			fc.property(someFacts, (facts) => {
				const made = alwaysLikeThis(facts, causeTable);
				if (made === null) return;
				expect(covers(made, facts, causeTable)).toBe(true);
				expect(StandingWhen.parse(made)).toEqual(made);
			}),
			{ numRuns: propertyRuns }
		);
	});
	it('is not offered for a protected or an unsettled Alert', () => {
		fc.assert(
			fc.property(someFacts, (facts) => {
				const unsettled = ['ambiguous', 'pending', 'out-of-scope'].includes(facts.explanation);
				if (unsettled || whyNeverCovered(facts, causeTable))
					expect(alwaysLikeThis(facts, causeTable)).toBeNull();
			}),
			{ numRuns: propertyRuns }
		);
	});
	it('of an episode covers every Alert of it', () => {
		fc.assert(
			fc.property(someFacts, fc.array(someFacts, { maxLength: 3 }), (first, others) => {
				const all = [
					first,
					...others.map((facts) => ({
						...facts,
						code: first.code,
						category: first.category,
						explanation: first.explanation
					}))
				];
				const made = alwaysLikeThese(all, causeTable);
				if (made) for (const facts of all) expect(covers(made, facts, causeTable)).toBe(true);
			}),
			{ numRuns: propertyRuns }
		);
		expect(alwaysLikeThese([alert, { ...alert, deviceType: 'GSME' }], causeTable)).toEqual({
			...when,
			deviceType: undefined
		});
		expect(alwaysLikeThese([], causeTable)).toBeNull();
	});
});

// Tests the case of a candidate: what speaks for it, what speaks against it, and the rule that matched.
import { describe, expect, it } from 'vitest';
import { caseOf, caseOfExcluded } from '#lib/domain/candidate-case.ts';
import { aCandidate, anExplainedAlert } from '../support/paged.ts';
import { consumerService, explain, networkOperator, NOON, request } from '../support/evidence.ts';

describe('the case of a candidate', () => {
	it('has the reasons and the rule of a command that the cause table lists', () => {
		const explained = explain([request(networkOperator, '6.5', 27, { responseCode: 'E21' })]);
		const shown = caseOf(explained.candidates[0]!, explained);
		expect(shown).toMatchObject({ against: [], rule: 'cause table', cause: '8F30/1' });
		expect(shown.for).toHaveLength(3);
		expect(shown.for[2]).toBe('The Device did not answer (E21).');
	});

	it('has a counter-reason, and the other candidates, against it', () => {
		const relayed = aCandidate({ reasons: [{ code: 'relayed', text: 'the DCC relays such commands' }] });
		expect(caseOf(relayed, { candidates: [relayed, aCandidate({ requestId: 'other' })] })).toMatchObject({
			for: [],
			against: ['The DCC relays such commands.', 'One other candidate fits too.'],
			rule: 'not recorded',
			cause: null
		});
	});

	it('does not count other candidates against a command that the Alert names', () => {
		const named = aCandidate({
			tier: 'exact',
			reasons: [{ code: 'reference', text: 'The Alert names it.' }]
		});
		expect(caseOf(named, { candidates: [named, aCandidate({ requestId: 'other' })] })).toMatchObject({
			against: [],
			rule: 'command named by the Alert'
		});
	});

	it('has the same form for an excluded request, whatever the reason', () => {
		const { excluded } = explain([
			request(networkOperator, '6.5', 27, { respondedAt: NOON, responseCode: 'I0' }),
			request(networkOperator, '6.5', 20, { responseCode: 'E4', counter: '9' }),
			request(networkOperator, '8.4', 29),
			request(consumerService, '6.5', 27)
		]);
		expect(excluded).toHaveLength(4);
		for (const shown of excluded.map(caseOfExcluded)) {
			expect(shown.for).toEqual([expect.stringMatching(/^It came .* before the Alert\.$/)]);
			expect(shown.against).toHaveLength(1);
			expect(shown.rule).not.toBe('not recorded');
		}
	});

	it('says nothing for an excluded request of an old explanation, which has no time', () => {
		expect(caseOfExcluded({ ...anExplainedAlert().excluded[0]!, reason: 'read-succeeded' })).toEqual({
			for: [],
			against: ['A read that succeeded (I0) changes nothing.'],
			rule: 'outcome of the request',
			cause: null
		});
	});
});

// Tests the verdict of the drawer: one sentence for every kind of explanation, without a figure that nobody counted.
import { describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { verdictSentence } from '#lib/domain/verdict.ts';
import { aCandidate, anAlert, anExplainedAlert } from '../support/paged.ts';

const decided = { ignorable: 48, actionable: 2 };
const verdict = (over: Partial<Alert>, precedents: typeof decided | null = null): string =>
	verdictSentence(anAlert({ name: 'Command refused', ...over }), precedents);

describe('the verdict on an Alert', () => {
	it('says what happened, the suspect, how sure the link is, and what people decided', () => {
		expect(verdictSentence(anExplainedAlert({ name: 'Command refused' }), decided)).toBe(
			'Command refused: the suspect is 6.5 Update Device Configuration (Voltage) of North Grid (ED), 41 s before the Alert, a strong link; people decided 48 of 50 such cases ignorable.'
		);
	});

	it.each<[decisions: typeof decided | null, text: string]>([
		[{ ignorable: 0, actionable: 0 }, '; no person has decided such an Alert before.'],
		[{ ignorable: 0, actionable: 1 }, '; people decided one such case before, as actionable.'],
		[{ ignorable: 7, actionable: 0 }, '; people decided all 7 such cases ignorable.'],
		[{ ignorable: 3, actionable: 9 }, '; people decided 9 of 12 such cases actionable.'],
		[null, ' no Service Request of any User explains it.']
	])('counts the decisions %o', (decisions, text) => {
		expect(verdict({ explanation: 'unexplained', candidates: [] }, decisions).endsWith(text)).toBe(true);
	});

	it.each<[facts: Partial<Alert>, text: string]>([
		[
			{ explanation: 'exact', candidates: [aCandidate({ tier: 'exact' })] },
			'the Alert itself names its command, 6.5 Update'
		],
		[
			{ explanation: 'ambiguous', candidates: [aCandidate({ tier: 'weak' })] },
			'the only suspect is 6.5 Update Device Configuration (Voltage) of North Grid (ED), 41 s before the Alert, a weak link.'
		],
		[
			{ explanation: 'ambiguous', candidates: [aCandidate(), aCandidate({ requestId: 'other' })] },
			'2 Service Requests are suspects and none is sure'
		],
		[{ explanation: 'pending', candidates: [] }, 'no suspect is known so far.'],
		[
			{ explanation: 'pending', candidates: [], settlesAt: '2026-11-06T02:14:07.000Z' },
			'the audit data is not complete to 2026-11-06 02:14 UTC yet, and no suspect'
		],
		[
			{ explanation: 'pending', candidates: [aCandidate({ tier: 'weak' })] },
			'so far the suspect is 6.5 Update'
		],
		[
			{
				explanation: 'ambiguous',
				candidates: [aCandidate({ tier: 'weak', reasons: [{ code: 'circumstantial', text: 'A visit.' }] })]
			},
			'no command does this, and the only link is circumstantial, 6.5 Update'
		],
		[{ explanation: 'not-command', candidates: [] }, 'no command can cause it.'],
		[
			{ explanation: 'out-of-scope', candidates: [], forward: { urgent: true } },
			'so forward the Alert to the responsible Supplier at once.'
		],
		[{ explanation: 'out-of-scope', candidates: [], forward: null }, 'the Alert waits for the Device.']
	])('says of the Alert %#', (facts, text) => {
		expect(verdict(facts)).toContain(text);
	});

	it('names your own request, and only the role of a User whose name is withheld', () => {
		const of = (own: boolean) =>
			verdict({ explanation: 'likely', candidates: [aCandidate({ own, userName: null })] });
		expect(of(true)).toContain('(Voltage) that you sent yourself, 41 s before');
		expect(of(false)).toContain('(Voltage) of a User in the role ED, 41 s before');
	});

	it('says how often a throttled Alert happened at least', () => {
		expect(verdict({ occurrences: 1400, throttled: true })).toMatch(
			/^Command refused, at least 1,400 times: /
		);
	});

	it('is one sentence and has no percentage, for every kind and every number of candidates', () => {
		for (const explanation of ExplanationKind.options)
			for (const candidates of [[], [aCandidate()], [aCandidate(), aCandidate({ requestId: 'other' })]]) {
				const text = verdict({ explanation, candidates }, decided);
				expect(text).toMatch(/^[A-Z][^%]*[^.]\.$/);
				expect(text.replace(/\d\.\d/g, '').split('. ')).toHaveLength(1);
			}
	});
});

import { describe, expect, it } from 'vitest';
import type { Tier } from '#lib/domain/alert.ts';
import { isAsItShouldBe, isGuardViolation, pair, score, type Answer } from '../../../accuracy/score.ts';
import type { Truth } from '../../../accuracy/truth.ts';

let count = 0;

/** Makes an Alert with its truth and its answer: the explanation, and each candidate as `tier request`. */
function alert(
	truth: Partial<Truth>,
	explanation: Answer['explanation'],
	...candidates: string[]
): [Truth, Answer] {
	const messageId = `message ${count++}`;
	const whole: Truth = {
		messageId,
		code: '8F30',
		viewer: 'brightwell',
		kind: truth.requests ? 'caused' : 'spontaneous',
		requests: [],
		missing: false,
		hidden: false,
		outOfScope: false,
		named: false,
		mechanism: 'a test',
		world: 'a test',
		...truth
	};
	const answerCandidates = candidates.map((text) => {
		const [tier, requestId] = text.split(' ') as [Tier, string];
		return { tier, requestId };
	});
	return [whole, { messageId, viewer: 'brightwell', explanation, candidates: answerCandidates }];
}

const caused = { requests: ['A'] };
const named = { requests: ['A'], named: true };

describe('the score of explanations', () => {
	it('counts an exact explanation as right if it names the cause', () => {
		const { tiers, wrongExplanations } = score([
			alert(named, 'exact', 'exact A'),
			alert(named, 'exact', 'exact B'),
			alert(named, 'unexplained')
		]);
		expect(tiers.exact).toEqual({ precision: 1 / 2, recall: 1 / 3, n: 2 });
		expect(wrongExplanations).toBe(1);
	});

	it('counts an Alert in the tier of its best candidate only', () => {
		const { tiers } = score([
			alert(caused, 'likely', 'strong B', 'strong A'),
			alert(caused, 'likely', 'strong A', 'weak B'),
			alert(caused, 'ambiguous', 'weak A')
		]);
		expect(tiers.strong).toEqual({ precision: 1 / 2, recall: 1 / 3, n: 2 });
		expect(tiers.weak).toEqual({ precision: 1, recall: 1 / 3, n: 1 });
	});

	it('measures likely explanations by their first candidate', () => {
		const { likely } = score([
			alert(caused, 'likely', 'strong A'),
			alert(caused, 'likely', 'strong B'),
			alert({}, 'likely', 'strong A'),
			alert(caused, 'ambiguous', 'strong B')
		]);
		expect(likely).toEqual({ precision: 1 / 3, n: 3 });
	});

	it('leaves missing, hidden and out-of-scope causes out of the recall', () => {
		const { topOne } = score([
			alert(caused, 'likely', 'strong A'),
			alert({ ...caused, missing: true }, 'unexplained'),
			alert({ ...caused, hidden: true }, 'unexplained'),
			alert({ ...caused, outOfScope: true }, 'out-of-scope')
		]);
		expect(topOne).toEqual({ precision: 1, recall: 1 });
	});

	it('leaves unknown causes out of the recall, and counts another request as a wrong explanation', () => {
		const { topOne, wrongExplanations } = score([
			alert({ ...caused, kind: 'unknown-cause' }, 'unexplained'),
			alert({ ...caused, kind: 'unknown-cause' }, 'likely', 'strong A'),
			alert({ ...caused, kind: 'unknown-cause' }, 'likely', 'strong B')
		]);
		expect(topOne).toEqual({ precision: 1 / 2, recall: 1 });
		expect(wrongExplanations).toBe(1);
	});

	it('counts any named request as wrong if the record of the true request is missing', () => {
		const { wrongExplanations } = score([alert({ ...caused, missing: true }, 'likely', 'strong B')]);
		expect(wrongExplanations).toBe(1);
	});

	it('accepts any request of the operation, and no other request', () => {
		const operation = { requests: ['A', 'B'] };
		const { topOne } = score([
			alert(operation, 'likely', 'strong A'),
			alert(operation, 'likely', 'strong B'),
			alert(operation, 'likely', 'strong C')
		]);
		expect(topOne.recall).toBe(2 / 3);
	});

	it('counts spontaneous Alerts with an exact or likely explanation as explained, not ambiguous ones', () => {
		const { spontaneousExplained } = score([
			alert({}, 'likely', 'strong A'),
			alert({}, 'ambiguous', 'weak A'),
			alert({}, 'unexplained'),
			alert({}, 'not-command'),
			alert(caused, 'likely', 'strong A')
		]);
		expect(spontaneousExplained).toBe(1 / 4);
	});

	it('is perfect, not undefined, if there are no Alerts', () => {
		expect(score([])).toMatchObject({
			alerts: 0,
			topOne: { precision: 1, recall: 1 },
			likely: { precision: 1, n: 0 },
			spontaneousExplained: 0,
			wrongExplanations: 0
		});
	});

	it('counts the Alerts by code, truth, explanation and verdict', () => {
		const { confusion } = score([
			alert(caused, 'likely', 'strong A'),
			alert(caused, 'likely', 'strong A'),
			alert({ code: '8F76' }, 'ambiguous', 'strong A')
		]);
		expect(confusion).toEqual({
			'8F30': { 'caused / likely / right': 2 },
			'8F76': { 'spontaneous / ambiguous / wrong': 1 }
		});
	});
});

describe('the guard', () => {
	it.each([
		['likely', ['strong A'], true],
		['ambiguous', ['weak A', 'strong B'], true],
		['ambiguous', ['weak A'], false],
		['not-command', [], false],
		['unexplained', [], false]
	] as const)(
		'for a physical code explained as %s with the candidates %j: violated is %s',
		(explanation, candidates, violated) => {
			expect(isGuardViolation(...alert({ code: '8F76' }, explanation, ...candidates))).toBe(violated);
		}
	);

	it('allows any explanation of a code that commands can cause', () => {
		expect(isGuardViolation(...alert({ code: '8F30' }, 'likely', 'strong A'))).toBe(false);
	});
});

describe('the right answer', () => {
	it('is out-of-scope if the Device did not belong to the viewer', () => {
		expect(isAsItShouldBe(...alert({ outOfScope: true }, 'out-of-scope'))).toBe(true);
		expect(isAsItShouldBe(...alert({ outOfScope: true }, 'unexplained'))).toBe(false);
	});

	it('claims nothing if nothing can be found', () => {
		expect(isAsItShouldBe(...alert({}, 'ambiguous', 'weak A'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'ambiguous', 'strong A'))).toBe(false);
		expect(isAsItShouldBe(...alert({ ...caused, missing: true }, 'unexplained'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'not-command'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'likely', 'strong A'))).toBe(false);
	});
});

describe('the pairing of truth and answer', () => {
	it('throws if the Supplier has not read an Alert', () => {
		const [truth] = alert(caused, 'likely');
		expect(() => pair([truth], [])).toThrow(/brightwell did not read Alert/);
	});

	it('uses the answer for the Supplier that the truth names', () => {
		const [truth, answer] = alert(caused, 'likely', 'strong A');
		const others: Answer = { ...answer, viewer: 'halden', explanation: 'out-of-scope', candidates: [] };
		expect(pair([truth], [others, answer])).toEqual([[truth, answer]]);
	});
});

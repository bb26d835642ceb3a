import { describe, expect, it } from 'vitest';
import type { Tier } from '#lib/domain/alert.ts';
import { isAsItShouldBe, isGuardViolation, pair, score, type Said } from '../../accuracy/score.ts';
import type { Truth } from '../../accuracy/truth.ts';

let count = 0;

/** One Alert: what caused it, and what was said: an explanation, and the candidates as `tier request`. */
function alert(
	truth: Partial<Truth>,
	explanation: Said['explanation'],
	...candidates: string[]
): [Truth, Said] {
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
	const said = candidates.map((text) => {
		const [tier, requestId] = text.split(' ') as [Tier, string];
		return { tier, requestId };
	});
	return [whole, { messageId, viewer: 'brightwell', explanation, candidates: said }];
}

const caused = { requests: ['A'] };
const named = { requests: ['A'], named: true };

describe('the score of explanations', () => {
	it('counts an exact explanation as right where it names the cause', () => {
		const { tiers, wrongExplanations } = score([
			alert(named, 'exact', 'exact A'),
			alert(named, 'exact', 'exact B'),
			alert(named, 'unexplained')
		]);
		expect(tiers.exact).toEqual({ precision: 1 / 2, recall: 1 / 3, n: 2 });
		expect(wrongExplanations).toBe(1);
	});

	it('takes the tier of the best candidate alone', () => {
		const { tiers } = score([
			alert(caused, 'likely', 'strong B', 'strong A'),
			alert(caused, 'likely', 'strong A', 'weak B'),
			alert(caused, 'ambiguous', 'weak A')
		]);
		expect(tiers.strong).toEqual({ precision: 1 / 2, recall: 1 / 3, n: 2 });
		expect(tiers.weak).toEqual({ precision: 1, recall: 1 / 3, n: 1 });
	});

	it('measures likely explanations by the request that they name first', () => {
		const { likely } = score([
			alert(caused, 'likely', 'strong A'),
			alert(caused, 'likely', 'strong B'),
			alert({}, 'likely', 'strong A'),
			alert(caused, 'ambiguous', 'strong B')
		]);
		expect(likely).toEqual({ precision: 1 / 3, n: 3 });
	});

	it('asks no recall for a cause whose record never arrives, is hidden, or is out of scope', () => {
		const { topOne } = score([
			alert(caused, 'likely', 'strong A'),
			alert({ ...caused, missing: true }, 'unexplained'),
			alert({ ...caused, hidden: true }, 'unexplained'),
			alert({ ...caused, outOfScope: true }, 'out-of-scope')
		]);
		expect(topOne).toEqual({ precision: 1, recall: 1 });
	});

	it('asks no recall for a cause that nobody has described, and counts naming another as wrong', () => {
		const { topOne, wrongExplanations } = score([
			alert({ ...caused, kind: 'unknown-cause' }, 'unexplained'),
			alert({ ...caused, kind: 'unknown-cause' }, 'likely', 'strong A'),
			alert({ ...caused, kind: 'unknown-cause' }, 'likely', 'strong B')
		]);
		expect(topOne).toEqual({ precision: 1 / 2, recall: 1 });
		expect(wrongExplanations).toBe(1);
	});

	it('counts a request as wrong where the record of the true one is missing', () => {
		const { wrongExplanations } = score([alert({ ...caused, missing: true }, 'likely', 'strong B')]);
		expect(wrongExplanations).toBe(1);
	});

	it('accepts any request of the operation, and none beside it', () => {
		const operation = { requests: ['A', 'B'] };
		const { topOne } = score([
			alert(operation, 'likely', 'strong A'),
			alert(operation, 'likely', 'strong B'),
			alert(operation, 'likely', 'strong C')
		]);
		expect(topOne.recall).toBe(2 / 3);
	});

	it('gives the share of spontaneous Alerts that were explained; ambiguous ones were not', () => {
		const { spontaneousExplained } = score([
			alert({}, 'likely', 'strong A'),
			alert({}, 'ambiguous', 'weak A'),
			alert({}, 'unexplained'),
			alert({}, 'not-command'),
			alert(caused, 'likely', 'strong A')
		]);
		expect(spontaneousExplained).toBe(1 / 4);
	});

	it('is perfect, not undefined, where there is nothing to get wrong', () => {
		expect(score([])).toMatchObject({
			alerts: 0,
			topOne: { precision: 1, recall: 1 },
			likely: { precision: 1, n: 0 },
			spontaneousExplained: 0,
			wrongExplanations: 0
		});
	});

	it('files each Alert by code, truth, explanation and whether that is as it should be', () => {
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
	] as const)('finds a physical code that is %s with %j: %s', (explanation, candidates, violated) => {
		expect(isGuardViolation(...alert({ code: '8F76' }, explanation, ...candidates))).toBe(violated);
	});

	it('says nothing of codes that commands can cause', () => {
		expect(isGuardViolation(...alert({ code: '8F30' }, 'likely', 'strong A'))).toBe(false);
	});
});

describe('what should be said', () => {
	it('is out of scope where the Device was not the viewer’s', () => {
		expect(isAsItShouldBe(...alert({ outOfScope: true }, 'out-of-scope'))).toBe(true);
		expect(isAsItShouldBe(...alert({ outOfScope: true }, 'unexplained'))).toBe(false);
	});

	it('is that nothing is claimed where nothing can be found', () => {
		expect(isAsItShouldBe(...alert({}, 'ambiguous', 'weak A'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'ambiguous', 'strong A'))).toBe(false);
		expect(isAsItShouldBe(...alert({ ...caused, missing: true }, 'unexplained'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'not-command'))).toBe(true);
		expect(isAsItShouldBe(...alert({}, 'likely', 'strong A'))).toBe(false);
	});
});

describe('pairing', () => {
	it('refuses to score where an Alert was never read', () => {
		const [truth] = alert(caused, 'likely');
		expect(() => pair([truth], [])).toThrow(/nothing was read of Alert/);
	});

	it('takes the row of the Supplier that the truth names', () => {
		const [truth, said] = alert(caused, 'likely', 'strong A');
		const others: Said = { ...said, viewer: 'halden', explanation: 'out-of-scope', candidates: [] };
		expect(pair([truth], [others, said])).toEqual([[truth, said]]);
	});
});

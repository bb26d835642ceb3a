// Scores the explanations of Causeway against the truth. The functions are pure.
import type { Score, TierScore } from '#lib/domain/accuracy-report.ts';
import type { Tier } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { isFindable, type Truth } from './truth.ts';

/** Causeway's answer for one Alert, as the Supplier `viewer` reads it. */
export interface Answer {
	messageId: string;
	viewer: string;
	explanation: ExplanationKind;
	candidates: ReadonlyArray<{ requestId: string; tier: Tier; reasons?: ReadonlyArray<{ code: string }> }>;
}

/**
 * Supply, metrology and physical codes, which people, the mains or hardware cause, and never a command. The list comes
 * from the code list of the trade and is separate from the product's own list.
 */
const GUARDED: ReadonlySet<string> = new Set(
	`8F35 8F36 8F37 8F38 8F39 8F3A 8F3B 8F3C 8F57 8F58 8F59 8F5A AD1
	8F1D 8F1F 8F82 81AC 81AE 81B0 81B1 81B4 81B5 81B6 81B7 81B8 81BB
	8F3F 8F73 8F74 8F75 8F76 8F77 8F78 81A1 81A5 81B9 81BC 81C1 81C2 81C3`.split(/\s+/)
);

/** Returns the share of `part` in `whole`. The share is 1 if `whole` is 0, because no answer could be wrong. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
const explains = ({ explanation }: Answer): boolean => explanation === 'exact' || explanation === 'likely';

const keyOf = (alert: { viewer: string; messageId: string }): string => `${alert.viewer} ${alert.messageId}`;

/** Pairs each truth with the answer for its Alert. Throws if an answer is missing, because the score would be wrong. */
export function pair<T extends Answer>(truths: readonly Truth[], answers: readonly T[]): Array<[Truth, T]> {
	const byKey = new Map(answers.map((answer) => [keyOf(answer), answer]));
	return truths.map((truth) => {
		const answer = byKey.get(keyOf(truth));
		if (!answer)
			throw new Error(
				`Supplier ${truth.viewer} did not read Alert "${truth.messageId}", so it cannot be scored`
			);
		return [truth, answer];
	});
}

/** Tells whether the first candidate is the cause. Returns `false` if there are no candidates. */
const isRight = (truth: Truth, answer: Answer): boolean =>
	answer.candidates[0] !== undefined && truth.requests.includes(answer.candidates[0].requestId);

export function isGuardViolation(truth: Truth, answer: Answer): boolean {
	if (!GUARDED.has(truth.code) || truth.named) return false;
	return explains(answer) || answer.candidates.some((candidate) => candidate.tier !== 'weak');
}

export const isWrongExplanation = (truth: Truth, answer: Answer): boolean =>
	explains(answer) && !isRight(truth, answer);

/** Tells whether the cause is a learned candidate. */
export const isLearned = (truth: Truth, { candidates }: Answer): boolean =>
	candidates.some(
		({ requestId, reasons }) =>
			truth.requests.includes(requestId) && reasons?.some(({ code }) => code === 'learned')
	);

/**
 * Gives the verdict of the confusion table. If the cause can be found, the answer must name it. Otherwise it must
 * claim nothing. An `ambiguous` explanation with weak candidates only claims nothing: it shows where to look.
 */
export function isAsItShouldBe(truth: Truth, answer: Answer): boolean {
	if (truth.outOfScope) return answer.explanation === 'out-of-scope';
	if (isFindable(truth)) return isRight(truth, answer);
	return !explains(answer) && answer.candidates.every((candidate) => candidate.tier === 'weak');
}

export function score(pairs: ReadonlyArray<[Truth, Answer]>): Score {
	const count = (test: (truth: Truth, answer: Answer) => boolean): number =>
		pairs.filter(([truth, answer]) => test(truth, answer)).length;
	// Unknown causes are measured separately and do not count for recall.
	const findable = (truth: Truth): boolean => truth.kind === 'caused' && isFindable(truth);
	const tierOf = (answer: Answer): Tier | undefined => answer.candidates[0]?.tier;

	const tier = (name: Tier): TierScore => {
		const n = count((_, answer) => tierOf(answer) === name);
		const right = count((truth, answer) => tierOf(answer) === name && isRight(truth, answer));
		const belongsToTier = (truth: Truth): boolean => findable(truth) && truth.named === (name === 'exact');
		return {
			precision: share(right, n),
			recall: share(
				count((truth, answer) => belongsToTier(truth) && tierOf(answer) === name && isRight(truth, answer)),
				count(belongsToTier)
			),
			n
		};
	};
	const likely = count((_, answer) => answer.explanation === 'likely');
	const spontaneous = count((truth) => truth.kind === 'spontaneous');
	const confusion: Score['confusion'] = {};
	for (const [truth, answer] of pairs) {
		const line = `${truth.kind} / ${answer.explanation} / ${isAsItShouldBe(truth, answer) ? 'right' : 'wrong'}`;
		const row = (confusion[truth.code] ??= {});
		row[line] = (row[line] ?? 0) + 1;
	}
	return {
		alerts: pairs.length,
		tiers: { exact: tier('exact'), strong: tier('strong'), weak: tier('weak') },
		topOne: {
			precision: share(
				count(isRight),
				count((_, answer) => answer.candidates.length > 0)
			),
			recall: share(
				count((truth, answer) => findable(truth) && isRight(truth, answer)),
				count(findable)
			)
		},
		guardViolations: count(isGuardViolation),
		spontaneousExplained:
			spontaneous === 0
				? 0
				: count((t, answer) => t.kind === 'spontaneous' && explains(answer)) / spontaneous,
		likely: {
			precision: share(
				count((truth, answer) => answer.explanation === 'likely' && isRight(truth, answer)),
				likely
			),
			n: likely
		},
		wrongExplanations: count(isWrongExplanation),
		confusion
	};
}

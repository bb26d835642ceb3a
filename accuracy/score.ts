// How right the explanations are. Pure: truths and what was said in, figures out.
import type { Score, TierScore } from '#lib/domain/accuracy-report.ts';
import type { Tier } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { isFindable, type Truth } from './truth.ts';

/** What was said of one Alert, as read by the Supplier that the truth names. */
export interface Said {
	messageId: string;
	viewer: string;
	explanation: ExplanationKind;
	candidates: ReadonlyArray<{ requestId: string; tier: Tier; reasons?: ReadonlyArray<{ code: string }> }>;
}

/**
 * Supply, metrology and physical codes: people, mains and hardware raise them, and no command can. From the trade's
 * code list, kept apart from the product's own.
 */
export const GUARDED: ReadonlySet<string> = new Set(
	`8F35 8F36 8F37 8F38 8F39 8F3A 8F3B 8F3C 8F57 8F58 8F59 8F5A AD1
	8F1D 8F1F 8F82 81AC 81AE 81B0 81B1 81B4 81B5 81B6 81B7 81B8 81BB
	8F3F 8F73 8F74 8F75 8F76 8F77 8F78 81A1 81A5 81B9 81BC 81C1 81C2 81C3`.split(/\s+/)
);

/** A share; of nothing, it is 1 where nothing was to be got wrong. */
const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
const explains = ({ explanation }: Said): boolean => explanation === 'exact' || explanation === 'likely';

const keyOf = (alert: { viewer: string; messageId: string }): string => `${alert.viewer} ${alert.messageId}`;

/** Pairs each truth with what was said; an Alert that nobody said anything of is an error of the measurement. */
export function pair<T extends Said>(truths: readonly Truth[], said: readonly T[]): Array<[Truth, T]> {
	const byKey = new Map(said.map((one) => [keyOf(one), one]));
	return truths.map((truth) => {
		const one = byKey.get(keyOf(truth));
		if (!one) throw new Error(`nothing was read of Alert "${truth.messageId}" by ${truth.viewer}`);
		return [truth, one];
	});
}

/** Whether the first candidate is the cause; false where there is none. */
const isRight = (truth: Truth, said: Said): boolean =>
	said.candidates[0] !== undefined && truth.requests.includes(said.candidates[0].requestId);

export function isGuardViolation(truth: Truth, said: Said): boolean {
	if (!GUARDED.has(truth.code) || truth.named) return false;
	return explains(said) || said.candidates.some((candidate) => candidate.tier !== 'weak');
}

export const isWrongExplanation = (truth: Truth, said: Said): boolean =>
	explains(said) && !isRight(truth, said);

/** Whether the cause stands among the candidates because stored Alerts have taught it. */
export const isLearned = (truth: Truth, { candidates }: Said): boolean =>
	candidates.some(
		({ requestId, reasons }) =>
			truth.requests.includes(requestId) && reasons?.some(({ code }) => code === 'learned')
	);

/**
 * The verdict of the confusion table: the cause is named where it can be found, and nothing is claimed where it cannot.
 * An `ambiguous` explanation with weak candidates alone claims nothing: it says where to look.
 */
export function isAsItShouldBe(truth: Truth, said: Said): boolean {
	if (truth.outOfScope) return said.explanation === 'out-of-scope';
	if (isFindable(truth)) return isRight(truth, said);
	return !explains(said) && said.candidates.every((candidate) => candidate.tier === 'weak');
}

export function score(pairs: ReadonlyArray<[Truth, Said]>): Score {
	const count = (test: (truth: Truth, said: Said) => boolean): number =>
		pairs.filter(([truth, said]) => test(truth, said)).length;
	// What nobody has described is measured apart: neither its finding nor its missing counts as recall.
	const findable = (truth: Truth): boolean => truth.kind === 'caused' && isFindable(truth);
	const tierOf = (said: Said): Tier | undefined => said.candidates[0]?.tier;

	const tier = (name: Tier): TierScore => {
		const n = count((_, said) => tierOf(said) === name);
		const right = count((truth, said) => tierOf(said) === name && isRight(truth, said));
		const reach = (truth: Truth): boolean => findable(truth) && truth.named === (name === 'exact');
		return {
			precision: share(right, n),
			recall: share(
				count((truth, said) => reach(truth) && tierOf(said) === name && isRight(truth, said)),
				count(reach)
			),
			n
		};
	};
	const likely = count((_, said) => said.explanation === 'likely');
	const spontaneous = count((truth) => truth.kind === 'spontaneous');
	const confusion: Score['confusion'] = {};
	for (const [truth, said] of pairs) {
		const line = `${truth.kind} / ${said.explanation} / ${isAsItShouldBe(truth, said) ? 'right' : 'wrong'}`;
		const row = (confusion[truth.code] ??= {});
		row[line] = (row[line] ?? 0) + 1;
	}
	return {
		alerts: pairs.length,
		tiers: { exact: tier('exact'), strong: tier('strong'), weak: tier('weak') },
		topOne: {
			precision: share(
				count(isRight),
				count((_, said) => said.candidates.length > 0)
			),
			recall: share(
				count((truth, said) => findable(truth) && isRight(truth, said)),
				count(findable)
			)
		},
		guardViolations: count(isGuardViolation),
		spontaneousExplained:
			spontaneous === 0 ? 0 : count((t, said) => t.kind === 'spontaneous' && explains(said)) / spontaneous,
		likely: {
			precision: share(
				count((truth, said) => said.explanation === 'likely' && isRight(truth, said)),
				likely
			),
			n: likely
		},
		wrongExplanations: count(isWrongExplanation),
		confusion
	};
}

// The report of an accuracy run: its shape, what the product promises, and which promises its figures keep.
import { z } from 'zod';

const Count = z.number().int().min(0);
const Share = z.number().min(0).max(1);

/**
 * `caused`: by Service Requests that the truth lists. `unknown-cause`: likewise, in a way that the trade has not
 * described. `spontaneous`: by none at all.
 */
export const TruthKind = z.enum(['caused', 'spontaneous', 'unknown-cause']);
export type TruthKind = z.infer<typeof TruthKind>;

/**
 * Precision: of the Alerts whose best candidate is of this tier, the share where it is the cause. Recall: of the causes
 * that can be found (with a reference for `exact`, without for the others), the share found in this tier.
 */
const TierScore = z.object({ precision: Share, recall: Share, n: Count });
export type TierScore = z.infer<typeof TierScore>;

/** `wrongExplanations`: how many Alerts it names a request for that is not the cause. */
const BaselineScore = z.object({ precision: Share, recall: Share, wrongExplanations: Count, named: Count });
export type BaselineScore = z.infer<typeof BaselineScore>;

/** Milliseconds. */
const Latency = z.object({ p50: z.number(), p95: z.number(), max: z.number() });
export type Latency = z.infer<typeof Latency>;

const Score = z.object({
	alerts: Count,
	tiers: z.object({ exact: TierScore, strong: TierScore, weak: TierScore }),
	/** Best candidate of any tier. Precision: of the Alerts that have one. Recall: of the causes that can be found. */
	topOne: z.object({ precision: Share, recall: Share }),
	guardViolations: Count,
	/** Share of the spontaneous Alerts that were called `exact` or `likely`. */
	spontaneousExplained: Share,
	likely: z.object({ precision: Share, n: Count }),
	/** Alerts called `exact` or `likely` for a request that is not the cause. */
	wrongExplanations: Count,
	/** By code, then `truth / explanation / right or wrong`. */
	confusion: z.record(z.string(), z.record(z.string(), Count))
});
export type Score = z.infer<typeof Score>;

/** How many Alerts of a mechanism, for how many the right thing was said, and who has the true cause as learned. */
const MechanismScore = z.object({
	kind: TruthKind,
	n: Count,
	right: Count,
	wrongExplanations: Count,
	learned: Count
});

export const AccuracyReport = Score.extend({
	/** Of the explanations that were pending when the late records came, the share that was settled in the end. */
	pendingResolved: Share,
	baselines: z.object({ nearest15min: BaselineScore, tableOnly: BaselineScore }),
	lateToUpgradedMs: Latency,
	worlds: z.array(z.looseObject({ name: z.string(), seed: z.number(), alerts: Count, requests: Count })),
	mechanisms: z.record(z.string(), MechanismScore),
	shuffledRunIdentical: z.boolean(),
	seed: z.number(),
	/** Figures of a smaller corpus. */
	quick: z.boolean(),
	tableVersion: z.string(),
	at: z.iso.datetime()
});
export type AccuracyReport = z.infer<typeof AccuracyReport>;

/** Wrong explanations of the better of the two simple ways. */
export const betterBaseline = ({ baselines }: Pick<AccuracyReport, 'baselines'>): number =>
	Math.min(baselines.nearest15min.wrongExplanations, baselines.tableOnly.wrongExplanations);

/** So many occurrences are enough to learn a cause that the table does not know. */
const LEARNED_AFTER = 50;

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** One promise of the product: in its words what is asked and what was found, and the line that says it is broken. */
export interface Target {
	name: string;
	asked: string;
	found: string;
	met: boolean;
	broken: string;
	/** For a share: the share asked for and the share found, to be drawn. */
	drawn?: { share: number; least?: number; most?: number };
}

/** What the product promises, and what this run found. */
export function targetsOf(report: AccuracyReport): Target[] {
	const {
		tiers,
		likely,
		topOne,
		spontaneousExplained: spontaneous,
		guardViolations,
		wrongExplanations
	} = report;
	const better = betterBaseline(report);
	const late = report.lateToUpgradedMs.p95;
	const least = (name: string, share: number, asked: number, broken: string): Target => ({
		name,
		asked: asked === 1 ? '100 %' : `at least ${100 * asked} %`,
		found: percent(share),
		met: share >= asked,
		broken,
		drawn: { share, least: asked }
	});
	return [
		least(
			'Named by the Alert itself (exact), and right',
			tiers.exact.precision,
			1,
			`exact precision is ${percent(tiers.exact.precision)}, not 100 %`
		),
		least(
			'Called likely, and right',
			likely.precision,
			0.95,
			`likely precision is ${percent(likely.precision)}, below 95 %`
		),
		least(
			'Causes that stand first among the candidates',
			topOne.recall,
			0.9,
			`top-one recall is ${percent(topOne.recall)}, below 90 %`
		),
		{
			name: 'Raised by no command, and explained all the same',
			asked: 'at most 2 %',
			found: percent(spontaneous),
			met: spontaneous <= 0.02,
			broken: `${percent(spontaneous)} of spontaneous Alerts explained, above 2 %`,
			drawn: { share: spontaneous, most: 0.02 }
		},
		{
			name: 'Tamper, supply and metrology Alerts explained away',
			asked: 'none',
			found: String(guardViolations),
			met: guardViolations === 0,
			broken: `${guardViolations} guard violations, not 0`
		},
		...Object.entries(report.mechanisms)
			.filter(([, { kind, n }]) => kind === 'unknown-cause' && n >= LEARNED_AFTER)
			.map(([name, { n, learned }]) => ({
				name: `A cause that no table knows (${name}), offered as learned`,
				asked: `at least half of ${n}`,
				found: String(learned),
				met: learned >= n / 2,
				broken: `${name}: a learned candidate for ${learned} of ${n} Alerts, fewer than half`
			})),
		{
			name: 'Another order of arrival, the same answers',
			asked: 'to the byte',
			found: report.shuffledRunIdentical ? 'the same' : 'differs',
			met: report.shuffledRunIdentical,
			broken: 'the shuffled run differs'
		},
		{
			name: 'Wrong explanations',
			asked: `at most half of ${better}`,
			found: String(wrongExplanations),
			met: wrongExplanations <= better / 2,
			broken: `${wrongExplanations} wrong explanations, more than half of ${better}`
		},
		{
			name: 'From a late record to the changed row (95 of 100)',
			asked: 'under 2 s',
			found: `${late} ms`,
			met: late < 2000,
			broken: `late records take ${late} ms (p95), not below 2 s`
		}
	];
}

/** One line for each promise that these figures break. */
export const missedTargets = (report: AccuracyReport): string[] =>
	targetsOf(report)
		.filter(({ met }) => !met)
		.map(({ broken }) => broken);

/** What was said of the Alerts of one code. */
export interface CodeScore {
	code: string;
	alerts: number;
	right: number;
	/** What was said wrongly, most often first. */
	wrong: Array<{ truth: string; explanation: string; n: number }>;
}

/** The confusion by code: the code with the most wrong Alerts first. */
export function byCode({ confusion }: Pick<AccuracyReport, 'confusion'>): CodeScore[] {
	const sum = (counts: number[]): number => counts.reduce((all, n) => all + n, 0);
	return Object.entries(confusion)
		.map(([code, row]) => {
			const wrong = Object.entries(row)
				.filter(([what]) => what.endsWith(' / wrong'))
				.map(([what, n]) => {
					const [truth = '', explanation = ''] = what.split(' / ');
					return { truth, explanation, n };
				})
				.sort((a, b) => b.n - a.n || (a.truth + a.explanation < b.truth + b.explanation ? -1 : 1));
			const alerts = sum(Object.values(row));
			return { code, alerts, right: alerts - sum(wrong.map(({ n }) => n)), wrong };
		})
		.sort((a, b) => b.alerts - b.right - (a.alerts - a.right) || (a.code < b.code ? -1 : 1));
}

// Defines the report of an accuracy run, and decides which of the product's targets its figures meet.
import { z } from 'zod';

const Count = z.number().int().min(0);
const Share = z.number().min(0).max(1);

/**
 * How the Alert came about in truth. `caused`: Service Requests caused the Alert. `unknown-cause`: Service Requests
 * caused the Alert by a mechanism that the trade has not described. `spontaneous`: no Service Request caused the Alert.
 */
export const TruthKind = z.enum(['caused', 'spontaneous', 'unknown-cause']);
export type TruthKind = z.infer<typeof TruthKind>;

/**
 * The scores of one tier. `precision`: among the Alerts whose best candidate has this tier, the share whose best
 * candidate is the cause. `recall`: among the causes that can be found, the share that this tier finds. The tier
 * `exact` counts only causes with a reference; the other tiers count only causes without a reference.
 */
const TierScore = z.object({ precision: Share, recall: Share, n: Count });
export type TierScore = z.infer<typeof TierScore>;

/**
 * The scores of a baseline. `wrongExplanations`: the number of Alerts for which the baseline names a request that is
 * not the cause.
 */
const BaselineScore = z.object({ precision: Share, recall: Share, wrongExplanations: Count, named: Count });
export type BaselineScore = z.infer<typeof BaselineScore>;

/** A latency in milliseconds. */
const Latency = z.object({ p50: z.number(), p95: z.number(), max: z.number() });
export type Latency = z.infer<typeof Latency>;

const Score = z.object({
	alerts: Count,
	tiers: z.object({ exact: TierScore, strong: TierScore, weak: TierScore }),
	/**
	 * The scores of the best candidate of any tier. `precision` counts Alerts with a candidate; `recall` counts causes
	 * that can be found.
	 */
	topOne: z.object({ precision: Share, recall: Share }),
	guardViolations: Count,
	/** The share of the spontaneous Alerts whose explanation is `exact` or `likely`. */
	spontaneousExplained: Share,
	likely: z.object({ precision: Share, n: Count }),
	/** The number of Alerts with the explanation `exact` or `likely` whose suspect is not the cause. */
	wrongExplanations: Count,
	/** Counts Alerts by Alert code (outer key) and by `truth / explanation / right or wrong` (inner key). */
	confusion: z.record(z.string(), z.record(z.string(), Count))
});
export type Score = z.infer<typeof Score>;

/**
 * Counts the Alerts of one mechanism. `n`: all Alerts. `right`: Alerts explained rightly. `learned`: Alerts whose cause
 * is a learned candidate.
 */
const MechanismScore = z.object({
	kind: TruthKind,
	n: Count,
	right: Count,
	wrongExplanations: Count,
	learned: Count
});

export const AccuracyReport = Score.extend({
	/**
	 * Among the explanations that were pending when the late records arrived, the share that was no longer pending at
	 * the end.
	 */
	pendingResolved: Share,
	baselines: z.object({ nearest15min: BaselineScore, tableOnly: BaselineScore }),
	lateToUpgradedMs: Latency,
	worlds: z.array(z.looseObject({ name: z.string(), seed: z.number(), alerts: Count, requests: Count })),
	mechanisms: z.record(z.string(), MechanismScore),
	shuffledRunIdentical: z.boolean(),
	seed: z.number(),
	/** Whether the run used a smaller corpus than the full run. */
	quick: z.boolean(),
	tableVersion: z.string(),
	at: z.iso.datetime()
});
export type AccuracyReport = z.infer<typeof AccuracyReport>;

/** Returns the number of wrong explanations of the better of the two baselines. */
export const betterBaseline = ({ baselines }: Pick<AccuracyReport, 'baselines'>): number =>
	Math.min(baselines.nearest15min.wrongExplanations, baselines.tableOnly.wrongExplanations);

/** The least number of Alerts with which the machine must learn a cause that is not in the cause table. */
const MIN_ALERTS_TO_LEARN = 50;

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** One target of the product: the required and the measured figure, and the line that reports a missed target. */
export interface Target {
	name: string;
	asked: string;
	found: string;
	met: boolean;
	broken: string;
	/** What the bars show if the target is a share: the measured share, and the least or the largest share required. */
	drawn?: { share: number; least?: number; most?: number };
}

/** Returns the targets of the product, each with the result of this run. */
export function targetsOf(report: AccuracyReport): Target[] {
	const {
		tiers,
		likely,
		topOne,
		spontaneousExplained: spontaneous,
		guardViolations,
		wrongExplanations
	} = report;
	const baselineWrong = betterBaseline(report);
	const lateMs = report.lateToUpgradedMs.p95;
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
			'Exact explanations that are right',
			tiers.exact.precision,
			1,
			`exact precision is ${percent(tiers.exact.precision)}, not 100 %`
		),
		least(
			'Likely explanations that are right',
			likely.precision,
			0.95,
			`likely precision is ${percent(likely.precision)}, below 95 %`
		),
		least(
			'Causes that are ranked first among the candidates',
			topOne.recall,
			0.9,
			`top-one recall is ${percent(topOne.recall)}, below 90 %`
		),
		{
			name: 'Alerts caused by no command, but explained by one',
			asked: 'at most 2 %',
			found: percent(spontaneous),
			met: spontaneous <= 0.02,
			broken: `${percent(spontaneous)} of spontaneous Alerts explained, above 2 %`,
			drawn: { share: spontaneous, most: 0.02 }
		},
		{
			name: 'Tamper, supply and metrology Alerts explained by a command',
			asked: 'none',
			found: String(guardViolations),
			met: guardViolations === 0,
			broken: `${guardViolations} guard violations, not 0`
		},
		...Object.entries(report.mechanisms)
			.filter(([, { kind, n }]) => kind === 'unknown-cause' && n >= MIN_ALERTS_TO_LEARN)
			.map(([name, { n, learned }]) => ({
				name: `A cause missing from the table (${name}), offered as learned`,
				asked: `at least half of ${n}`,
				found: String(learned),
				met: learned >= n / 2,
				broken: `${name}: a learned candidate for ${learned} of ${n} Alerts, fewer than half`
			})),
		{
			name: 'The same explanations in another order of arrival',
			asked: 'identical',
			found: report.shuffledRunIdentical ? 'the same' : 'differs',
			met: report.shuffledRunIdentical,
			broken: 'the shuffled run differs'
		},
		{
			name: 'Wrong explanations',
			asked: `at most half of ${baselineWrong}`,
			found: String(wrongExplanations),
			met: wrongExplanations <= baselineWrong / 2,
			broken: `${wrongExplanations} wrong explanations, more than half of ${baselineWrong}`
		},
		{
			name: 'From a late record to the updated row (95 of 100)',
			asked: 'under 2 s',
			found: `${lateMs} ms`,
			met: lateMs < 2000,
			broken: `late records take ${lateMs} ms (p95), not below 2 s`
		}
	];
}

/** Returns one line for each target that the figures miss. */
export const missedTargets = (report: AccuracyReport): string[] =>
	targetsOf(report)
		.filter(({ met }) => !met)
		.map(({ broken }) => broken);

/** Counts how the Alerts of one code were explained. */
export interface CodeScore {
	code: string;
	alerts: number;
	right: number;
	/** The kinds of wrong explanation with their numbers of Alerts, the most frequent kind first. */
	wrong: Array<{ truth: string; explanation: string; n: number }>;
}

/** Returns the scores of each Alert code, the code with the most wrong explanations first. */
export function byCode({ confusion }: Pick<AccuracyReport, 'confusion'>): CodeScore[] {
	const sum = (counts: number[]): number => counts.reduce((all, n) => all + n, 0);
	return Object.entries(confusion)
		.map(([code, row]) => {
			const wrong = Object.entries(row)
				.filter(([outcome]) => outcome.endsWith(' / wrong'))
				.map(([outcome, n]) => {
					const [truth = '', explanation = ''] = outcome.split(' / ');
					return { truth, explanation, n };
				})
				.sort((a, b) => b.n - a.n || (a.truth + a.explanation < b.truth + b.explanation ? -1 : 1));
			const alerts = sum(Object.values(row));
			return { code, alerts, right: alerts - sum(wrong.map(({ n }) => n)), wrong };
		})
		.sort((a, b) => b.alerts - b.right - (a.alerts - a.right) || (a.code < b.code ? -1 : 1));
}

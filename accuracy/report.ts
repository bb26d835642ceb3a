// The report of a run: its figures, which targets it misses, and how it reads.
import type { Tier } from '#lib/domain/alert.ts';
import type { BaselineScore } from './baselines.ts';
import type { Example } from './examples.ts';
import type { Score } from './score.ts';
import type { Latency } from './upgrade.ts';
import type { Faults } from './ledger.ts';
import type { TruthKind } from './truth.ts';

export interface Report extends Score {
	/** Of the explanations that were pending when the late records came, the share that was settled in the end. */
	pendingResolved: number;
	baselines: { nearest15min: BaselineScore; tableOnly: BaselineScore };
	lateToUpgradedMs: Latency;
	worlds: Array<{ name: string; seed: number; alerts: number; requests: number; faults: Faults }>;
	/** By mechanism of the simulated world: how many Alerts, and for how many the right thing was said. */
	mechanisms: Record<
		string,
		{
			kind: TruthKind;
			n: number;
			right: number;
			wrongExplanations: number;
			/** For how many the true cause stands among the candidates because it was learned. */
			learned: number;
		}
	>;
	/** Some Alerts of which something else was said than should be. */
	examples: Example[];
	shuffledRunIdentical: boolean;
	seed: number;
	/** Figures of a smaller corpus. */
	quick: boolean;
	tableVersion: string;
	at: string;
	/** One line for each target that is missed. */
	missed: string[];
}

/** So many occurrences are enough to learn a cause that the table does not know. */
const LEARNED_AFTER = 50;

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** What the product promises. Returns a line for each promise that these figures break. */
export function missedTargets(report: Omit<Report, 'missed'>): string[] {
	const { tiers, likely, topOne, spontaneousExplained, guardViolations, baselines, wrongExplanations } =
		report;
	const better = betterBaseline(baselines);
	const targets: Array<[kept: boolean, line: string]> = [
		[tiers.exact.precision === 1, `exact precision is ${percent(tiers.exact.precision)}, not 100 %`],
		[likely.precision >= 0.95, `likely precision is ${percent(likely.precision)}, below 95 %`],
		[topOne.recall >= 0.9, `top-one recall is ${percent(topOne.recall)}, below 90 %`],
		[
			spontaneousExplained <= 0.02,
			`${percent(spontaneousExplained)} of spontaneous Alerts explained, above 2 %`
		],
		[guardViolations === 0, `${guardViolations} guard violations, not 0`],
		...Object.entries(report.mechanisms)
			.filter(([, { kind, n }]) => kind === 'unknown-cause' && n >= LEARNED_AFTER)
			.map(([name, { n, learned }]): [boolean, string] => [
				learned >= n / 2,
				`${name}: a learned candidate for ${learned} of ${n} Alerts, fewer than half`
			]),
		[report.shuffledRunIdentical, 'the shuffled run differs'],
		[wrongExplanations <= better / 2, `${wrongExplanations} wrong explanations, more than half of ${better}`],
		[
			report.lateToUpgradedMs.p95 < 2000,
			`late records take ${report.lateToUpgradedMs.p95} ms (p95), not below 2 s`
		]
	];
	return targets.filter(([kept]) => !kept).map(([, line]) => line);
}

/** The report as a table for the terminal. */
export function readable(report: Report): string {
	const { tiers, topOne, likely, baselines, lateToUpgradedMs: late } = report;
	const line = (name: string, ...cells: string[]): string =>
		`  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('')}`;
	const tier = (name: Tier): string =>
		line(`tier ${name}`, percent(tiers[name].precision), percent(tiers[name].recall), String(tiers[name].n));
	const baseline = (name: string, { precision, recall, named, wrongExplanations }: BaselineScore): string =>
		line(name, percent(precision), percent(recall), String(named), String(wrongExplanations));
	const worst = Object.entries(report.confusion)
		.flatMap(([code, row]) => Object.entries(row).map(([what, n]) => ({ code, what, n })))
		.filter(({ what }) => what.endsWith('wrong'))
		.sort((a, b) => b.n - a.n || (a.code < b.code ? -1 : 1))
		.slice(0, 12);
	const explained = tiers.exact.n + likely.n;
	return [
		`${report.alerts} Alerts of ${report.worlds.length} worlds, cause table ${report.tableVersion}${report.quick ? ', quick' : ''}`,
		'',
		line('', 'precision', 'recall', 'n', 'wrong'),
		tier('exact'),
		tier('strong'),
		tier('weak'),
		line('explained as likely', percent(likely.precision), '', String(likely.n)),
		line('best candidate', percent(topOne.precision), percent(topOne.recall)),
		line('exact and likely', '', '', String(explained), String(report.wrongExplanations)),
		baseline('baseline: nearest in 15 min', baselines.nearest15min),
		baseline('baseline: the table alone', baselines.tableOnly),
		line('wrong ones beside the better', '', '', '', `1 to ${timesFewer(report)}`),
		'',
		line('spontaneous, yet explained', percent(report.spontaneousExplained)),
		line('guard violations', String(report.guardViolations)),
		line('pending, and settled in the end', percent(report.pendingResolved)),
		line('another order, the same answers', report.shuffledRunIdentical ? 'yes' : 'no'),
		line('late record to changed row', `${late.p50} ms`, `p95 ${late.p95} ms`, `max ${late.max} ms`),
		'',
		'  causes that no table knows (mechanism, Alerts, with the cause as a learned candidate):',
		...Object.entries(report.mechanisms)
			.filter(([, { kind }]) => kind === 'unknown-cause')
			.map(([name, { n, learned }]) => line(`  ${name}`, String(n), String(learned))),
		'',
		'  most often not as it should be (code, truth / said, Alerts):',
		...worst.map(({ code, what, n }) => `    ${code.padEnd(6)} ${what.padEnd(44)} ${n}`),
		'',
		'  by code: Alerts of each truth, and how many of these are as they should be',
		line('', ...KINDS.map((kind) => kind.replace('-cause', ''))),
		...Object.keys(report.confusion)
			.sort()
			.map((code) => byCode(code, report.confusion[code]!))
	].join('\n');

	function byCode(code: string, row: Record<string, number>): string {
		const cells = KINDS.map((kind) => {
			const of = (verdict: string): number =>
				Object.entries(row)
					.filter(([what]) => what.startsWith(`${kind} /`) && what.endsWith(verdict))
					.reduce((sum, [, n]) => sum + n, 0);
			const [right, wrong] = [of('/ right'), of('/ wrong')];
			return right + wrong === 0 ? '' : `${right}/${right + wrong}`;
		});
		return line(code, ...cells);
	}
}

const KINDS: readonly TruthKind[] = ['caused', 'spontaneous', 'unknown-cause'];

/** How many wrong explanations of the better baseline stand against one of the product's. */
const timesFewer = ({ baselines, wrongExplanations }: Report): string =>
	(betterBaseline(baselines) / Math.max(1, wrongExplanations)).toFixed(1);

const betterBaseline = ({ nearest15min, tableOnly }: Report['baselines']): number =>
	Math.min(nearest15min.wrongExplanations, tableOnly.wrongExplanations);

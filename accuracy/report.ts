// The report of a run as it reads in a terminal.
import {
	betterBaseline,
	byCode,
	TruthKind,
	type AccuracyReport,
	type BaselineScore
} from '#lib/domain/accuracy-report.ts';
import type { Tier } from '#lib/domain/alert.ts';
import type { Example } from './examples.ts';

export interface Report extends AccuracyReport {
	/** Some Alerts of which something else was said than should be. */
	examples: Example[];
	/** One line for each target that is missed. */
	missed: string[];
}

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

/** The report as a table for the terminal. */
export function readable(report: Report): string {
	const { tiers, topOne, likely, baselines, lateToUpgradedMs: late } = report;
	const line = (name: string, ...cells: string[]): string =>
		`  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('')}`;
	const tier = (name: Tier): string =>
		line(`tier ${name}`, percent(tiers[name].precision), percent(tiers[name].recall), String(tiers[name].n));
	const baseline = (name: string, { precision, recall, named, wrongExplanations }: BaselineScore): string =>
		line(name, percent(precision), percent(recall), String(named), String(wrongExplanations));
	const worst = byCode(report)
		.flatMap(({ code, wrong }) => wrong.map((one) => ({ code, ...one })))
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
		...worst.map(
			({ code, truth, explanation, n }) =>
				`    ${code.padEnd(6)} ${`${truth} / ${explanation}`.padEnd(36)} ${n}`
		),
		'',
		'  by code: Alerts of each truth, and how many of these are as they should be',
		line('', ...KINDS.map((kind) => kind.replace('-cause', ''))),
		...Object.keys(report.confusion)
			.sort()
			.map((code) => ofCode(code, report.confusion[code]!))
	].join('\n');

	function ofCode(code: string, row: Record<string, number>): string {
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

const KINDS = TruthKind.options;

/** How many wrong explanations of the better baseline stand against one of the product's. */
const timesFewer = (report: Report): string =>
	(betterBaseline(report) / Math.max(1, report.wrongExplanations)).toFixed(1);

// Formats the report of a run for the terminal.
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
	/** Some Alerts whose answer was wrong. */
	examples: Example[];
	/** One line for each missed target. */
	missed: string[];
}

export const percent = (part: number): string => `${(100 * part).toFixed(2)} %`;

export function readable(report: Report): string {
	const { tiers, topOne, likely, baselines, lateToUpgradedMs: late } = report;
	const line = (name: string, ...cells: string[]): string =>
		`  ${name.padEnd(34)}${cells.map((cell) => cell.padStart(12)).join('')}`;
	const tier = (name: Tier): string =>
		line(`tier ${name}`, percent(tiers[name].precision), percent(tiers[name].recall), String(tiers[name].n));
	const baseline = (name: string, { precision, recall, named, wrongExplanations }: BaselineScore): string =>
		line(name, percent(precision), percent(recall), String(named), String(wrongExplanations));
	const worst = byCode(report)
		.flatMap(({ code, wrong }) => wrong.map((group) => ({ code, ...group })))
		.sort((a, b) => b.n - a.n || (a.code < b.code ? -1 : 1))
		.slice(0, 12);
	const explained = tiers.exact.n + likely.n;
	return [
		`${report.alerts} Alerts in ${report.worlds.length} worlds, cause table ${report.tableVersion}${report.quick ? ', quick' : ''}`,
		'',
		line('', 'precision', 'recall', 'n', 'wrong'),
		tier('exact'),
		tier('strong'),
		tier('weak'),
		line('explained as likely', percent(likely.precision), '', String(likely.n)),
		line('best candidate', percent(topOne.precision), percent(topOne.recall)),
		line('explained as exact or likely', '', '', String(explained), String(report.wrongExplanations)),
		baseline('baseline: nearest in 15 min', baselines.nearest15min),
		baseline('baseline: table alone', baselines.tableOnly),
		line('wrong: better baseline to Causeway', '', '', '', `${timesAsMany(report)} to 1`),
		'',
		line('spontaneous Alerts explained', percent(report.spontaneousExplained)),
		line('guard violations', String(report.guardViolations)),
		line('pending, and settled at the end', percent(report.pendingResolved)),
		line('another order, the same answers', report.shuffledRunIdentical ? 'yes' : 'no'),
		line('late record to changed row', `${late.p50} ms`, `p95 ${late.p95} ms`, `max ${late.max} ms`),
		'',
		'  causes that are in no table (mechanism, Alerts, Alerts that show the cause as learned):',
		...Object.entries(report.mechanisms)
			.filter(([, { kind }]) => kind === 'unknown-cause')
			.map(([name, { n, learned }]) => line(`  ${name}`, String(n), String(learned))),
		'',
		'  most frequent wrong answers (code, truth / explanation, Alerts):',
		...worst.map(
			({ code, truth, explanation, n }) =>
				`    ${code.padEnd(6)} ${`${truth} / ${explanation}`.padEnd(36)} ${n}`
		),
		'',
		'  right answers of all Alerts, by code and truth:',
		line('', ...TRUTH_KINDS.map((kind) => kind.replace('-cause', ''))),
		...Object.keys(report.confusion)
			.sort()
			.map((code) => lineOfCode(code, report.confusion[code]!))
	].join('\n');

	function lineOfCode(code: string, row: Record<string, number>): string {
		const cells = TRUTH_KINDS.map((kind) => {
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

const TRUTH_KINDS = TruthKind.options;

/** Returns the ratio of wrong explanations: the better baseline divided by Causeway. */
const timesAsMany = (report: Report): string =>
	(betterBaseline(report) / Math.max(1, report.wrongExplanations)).toFixed(1);

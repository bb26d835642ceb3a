// Runs `npm run accuracy:rules -- 1-30`: prints the figures of the rules alone for each seed, about a second a seed.
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { DAY } from '../demo/events.ts';
import { percent } from './report.ts';
import { explainByRules } from './rules-alone.ts';
import { score } from './score.ts';
import { simulateWorld, plansOf } from './world.ts';

const HEAD = ['seed', 'exact', 'likely', 'best', 'spontaneous', 'wrong', 'guard'];
const LEGEND = `Cause table ${causeTable.version}, without learned evidence.
  exact, likely  precision of these explanations
  best           recall of the best candidate
  spontaneous    share of spontaneous Alerts explained
  wrong          wrong explanations
  guard          guard violations
`;

const [first = 1, last = first] = (process.argv[2] ?? '1-10').split('-').map(Number);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first > last) {
	console.error(`accuracy: "${process.argv[2]}" is no seed and no range of seeds; use for example 7 or 1-30`);
	process.exit(1);
}
const from = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
console.log(LEGEND);
console.log(HEAD.map((name) => name.padStart(12)).join(''));
for (let seed = first; seed <= last; seed++) {
	const { tiers, likely, topOne, spontaneousExplained, wrongExplanations, guardViolations } = score(
		plansOf(seed, from, 1).flatMap((plan) => explainByRules(simulateWorld(plan), causeTable))
	);
	const shares = [tiers.exact.precision, likely.precision, topOne.recall, spontaneousExplained].map(percent);
	const cells = [String(seed), ...shares, String(wrongExplanations), String(guardViolations)];
	console.log(cells.map((cell) => cell.padStart(12)).join(''));
}

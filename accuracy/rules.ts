// `npm run accuracy:rules -- 1-30`: the figures of the rules alone for each of these seeds, a second each.
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { DAY } from '../demo/events.ts';
import { byRulesAlone } from './rules-alone.ts';
import { score } from './score.ts';
import { playWorld, plansOf } from './world.ts';

const percent = (part: number): string => `${(100 * part).toFixed(2)} %`.padStart(9);
const HEAD = ['seed', 'exact', 'likely', 'top-one', 'spontaneous', 'wrong', 'guard'];

const [first = 1, last = first] = (process.argv[2] ?? '1-10').split('-').map(Number);
if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first > last) {
	console.error('accuracy: give a seed or a range of seeds, such as 7 or 1-30');
	process.exit(1);
}
const from = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
console.log(`cause table ${causeTable.version}; precision of exact and likely, recall of the best candidate`);
console.log(HEAD.map((name) => name.padStart(12)).join(''));
for (let seed = first; seed <= last; seed++) {
	const { tiers, likely, topOne, spontaneousExplained, wrongExplanations, guardViolations } = score(
		plansOf(seed, from, 1).flatMap((plan) => byRulesAlone(playWorld(plan), causeTable))
	);
	const shares = [tiers.exact.precision, likely.precision, topOne.recall, spontaneousExplained].map(percent);
	const cells = [String(seed), ...shares, String(wrongExplanations), String(guardViolations)];
	console.log(cells.map((cell) => cell.padStart(12)).join(''));
}

// What the rules alone are worth on the simulated worlds: a change of a rule, or of the cause table, that costs accuracy
// is seen here, and not only in the measurement of the whole.
import { describe, expect, it } from 'vitest';
import { causeTable, readCauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { byRulesAlone } from '../../accuracy/rules-alone.ts';
import { score } from '../../accuracy/score.ts';
import { playWorld, plansOf } from '../../accuracy/world.ts';

const MIDNIGHT = Date.UTC(2026, 10, 5);
const worldsOf = (seed: number) => plansOf(seed, MIDNIGHT, 0.5).map(playWorld);

describe('the rules alone', () => {
	it.each([31, 32])('keep what the product promises, with a margin (seed %i)', (seed) => {
		const figures = score(worldsOf(seed).flatMap((world) => byRulesAlone(world, causeTable)));
		expect(figures).toMatchObject({ guardViolations: 0, tiers: { exact: { precision: 1 } } });
		expect(figures.likely.precision).toBeGreaterThan(0.97);
		expect(figures.topOne.recall).toBeGreaterThan(0.95);
		expect(figures.spontaneousExplained).toBeLessThan(0.015);
	});

	it('explain by reference alone where the table is empty', () => {
		const empty = readCauseTable({ version: 'empty', entries: [], notCommand: [] });
		const { tiers, likely } = score(worldsOf(31).flatMap((world) => byRulesAlone(world, empty)));
		expect(tiers.exact.precision).toBe(1);
		expect(likely.n).toBeLessThan(5);
	});
});

// Scores the rules alone on the simulated worlds, so that a change of a rule or of the cause table that costs accuracy
// fails a unit test.
import { describe, expect, it } from 'vitest';
import { causeTable, readCauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { explainByRules } from '../../../accuracy/rules-alone.ts';
import { score } from '../../../accuracy/score.ts';
import { simulateWorld, plansOf } from '../../../accuracy/world.ts';

const MIDNIGHT = Date.UTC(2026, 10, 5);
const worldsOf = (seed: number) => plansOf(seed, MIDNIGHT, 0.5).map(simulateWorld);

describe('the rules alone', () => {
	it.each([31, 32])('meet the accuracy targets with a margin (seed %i)', (seed) => {
		const figures = score(worldsOf(seed).flatMap((world) => explainByRules(world, causeTable)));
		expect(figures).toMatchObject({ guardViolations: 0, tiers: { exact: { precision: 1 } } });
		expect(figures.likely.precision).toBeGreaterThan(0.97);
		expect(figures.topOne.recall).toBeGreaterThan(0.95);
		expect(figures.spontaneousExplained).toBeLessThan(0.015);
	});

	it('explain only Alerts that name their command if the cause table is empty', () => {
		const empty = readCauseTable({ version: 'empty', entries: [], notCommand: [] });
		const { tiers, likely } = score(worldsOf(31).flatMap((world) => explainByRules(world, empty)));
		expect(tiers.exact.precision).toBe(1);
		expect(likely.n).toBeLessThan(5);
	});
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EPISODE_RULES, groupKeys, runsOf, type GroupFacts, type Member } from '#lib/domain/episode.ts';
import { HAL, NOON, SECOND } from '../support/evidence.ts';

const facts = (fields: Partial<GroupFacts> = {}): GroupFacts => ({
	deviceId: 'E1',
	hubId: 'C1',
	area: 'SW1',
	model: 'Aster E4',
	firmware: '2.10',
	imageHash: null,
	code: '8F3E',
	explanation: 'likely',
	suspect: { userId: HAL, serviceReferenceVariant: '8.11' },
	...fields
});
const names = (keys: readonly string[]) => keys.map((key) => key.slice(0, key.indexOf('|')));

describe('the keys of an Alert', () => {
	it.each([
		['explained: the campaign, then the home, then its repeats', {}, ['campaign', 'home', 'repeat']],
		[
			'unexplained: the storm of its area, then of its model, then its repeats',
			{ explanation: 'unexplained', suspect: null },
			['area', 'model', 'repeat']
		],
		['out of scope: its repeats only', { explanation: 'out-of-scope', suspect: null }, ['repeat']],
		[
			'of a firmware image, with no suspect: the image first',
			{ imageHash: 'AB', explanation: 'pending', suspect: null },
			['image', 'area', 'model', 'repeat']
		],
		['of a Device whose model nobody knows', { model: null }, ['home', 'repeat']]
	] as const)('%s', (_, fields, expected) => {
		expect(names(groupKeys(facts(fields)))).toEqual(expected);
	});

	it('an Alert that lacks the cause shares no key with the campaign', () => {
		const without = groupKeys(
			facts({ deviceId: 'E2', hubId: 'C2', explanation: 'unexplained', suspect: null })
		);
		expect(groupKeys(facts()).filter((key) => without.includes(key))).toEqual([]);
	});
});

describe('the runs of a key', () => {
	const member = (n: number, seconds: number, deviceId = `D${n}`): Member => ({
		alertId: BigInt(n),
		deviceId,
		at: NOON + seconds * SECOND
	});

	it('end where the gap is exceeded, and count when they are large enough', () => {
		const members = [member(1, 0, 'D'), member(2, 3600, 'D'), member(3, 7201, 'D')];
		const runs = runsOf(members, EPISODE_RULES.repeat);
		expect(runs.map((run) => [run.members.map((m) => Number(m.alertId)), run.counts])).toEqual([
			[[1, 2], true],
			[[3], false]
		]);
	});

	it('many Alerts of few Devices are no storm', () => {
		const noisy = Array.from({ length: 50 }, (_, n) => member(n, n, `D${n % 9}`));
		expect(runsOf(noisy, EPISODE_RULES.area)[0]!.counts).toBe(false);
		expect(runsOf([...noisy, member(50, 50, 'D9')], EPISODE_RULES.area)[0]!.counts).toBe(true);
	});

	it('are the same in any order of arrival, and hold every member once', () => {
		const members = fc.uniqueArray(
			fc.record({ n: fc.integer({ min: 1, max: 999 }), s: fc.integer({ min: 0, max: 40_000 }) }),
			{ selector: ({ n }) => n, maxLength: 30 }
		);
		fc.assert(
			fc.property(members, fc.constantFrom(...Object.values(EPISODE_RULES)), (list, rule) => {
				const given = list.map(({ n, s }) => member(n, s));
				const runs = runsOf(given, rule);
				expect(runsOf(given.toReversed(), rule)).toEqual(runs);
				expect(runs.flatMap((run) => run.members)).toHaveLength(given.length);
				for (const [i, run] of runs.entries()) {
					for (let k = 1; k < run.members.length; k++)
						expect(run.members[k]!.at - run.members[k - 1]!.at).toBeLessThanOrEqual(rule.gap);
					if (i > 0) expect(run.from - runs[i - 1]!.to).toBeGreaterThan(rule.gap);
				}
			}),
			{ numRuns: 10_000 }
		);
	});
});

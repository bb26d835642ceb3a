// Tests which keys an Alert has, and which Alerts of one key form a run.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EPISODE_RULES, groupKeys, runsOf, type GroupFacts, type Member } from '#lib/domain/episode-rule.ts';
import { episodeTitle, sharedFacts, type EpisodeFacts } from '#lib/domain/episode.ts';
import { NOON, SECOND_MS, electricityMeter, gasSupplier, hub } from '../support/evidence.ts';
import { propertyRuns } from '../support/property-runs.ts';

const facts = (fields: Partial<GroupFacts> = {}): GroupFacts => ({
	deviceId: electricityMeter,
	hubId: hub,
	area: 'SW1',
	model: 'Aster E4',
	firmware: '2.10',
	imageHash: null,
	code: '8F3E',
	explanation: 'likely',
	suspect: { userId: gasSupplier, serviceReferenceVariant: '8.11' },
	...fields
});
const names = (keys: readonly string[]) => keys.map((key) => key.slice(0, key.indexOf('|')));

describe('the keys of an Alert', () => {
	it.each([
		['with a suspect are campaign, home and repeat', {}, ['campaign', 'home', 'repeat']],
		[
			'without a suspect are area, model and repeat',
			{ explanation: 'unexplained', suspect: null },
			['area', 'model', 'repeat']
		],
		['out of scope are repeat only', { explanation: 'out-of-scope', suspect: null }, ['repeat']],
		[
			'with a firmware image and without a suspect begin with the image',
			{ imageHash: 'AB', explanation: 'pending', suspect: null },
			['image', 'area', 'model', 'repeat']
		],
		['of a Device of unknown model include no campaign', { model: null }, ['home', 'repeat']]
	] as const)('%s', (_, fields, expected) => {
		expect(names(groupKeys(facts(fields)))).toEqual(expected);
	});

	it('that lacks the cause differ from all keys of the campaign', () => {
		const without = groupKeys(
			facts({ deviceId: 'another meter', hubId: 'another hub', explanation: 'unexplained', suspect: null })
		);
		expect(groupKeys(facts()).filter((key) => without.includes(key))).toEqual([]);
	});
});

describe('the facts of an episode', () => {
	const first: EpisodeFacts = {
		code: '8F3E',
		name: 'Unauthorised Communication Access attempted',
		deviceId: electricityMeter,
		hubId: hub,
		area: 'SW1',
		model: 'Aster E4',
		firmware: '2.10',
		suspect: null
	};

	it.each([
		['campaign', { area: null, model: 'Aster E4', firmware: '2.10' }],
		['image', { area: null, model: null, firmware: null }],
		['home', { area: 'SW1', model: null, firmware: null }],
		['area', { area: 'SW1', model: null, firmware: null }],
		['model', { area: null, model: 'Aster E4', firmware: '2.10' }],
		['repeat', { area: 'SW1', model: 'Aster E4', firmware: '2.10' }]
	] as const)('with a key of the rule %s are those that all members share', (key, shared) => {
		expect(sharedFacts(key, first)).toEqual({ ...first, ...shared });
	});

	it('let the title of a storm on one model name the model, and not the area of the first Alert', () => {
		const facts = sharedFacts('model', first);
		expect(episodeTitle('storm', facts, 12)).toContain('on 12 Devices of Aster E4 2.10, no common cause');
	});

	it('let the title of one image name the image, and not the model of the first Device', () => {
		expect(episodeTitle('campaign', sharedFacts('image', first), 12)).toMatch(
			/, one firmware image on 12 Devices$/
		);
	});
});

describe('the runs of a key', () => {
	const member = (n: number, seconds: number, deviceId = `D${n}`): Member => ({
		alertId: BigInt(n),
		deviceId,
		at: NOON + seconds * SECOND_MS
	});

	it('end where the gap is exceeded, and are episodes if they are large enough', () => {
		const members = [member(1, 0, 'D'), member(2, 3600, 'D'), member(3, 7201, 'D')];
		const runs = runsOf(members, EPISODE_RULES.repeat);
		expect(runs.map((run) => [run.members.map((m) => Number(m.alertId)), run.counts])).toEqual([
			[[1, 2], true],
			[[3], false]
		]);
	});

	it('are no storm if many Alerts come from few Devices', () => {
		const fewDevices = Array.from({ length: 50 }, (_, n) => member(n, n, `D${n % 9}`));
		expect(runsOf(fewDevices, EPISODE_RULES.area)[0]!.counts).toBe(false);
		expect(runsOf([...fewDevices, member(50, 50, 'D9')], EPISODE_RULES.area)[0]!.counts).toBe(true);
	});

	it('are the same in any order of arrival, and contain every member once', () => {
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
			{ numRuns: propertyRuns }
		);
	});
});

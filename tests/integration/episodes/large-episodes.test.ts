// Tests large episodes: a new member costs the same however large the episode is, and after the last full look the episodes
// are those that the rule makes of all Alerts at once.
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BRIGHTWELL_USER_ID } from '../../support/records.ts';
import {
	episodesByRule,
	episodesFound,
	grouped,
	type AlertSpec,
	type Outcome
} from '../../support/grouped.ts';
import { countRowsRead } from '../../support/rows-read.ts';
import { startSystem, type System } from '../../support/system.ts';

/** An episode with this many members is large. */
const LARGE = 20;
const NEVER_MS = 1e9;
/** Every large episode that changed gets its full look at once. */
const WITH_FULL_LOOKS = { quietMs: 0, everyMs: 0, share: 1 };
const WITHOUT_FULL_LOOKS = { quietMs: NEVER_MS, everyMs: NEVER_MS };
/**
 * Each history takes seconds, because every batch is written, changed and grouped in PostgreSQL. 400 Alerts give runs of
 * several times the large size, with room for holes.
 */
const ALERTS_PER_HISTORY = 400;
const BATCH = 40;

let system: System;
let alerts: ReturnType<typeof grouped>;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	alerts = grouped(system, 60);
	await alerts.insertDevices();
	// The tables of a test are so small that PostgreSQL would otherwise read them whole.
	await system.database.query(
		`alter database ${new URL(system.databaseUrl).pathname.slice(1)} set enable_seqscan = off`
	);
});
afterAll(async () => {
	await alerts.close();
	await system[Symbol.asyncDispose]();
});
beforeEach(async () => {
	await alerts.deleteEpisodes();
	await system.database.query(
		'delete from supplier_alert; delete from alert; delete from feed; delete from feed_head; delete from feed_cursor; delete from retracted_alert'
	);
});

/** Groups the new Alerts, and looks at large episodes in full until none is due. */
async function groupToTheEnd(): Promise<Outcome> {
	for (let passes = 0; passes === 0 || (await alerts.episodesDueForFullLook()) > 0; passes++) {
		expect(passes).toBeLessThan(10);
		await alerts.group({ large: LARGE, ...WITH_FULL_LOOKS });
	}
	return alerts.outcome();
}

/** Deletes the episodes and groups all Alerts once more, with no episode treated as large. */
async function groupAsSmall(): Promise<Outcome> {
	await alerts.deleteEpisodes();
	while ((await alerts.group({ large: Infinity })) > 0);
	return alerts.outcome();
}

/** Generates an Alert of a history, in the order of time. */
const historyAlert = (maxPauseSeconds: number) =>
	fc.record({
		device: fc.nat(50),
		/** Seconds since the previous Alert. A few pauses are longer, and a late Alert may fill the hole. */
		pauseSeconds: fc.oneof(
			{ weight: 30, arbitrary: fc.nat(maxPauseSeconds) },
			{ weight: 1, arbitrary: fc.integer({ min: maxPauseSeconds, max: 3 * maxPauseSeconds }) }
		),
		userId: fc.oneof(
			{ weight: 4, arbitrary: fc.constant(null) },
			{ weight: 1, arbitrary: fc.constant(BRIGHTWELL_USER_ID) }
		),
		hasImage: fc.nat(9).map((n) => n === 0),
		priority: fc.integer({ min: 1, max: 4 }),
		throttledCount: fc.oneof(
			{ weight: 20, arbitrary: fc.constant(undefined) },
			{ weight: 1, arbitrary: fc.integer({ min: 2, max: 40 }) }
		),
		arrivalOrder: fc.nat(),
		/** The Alert's fate: 0 to 2 explained again soon, 3 retracted soon, 4 explained again at the end, 5 retracted then. */
		fate: fc.nat(19)
	});

/** When large episodes get full looks while Alerts arrive. At the end, large episodes always get full looks. */
const fullLookAfterBatch = {
	'after every batch': () => true,
	'after every third batch': (batch: number) => batch % 3 === 2,
	'at the end only': () => false
};

describe('after the last full look', () => {
	it.each<{ seed: number; fullLooks: keyof typeof fullLookAfterBatch; maxPauseSeconds: number }>([
		{ seed: 1, fullLooks: 'after every third batch', maxPauseSeconds: 30 },
		{ seed: 2, fullLooks: 'after every third batch', maxPauseSeconds: 50 },
		{ seed: 3, fullLooks: 'at the end only', maxPauseSeconds: 30 },
		{ seed: 4, fullLooks: 'at the end only', maxPauseSeconds: 50 },
		{ seed: 5, fullLooks: 'after every batch', maxPauseSeconds: 50 },
		{ seed: 6, fullLooks: 'at the end only', maxPauseSeconds: 80 }, // long pauses split the runs again and again
		{ seed: 101, fullLooks: 'at the end only', maxPauseSeconds: 30 } // a hole splits one large run into two
	])(
		'large episodes are as if all Alerts had arrived at once (seed $seed, pauses to $maxPauseSeconds s, full looks $fullLooks)',
		async ({ seed, fullLooks, maxPauseSeconds }) => {
			let atSeconds = 0;
			const history = fc
				.sample(historyAlert(maxPauseSeconds), { numRuns: ALERTS_PER_HISTORY, seed })
				.map((alert, n) => ({ ...alert, n, atSeconds: (atSeconds += alert.pauseSeconds) }));
			const arriving = history.toSorted((a, b) => a.arrivalOrder - b.arrivalOrder);
			const reversed = new Set<number>();
			/** Makes an unexplained Alert explained, and an explained Alert unexplained. */
			const withOtherExplanation = (alert: AlertSpec): AlertSpec => ({
				...alert,
				userId: alert.userId ? null : BRIGHTWELL_USER_ID
			});
			const explainAgain = async (some: typeof history): Promise<void> => {
				for (const { n } of some) reversed.add(n);
				await alerts.explainAgain(some.map(withOtherExplanation));
			};
			const retracted = new Set<number>();
			const retract = async (some: typeof history): Promise<void> => {
				for (const { n } of some) retracted.add(n);
				await alerts.retract(some);
			};
			for (let i = 0; i < arriving.length; i += BATCH) {
				await alerts.insertAlerts(arriving.slice(i, i + BATCH));
				// Of the Alerts of two batches ago, a late request explains some, and some turn out to be another Supplier's.
				const before = arriving.slice(Math.max(0, i - 2 * BATCH), Math.max(0, i - BATCH));
				await explainAgain(before.filter(({ fate }) => fate < 3));
				await retract(before.filter(({ fate }) => fate === 3));
				const looks = fullLookAfterBatch[fullLooks](i / BATCH) ? WITH_FULL_LOOKS : WITHOUT_FULL_LOOKS;
				await alerts.group({ large: LARGE, ...looks });
			}
			// When no Alert is left to arrive, some leave, and at two places all leave.
			const isInHole = ({ n }: AlertSpec): boolean => (n > 200 && n < 225) || (n > 20 && n < 35);
			await explainAgain(history.filter((alert) => alert.fate === 4 && !isInHole(alert)));
			await retract(history.filter((alert) => alert.fate !== 3 && (alert.fate === 5 || isInHole(alert))));
			const found = await groupToTheEnd();
			expect(found.episodes.some(({ members }) => members > 2 * LARGE)).toBe(true);
			expect(await alerts.joinedAtOnce()).toBeGreaterThan(10);
			expect(episodesFound(found)).toEqual(
				episodesByRule(
					history
						.filter((alert) => !retracted.has(alert.n))
						.map((alert) => (reversed.has(alert.n) ? withOtherExplanation(alert) : alert))
				)
			);
			expect(found).toEqual(await groupAsSmall());
		}
	);

	it('two large episodes become one under the older id when an Alert bridges them', async () => {
		const run = (fromSeconds: number, n: number): AlertSpec[] =>
			Array.from({ length: 30 }, (_, i) => ({
				n: n + i,
				device: i,
				atSeconds: fromSeconds + i * 10,
				userId: null
			}));
		await alerts.insertAlerts(run(0, 0));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		await alerts.insertAlerts(run(500, 100));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		const episodeIds = async () =>
			(await system.database.query('select id from episode where members > 0 order by id')).rows.map(
				({ id }) => id as string
			);
		const [older, younger] = await episodeIds();
		expect(younger).toBeDefined();
		await alerts.insertAlerts([{ n: 200, device: 1, atSeconds: 395, userId: null }]);
		const found = await groupToTheEnd();
		expect(await episodeIds()).toEqual([older]);
		expect(found).toEqual(await groupAsSmall());
	});

	it('a large episode becomes two when the Alerts in its middle are retracted', async () => {
		const all = Array.from({ length: 90 }, (_, n): AlertSpec => ({
			n,
			device: n % 50,
			atSeconds: n * 10,
			userId: null
		}));
		await alerts.insertAlerts(all);
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		await alerts.retract(all.slice(35, 55));
		const found = await groupToTheEnd();
		const { rows } = await system.database.query(
			'select members, run_from is not null as large from episode where members > 0 order by first_at'
		);
		expect(rows).toEqual(Array(2).fill({ members: 35, large: true }));
		expect(found).toEqual(await groupAsSmall());
	});

	it('a slow campaign of one firmware image is one episode, even if it lasts for days', async () => {
		const campaign = Array.from({ length: 12 }, (_, n): AlertSpec => ({
			n,
			device: n,
			atSeconds: n * 20 * 3600,
			userId: null,
			hasImage: true
		}));
		// The Alerts arrive out of order, one by one.
		for (const alert of campaign.toSorted((a, b) => ((a.n * 5) % 12) - ((b.n * 5) % 12))) {
			await alerts.insertAlerts([alert]);
			await alerts.group({});
		}
		const { rows } = await system.database.query('select members from episode where members > 0');
		expect(rows).toEqual([{ members: 12 }]);
		expect(await alerts.outcome()).toEqual(await groupAsSmall());
	});
});

describe('between two full looks', () => {
	it('a large episode counts Alerts that join and leave, and its facts are never those of a retracted Alert', async () => {
		const all = Array.from({ length: 60 }, (_, n): AlertSpec => ({
			n,
			device: n % 30,
			atSeconds: n * 10,
			userId: null,
			throttledCount: n === 50 ? 7 : undefined
		}));
		await alerts.insertAlerts(all.slice(1, 40));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		await alerts.insertAlerts([...all.slice(40), all[0]!]);
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		const read = async () =>
			(
				await system.database.query(
					`select members, devices, occurrences::int, at_least, facts->>'deviceId' = (
						select device_id from supplier_alert s where s.episode_id = e.id order by effective_at limit 1
					 ) as facts_of_first from episode e where members > 0`
				)
			).rows;
		expect(await read()).toEqual([
			{ members: 60, devices: 30, occurrences: 66, at_least: true, facts_of_first: true }
		]);
		await alerts.retract([all[0]!, all[30]!, all[1]!]);
		const fewer = [{ members: 57, devices: 29, occurrences: 63, at_least: true, facts_of_first: true }];
		expect(await read()).toEqual(fewer);
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		expect(await read()).toEqual(fewer);
	});

	it('a new member joins when it is explained, is pushed once, and can be decided once the episode counts it', async () => {
		const alertAt = (n: number): AlertSpec => ({ n, device: n, atSeconds: n * 10, userId: null });
		await alerts.insertAlerts(Array.from({ length: 30 }, (_, n) => alertAt(n)));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		await alerts.insertAlerts([alertAt(30)]);
		const read = async () =>
			(
				await system.database.query<{ id: string; members: number; newest: number; stored: number }>(
					`select id::text, members, (select version from supplier_alert order by alert_id desc limit 1) as newest,
						(select count(*)::int from supplier_alert s where s.episode_id = e.id) as stored from episode e where members > 0`
				)
			).rows[0]!;
		const before = await read();
		expect(before).toMatchObject({ members: 30, stored: 31, newest: 1 });
		// Any version will do: this test is not about what the person has seen of the episode.
		const decision = { episode: before.id, version: 99, verdict: 'ignorable', reason: 'repeat' };
		const decide = async () => (await system.call('POST', '/decisions', 'brightwell', decision)).body.done;
		expect(await decide()).toHaveLength(30);
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		expect(await read()).toMatchObject({ members: 31, stored: 31, newest: 1 });
		expect(await decide()).toHaveLength(1);
	});

	it('a new member costs the same however large the episode is', async () => {
		const alertsBetween = (from: number, to: number): AlertSpec[] =>
			Array.from({ length: to - from }, (_, i) => ({
				n: from + i,
				device: (from + i) % 50,
				atSeconds: (from + i) * 1000,
				userId: BRIGHTWELL_USER_ID
			}));
		const rowsReadFor = async (list: readonly AlertSpec[], large: number): Promise<number> => {
			await alerts.insertAlerts(list);
			const { pool, read } = countRowsRead(alerts.pool);
			await alerts.group({ large, ...WITHOUT_FULL_LOOKS }, pool);
			return read();
		};
		await alerts.insertAlerts(alertsBetween(0, 200));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		const whenSmall = await rowsReadFor(alertsBetween(200, 210), LARGE);
		await alerts.insertAlerts(alertsBetween(210, 1800));
		await alerts.group({ large: LARGE, ...WITHOUT_FULL_LOOKS });
		const whenLarge = await rowsReadFor(alertsBetween(1800, 1810), LARGE);
		expect(whenSmall).toBeGreaterThan(10);
		expect(whenLarge).toBeLessThan(1.5 * whenSmall);
		// The measurement works: grouping that reads the whole episode reads thousands of rows.
		await alerts.deleteEpisodes();
		await alerts.group({ large: Infinity });
		expect(await rowsReadFor(alertsBetween(1810, 1820), Infinity)).toBeGreaterThan(10 * whenLarge);
	});
});

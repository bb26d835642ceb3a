// Episodes that have grown large: what joins them costs the same however large they are, and in the end they are what the
// rule says of the set of their Alerts.
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OWN } from '../../support/records.ts';
import { asGrouped, byTheRule, grouped, type Outcome, type Told } from '../../support/grouped.ts';
import { startSystem, type System } from '../../support/system.ts';

const LARGE = 20;
const NEVER = 1e9;
/** Full looks at once, and as many as there are. */
const LOOKING = { quietMs: 0, everyMs: 0, share: 1 };
const NOT_LOOKING = { quietMs: NEVER, everyMs: NEVER };

let system: System;
let world: ReturnType<typeof grouped>;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	world = grouped(system, 60);
	await world.inventory();
	// Tables of tests are so small that PostgreSQL would read them whole.
	await system.record.query(
		`alter database ${new URL(system.databaseUrl).pathname.slice(1)} set enable_seqscan = off`
	);
});
afterAll(async () => {
	await world.close();
	await system[Symbol.asyncDispose]();
});
beforeEach(async () => {
	await world.wipe();
	await system.record.query(
		'delete from supplier_alert; delete from alert; delete from feed; delete from feed_head; delete from feed_cursor; delete from retracted_alert'
	);
});

/** Grouped as it comes, then looked at in full until nothing is due. */
async function settle(): Promise<Outcome> {
	for (let looks = 0; looks === 0 || (await world.unsure()) > 0; looks++) {
		expect(looks).toBeLessThan(10);
		await world.group({ large: LARGE, ...LOOKING });
	}
	return world.outcome();
}

/** The exact way, on the same Alerts at once. */
async function exactly(): Promise<Outcome> {
	await world.wipe();
	while ((await world.group({ large: Infinity })) > 0);
	return world.outcome();
}

const story = (step: number) =>
	fc.record({
		device: fc.nat(50),
		/** Most follow at once, some leave a hole that another may fill. */
		pause: fc.oneof(
			{ weight: 30, arbitrary: fc.nat(step) },
			{ weight: 1, arbitrary: fc.integer({ min: step, max: 3 * step }) }
		),
		user: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.constant(OWN) }),
		image: fc.nat(9).map((n) => n === 0),
		priority: fc.integer({ min: 1, max: 4 }),
		throttled: fc.oneof(
			{ weight: 20, arbitrary: fc.constant(undefined) },
			{ weight: 1, arbitrary: fc.integer({ min: 2, max: 40 }) }
		),
		order: fc.nat(),
		/** What becomes of it, soon or in the end: most stay as they are. */
		fate: fc.nat(19)
	});

describe('in the end', () => {
	it.each([
		[1, 'a full look now and then', 30],
		[2, 'a full look now and then', 50],
		[3, 'one full look, at the end', 30],
		[4, 'one full look, at the end', 50],
		[5, 'a full look after every pass', 50],
		[6, 'one full look, in runs that are cut again and again', 80],
		[101, 'one full look, of two large runs that were one', 30]
	])(
		'(%i) a large run is what it would be if all its Alerts had come at once: %s',
		async (seed, how, step) => {
			let at = 0;
			const stories = fc
				.sample(story(step), { numRuns: 400, seed })
				.map((one, n) => ({ ...one, n, at: (at += one.pause) }));
			const shuffled = stories.toSorted((a, b) => a.order - b.order);
			const BATCH = 40;
			const anew = new Set<number>();
			const explainAnew = async (some: typeof stories): Promise<void> => {
				for (const { n } of some) anew.add(n);
				await world.explainAnew(some.map((one): Told => ({ ...one, user: one.user ? null : OWN })));
			};
			const gone = new Set<number>();
			const retract = async (some: typeof stories): Promise<void> => {
				for (const { n } of some) gone.add(n);
				await world.retract(some);
			};
			for (let i = 0; i < shuffled.length; i += BATCH) {
				await world.arrive(shuffled.slice(i, i + BATCH));
				// What came two batches ago is explained by a request that is late, or is another's after all.
				const before = shuffled.slice(Math.max(0, i - 2 * BATCH), Math.max(0, i - BATCH));
				await explainAnew(before.filter(({ fate }) => fate < 3));
				await retract(before.filter(({ fate }) => fate === 3));
				const now = how.includes('after every') || (how.includes('now and then') && (i / BATCH) % 3 === 2);
				await world.group({ large: LARGE, ...(now ? LOOKING : NOT_LOOKING) });
			}
			// A part of all is taken away when nothing else is on its way, and at two places all of it.
			const hole = ({ n }: Told): boolean => (n > 200 && n < 225) || (n > 20 && n < 35);
			await explainAnew(stories.filter((one) => one.fate === 4 && !hole(one)));
			await retract(stories.filter((one) => one.fate !== 3 && (one.fate === 5 || hole(one))));
			const found = await settle();
			expect(found.episodes.some(({ members }) => members > 2 * LARGE)).toBe(true);
			expect(await world.joined()).toBeGreaterThan(10);
			expect(asGrouped(found)).toEqual(
				byTheRule(
					stories
						.filter((one) => !gone.has(one.n))
						.map((one): Told => (anew.has(one.n) ? { ...one, user: one.user ? null : OWN } : one))
				)
			);
			expect(found).toEqual(await exactly());
		}
	);

	it('two large ones that an Alert bridges are one, under the older id', async () => {
		const part = (from: number, n: number): Told[] =>
			Array.from({ length: 30 }, (_, i) => ({ n: n + i, device: i, at: from + i * 10, user: null }));
		await world.arrive(part(0, 0));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		await world.arrive(part(500, 100));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		const idsOf = async () =>
			(await system.record.query('select id from episode where members > 0 order by id')).rows.map(
				({ id }) => id as string
			);
		const [older, younger] = await idsOf();
		expect(younger).toBeDefined();
		await world.arrive([{ n: 200, device: 1, at: 395, user: null }]);
		const found = await settle();
		expect(await idsOf()).toEqual([older]);
		expect(found).toEqual(await exactly());
	});

	it('one that its Alerts leave in the middle is two', async () => {
		const all = Array.from({ length: 90 }, (_, n): Told => ({ n, device: n % 50, at: n * 10, user: null }));
		await world.arrive(all);
		await world.group({ large: LARGE, ...NOT_LOOKING });
		await world.retract(all.slice(35, 55));
		const found = await settle();
		const { rows } = await system.record.query(
			'select members, run_from is not null as large from episode where members > 0 order by first_at'
		);
		expect(rows).toEqual([
			{ members: 35, large: true },
			{ members: 35, large: true }
		]);
		expect(found).toEqual(await exactly());
	});

	it('a slow campaign of one image is one, though it goes on for longer than a day', async () => {
		const slow = Array.from({ length: 12 }, (_, n): Told => ({
			n,
			device: n,
			at: n * 20 * 3600,
			user: null,
			image: true
		}));
		for (const one of slow.toSorted((a, b) => ((a.n * 5) % 12) - ((b.n * 5) % 12))) {
			await world.arrive([one]);
			await world.group({});
		}
		const { rows } = await system.record.query('select members from episode where members > 0');
		expect(rows).toEqual([{ members: 12 }]);
		expect(await world.outcome()).toEqual(await exactly());
	});
});

describe('meanwhile', () => {
	it('a large one counts what joins and what leaves, and never tells of an Alert that is gone', async () => {
		const all = Array.from({ length: 60 }, (_, n): Told => ({
			n,
			device: n % 30,
			at: n * 10,
			user: null,
			throttled: n === 50 ? 7 : undefined
		}));
		await world.arrive(all.slice(1, 40));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		await world.arrive([...all.slice(40), all[0]!]);
		await world.group({ large: LARGE, ...NOT_LOOKING });
		const read = async () =>
			(
				await system.record.query(
					`select members, devices, occurrences::int, at_least, facts->>'deviceId' = (
						select device_id from supplier_alert s where s.episode_id = e.id order by effective_at limit 1
					 ) as tells_of_first from episode e where members > 0`
				)
			).rows;
		expect(await read()).toEqual([
			{ members: 60, devices: 30, occurrences: 66, at_least: true, tells_of_first: true }
		]);
		await world.retract([all[0]!, all[30]!, all[1]!]);
		const fewer = [{ members: 57, devices: 29, occurrences: 63, at_least: true, tells_of_first: true }];
		expect(await read()).toEqual(fewer);
		await world.group({ large: LARGE, ...NOT_LOOKING });
		expect(await read()).toEqual(fewer);
	});

	it('a newcomer joins when it is explained, is told once, and is decided on when it has been counted', async () => {
		const told = (n: number): Told => ({ n, device: n, at: n * 10, user: null });
		await world.arrive(Array.from({ length: 30 }, (_, n) => told(n)));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		await world.arrive([told(30)]);
		const read = async () =>
			(
				await system.record.query<{ id: string; members: number; newest: number; standing: number }>(
					`select id::text, members, (select version from supplier_alert order by alert_id desc limit 1) as newest,
						(select count(*)::int from supplier_alert s where s.episode_id = e.id) as standing from episode e where members > 0`
				)
			).rows[0]!;
		const before = await read();
		expect(before).toMatchObject({ members: 30, standing: 31, newest: 1 });
		// Any version: it is not a matter of what the person has seen of the episode.
		const decision = { episode: before.id, version: 99, verdict: 'ignorable', reason: 'repeat' };
		const decide = async () => (await system.call('POST', '/decisions', 'brightwell', decision)).body.done;
		expect(await decide()).toHaveLength(30);
		await world.group({ large: LARGE, ...NOT_LOOKING });
		expect(await read()).toMatchObject({ members: 31, standing: 31, newest: 1 });
		expect(await decide()).toHaveLength(1);
	});

	it('a newcomer of a large run costs the same however large the run is', async () => {
		const many = (from: number, to: number): Told[] =>
			Array.from({ length: to - from }, (_, i) => ({
				n: from + i,
				device: (from + i) % 50,
				at: (from + i) * 1000,
				user: OWN
			}));
		const rowsFor = async (list: readonly Told[], large: number): Promise<number> => {
			await world.arrive(list);
			const { pool, read } = counting(world.pool);
			await world.group({ large, ...NOT_LOOKING }, pool);
			return read();
		};
		await world.arrive(many(0, 200));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		const small = await rowsFor(many(200, 210), LARGE);
		await world.arrive(many(210, 1800));
		await world.group({ large: LARGE, ...NOT_LOOKING });
		const large = await rowsFor(many(1800, 1810), LARGE);
		expect(small).toBeGreaterThan(10);
		expect(large).toBeLessThan(1.5 * small);
		// The measure itself: read in full it is thousands.
		await world.wipe();
		await world.group({ large: Infinity });
		expect(await rowsFor(many(1810, 1820), Infinity)).toBeGreaterThan(10 * large);
	});
});

/** A pool that counts the rows of Alerts and of members that PostgreSQL reads in its transactions. */
function counting(pool: pg.Pool): { pool: pg.Pool; read(): number } {
	const ROWS = `select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::int as rows
		from pg_stat_xact_user_tables where relname like any('{supplier_alert%,episode_member%}')`;
	let rows = 0;
	const connect = async (): Promise<pg.PoolClient> => {
		const client = await pool.connect();
		const so = async () => (await client.query<{ rows: number }>(ROWS)).rows[0]!.rows;
		return new Proxy(client, {
			get(target, name) {
				if (name !== 'query') {
					const value: unknown = Reflect.get(target, name, target);
					return typeof value === 'function' ? (value.bind(target) as unknown) : value;
				}
				return async (text: string, values?: unknown[]) => {
					// Within the transaction: between two of them PostgreSQL may clear what it has counted.
					if (text === 'commit') rows += await so();
					const done = await target.query(text, values);
					if (text === 'begin') rows -= await so();
					return done;
				};
			}
		});
	};
	const counted = new Proxy(pool, {
		get(target, name) {
			if (name === 'connect') return connect;
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		}
	});
	return { pool: counted, read: () => rows };
}

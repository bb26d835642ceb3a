// Tests that no two processes make the same id, whatever happens to their clocks, leases and connections.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { leaseIds, NoIdsError, type Ids } from '#lib/server/postgres/id-leases.ts';
import { openDatabase, type Connection } from '#lib/server/postgres/database.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { TEMPLATE, withDatabase } from '../../support/services.setup.ts';
import { eventually } from '../../support/system.ts';

const DAY_MS = 86_400_000;
const NUMBERS_IN_TEST = 4;

const name = `test_ids_${randomBytes(6).toString('hex')}`;
let admin: pg.Client;
let owner: pg.Client;
let url: string;
const pools: Connection[] = [];

beforeAll(async () => {
	admin = new pg.Client({ connectionString: inject('databaseUrl') });
	await admin.connect();
	await admin.query(`create database ${name} template ${TEMPLATE}`);
	url = withDatabase(inject('databaseUrl'), name);
	owner = new pg.Client({ connectionString: url });
	await owner.connect();
	for (let i = 0; i < 3; i++) pools.push(openDatabase(url, 'causeway_ingest', 3));
});

afterAll(async () => {
	for (const pool of pools) await pool.close();
	await owner.end();
	await admin.query(`drop database ${name} with (force)`);
	await admin.end();
});

/** Makes `count` numbers free, and removes the other numbers. */
async function leaveNumbers(count: number): Promise<void> {
	await owner.query('truncate id_lease');
	await owner.query('insert into id_lease (number) select generate_series(0, $1 - 1)', [count]);
}

const quiet = { warn: () => {} };
/** The lease of another process ends at once, without a wait of the test. */
const expire = (number: number) =>
	owner.query('update id_lease set expires_at = clock_timestamp() where number = $1', [number]);

/** Sets the clock of PostgreSQL back by a minute: every stored instant is then a minute later by this clock. */
const setClockBack = () =>
	owner.query(
		`update id_lease set ids_until = ids_until + 60000,
			expires_at = case when holder is null then expires_at else expires_at + interval '1 minute' end`
	);

describe('ids', () => {
	it(
		'never repeat: processes start, stop, die and freeze, and a clock is set back',
		{ timeout: 120_000 },
		async () => {
			const step = fc.record({
				/** The process that acts. */
				process: fc.nat(7),
				act: fc.constantFrom(
					'make',
					'make',
					'make',
					'start',
					'stop',
					'die',
					'lose the lease',
					'set the clock back'
				),
				ids: fc.constantFrom(1, 7, 5000)
			});
			await fc.assert(
				fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
					await leaveNumbers(NUMBERS_IN_TEST);
					const seen = new Set<bigint>();
					let made = 0;
					const running = new Map<number, Ids>();
					/** Dead processes. A frozen process may wake up and go on, so a dead one still makes ids. */
					const ghosts: Ids[] = [];
					const make = (ids: Ids, count: number): void => {
						for (let i = 0; i < count; i++) {
							seen.add(ids.next());
							made++;
						}
					};
					for (const { process, act, ids: count } of steps) {
						const ids = running.get(process);
						if (act === 'set the clock back') await setClockBack();
						else if (!ids) {
							const { pool } = pools[process % pools.length]!;
							const started = await leaseIds(pool, quiet).catch(
								(error: Error) => void expect(error.message).toMatch(/all 1,024 numbers/)
							);
							if (started) running.set(process, started);
						} else if (act === 'make') make(ids, count);
						else if (act === 'stop') {
							await ids.close();
							running.delete(process);
						} else if (act === 'die' || act === 'lose the lease') {
							await expire(ids.number!);
							if (act === 'die') {
								ghosts.push(ids);
								running.delete(process);
							}
						}
						for (const ghost of ghosts) make(ghost, 2);
					}
					for (const ids of running.values()) make(ids, 3);
					await Promise.all([...running.values(), ...ghosts].map((ids) => ids.close()));
					expect(seen.size).toBe(made);
				}),
				{ numRuns: 150 }
			);
		}
	);

	it('of forty processes that start at the same moment have different numbers', async () => {
		await leaveNumbers(1024);
		const all = await Promise.all(
			Array.from({ length: 40 }, (_, i) => leaseIds(pools[i % pools.length]!.pool, quiet))
		);
		expect(new Set(all.map((ids) => ids.number)).size).toBe(40);
		const made = all.flatMap((ids) => Array.from({ length: 100 }, () => ids.next()));
		expect(new Set(made).size).toBe(4000);
		await Promise.all(all.map((ids) => ids.close()));
	});

	it('carry the time of PostgreSQL, whatever the clock of the process says', async () => {
		await leaveNumbers(4);
		const before = Date.now();
		vi.useFakeTimers({ toFake: ['Date'], now: before + 400 * DAY_MS });
		try {
			const ids = await leaseIds(pools[0]!.pool, quiet);
			const made = Array.from({ length: 20_000 }, () => ids.next());
			expect(made.every((id) => id >= firstIdAt(before - 1000) && id < firstIdAt(before + 60_000))).toBe(
				true
			);
			expect(new Set(made).size).toBe(20_000);
			await ids.close();
		} finally {
			vi.useRealTimers();
		}
	});
});

describe('a lease', () => {
	it('is refused with one line when all numbers are taken, and a stopped process makes room', async () => {
		await leaveNumbers(2);
		const [first, second] = [await leaseIds(pools[0]!.pool, quiet), await leaseIds(pools[1]!.pool, quiet)];
		await expect(leaseIds(pools[2]!.pool, quiet)).rejects.toThrow(/^all 1,024 numbers [^\n]*$/);
		await first.close();
		const third = await leaseIds(pools[2]!.pool, quiet);
		expect(third.number).not.toBe(second.number);
		await Promise.all([second.close(), third.close()]);
		expect(() => third.next()).toThrow(NoIdsError);
	});

	it('of a killed process ends by itself', async () => {
		await leaveNumbers(1);
		// This process renews too rarely for its lease, as if it was killed.
		const killed = await leaseIds(pools[0]!.pool, { ...quiet, leaseMs: 300, renewEveryMs: DAY_MS });
		const last = killed.next();
		const next = await eventually(() => leaseIds(pools[1]!.pool, quiet));
		expect(next.next() > last).toBe(true);
		await Promise.all([killed.close(), next.close()]);
	});

	it('is taken anew by a process whose number went to another process, with ids that nobody else makes', async () => {
		await leaveNumbers(2);
		const frozen = await leaseIds(pools[0]!.pool, { ...quiet, renewEveryMs: 50 });
		const number = frozen.number!;
		await owner.query(`update id_lease set holder = gen_random_uuid() where number = $1`, [number]);
		await eventually(() => expect(frozen.number).not.toBe(number));
		expect((frozen.next() >> 12n) & 1023n).toBe(BigInt(frozen.number!));
		await frozen.close();
	});

	it('that cannot be renewed stops the ids in time, and they go on when the database answers again', async () => {
		await leaveNumbers(2);
		const own = openDatabase(url, 'causeway_ingest', 1);
		const warnings: string[] = [];
		const ids = await leaseIds(own.pool, {
			warn: (text) => warnings.push(text),
			renewEveryMs: 50,
			retryEveryMs: 50,
			trustMs: 400
		});
		// The only session of the pool is busy, so that no renewal gets through.
		const held = await own.pool.connect();
		await eventually(() => expect(() => ids.next()).toThrow(NoIdsError));
		held.release();
		await eventually(() => expect(ids.next()).toBeGreaterThan(0n));

		await owner.query('revoke update on id_lease from causeway_ingest');
		await eventually(() => expect(() => ids.next()).toThrow(NoIdsError));
		await owner.query('grant update on id_lease to causeway_ingest');
		await eventually(() => expect(ids.next()).toBeGreaterThan(0n));
		expect(warnings).toHaveLength(1); // one outage, one line
		await ids.close();
		await own.close();
	});

	it('is taken later if the database cannot be reached at the start', async () => {
		await leaveNumbers(2);
		await owner.query('revoke select on id_lease from causeway_ingest');
		const ids = await leaseIds(pools[0]!.pool, { ...quiet, retryEveryMs: 50 });
		expect(() => ids.next()).toThrow(NoIdsError);
		await owner.query('grant select on id_lease to causeway_ingest');
		await eventually(() => expect(ids.next()).toBeGreaterThan(0n));
		await ids.close();
	});
});

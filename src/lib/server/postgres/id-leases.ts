// Leases the number of a process from PostgreSQL, and makes ids with the number. Each lease covers a range of instants.
// PostgreSQL gives a number only one holder for each instant, so that no two processes make the same id. This holds
// whatever happens to clocks, connections and processes. The time in an id is the time of PostgreSQL, and never the
// clock of this process, which may be wrong.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createIds, type IdRange, type IdSource } from './record-id.ts';
import { query } from './statement.ts';

/** A number becomes free this long after the last renewal. A lease reaches this far into the future. */
const LEASE_MS = 60_000;
const RENEW_EVERY_MS = 15_000;
const RETRY_EVERY_MS = 1000;
/** A renewal that takes longer counts as failed. */
const ANSWER_LIMIT_MS = 10_000;
/** A process makes no more ids this long after it sent its last renewal, because its ids would become too old. */
const TRUST_MS = 45_000;

/** The process has no number at present, so that it can store nothing. The caller must send its records again. */
export class NoIdsError extends Error {
	constructor() {
		super('The web process has no number for ids, because it could not renew its lease in the database');
	}
}

export type Ids = Awaited<ReturnType<typeof leaseIds>>;

interface Options {
	/** Says what went wrong; once for each outage. */
	warn(text: string, error: Error): void;
	leaseMs?: number;
	renewEveryMs?: number;
	retryEveryMs?: number;
	trustMs?: number;
}

/**
 * Leases a number and renews the lease until `close`. Throws if all numbers are taken. If the database cannot be
 * reached, `next` throws until it can.
 */
export async function leaseIds(
	pool: pg.Pool,
	{
		warn,
		leaseMs = LEASE_MS,
		renewEveryMs = RENEW_EVERY_MS,
		retryEveryMs = RETRY_EVERY_MS,
		trustMs = TRUST_MS
	}: Options
) {
	const holder = randomUUID();
	let range: IdRange | undefined;
	let ids: IdSource | undefined;
	/** The instant of the monotonic clock at which PostgreSQL gave `range.from`. */
	let fromAt = 0;
	/** The instant of the monotonic clock up to which the process makes ids. */
	let trustedUntil = -Infinity;
	let isDown = false;
	let isClosed = false;
	let timer: NodeJS.Timeout | undefined;

	/** Renews the lease, or takes a number if this process holds none. Returns whether the process holds a number. */
	async function renew(): Promise<boolean> {
		const sentAt = performance.now();
		const renewed = range && (await ask(RENEW({ holder, number: range.number, leaseMs })));
		if (renewed) {
			range!.from = Number(renewed.from);
			range!.until = Number(renewed.until);
		} else {
			const taken = await ask(TAKE({ holder, leaseMs }));
			if (!taken) return false;
			const own = { number: taken.number, from: Number(taken.from), until: Number(taken.until) };
			range = own;
			ids = createIds(own, () => own.from + Math.floor(performance.now() - fromAt));
		}
		fromAt = performance.now();
		trustedUntil = sentAt + trustMs;
		return true;
	}

	async function ask(config: pg.QueryConfig): Promise<LeaseRow | undefined> {
		const limited = { ...config, query_timeout: ANSWER_LIMIT_MS };
		return (await pool.query<LeaseRow>(limited)).rows[0];
	}

	async function keep(): Promise<void> {
		try {
			if (!(await renew())) throw new Error(ALL_TAKEN);
			isDown = false;
		} catch (error) {
			if (!isDown && !isClosed) warn('the lease of the number for ids was not renewed', error as Error);
			isDown = true;
		}
		if (!isClosed) timer = setTimeout(() => void keep(), isDown ? retryEveryMs : renewEveryMs);
	}

	const isTaken = await renew().catch((error: Error) => {
		warn('the process has no number for ids yet, and answers 503 until the database can be reached', error);
		isDown = true;
		return true;
	});
	if (!isTaken) throw new Error(ALL_TAKEN);
	timer = setTimeout(() => void keep(), isDown ? retryEveryMs : renewEveryMs);

	return {
		/** Makes an id. Throws `NoIdsError` if the lease was not renewed for too long. */
		next(): bigint {
			const id = !isClosed && performance.now() < trustedUntil && ids?.next();
			if (typeof id !== 'bigint') throw new NoIdsError();
			return id;
		},
		/** The number that this process holds; `null`: it has held none yet. */
		get number(): number | null {
			return range?.number ?? null;
		},
		/** Gives the number back, so that another process can take it at once. */
		async close(): Promise<void> {
			isClosed = true;
			clearTimeout(timer);
			if (!range || !ids) return;
			await ask(RELEASE({ holder, number: range.number, lastAt: ids.lastAt })).catch(() => {}); // The lease then expires.
		}
	};
}

const ALL_TAKEN =
	'all 1,024 numbers for ids are taken by running web processes; stop some, or wait a minute after a crash';

interface LeaseRow {
	number: number;
	/** The first and the last instant (epoch ms) of which the holder may make ids. */
	from: bigint | string;
	until: bigint | string;
}

const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;
const EXPIRY = `clock_timestamp() + :leaseMs * interval '1 millisecond'`;

// Of the free numbers, the one with the earliest range is taken, so that the range begins at the present.
const TAKE = query(`
with free as (
	select number, greatest(ids_until + 1, ${NOW_MS}) as first from id_lease where expires_at <= clock_timestamp()
	order by ids_until, number limit 1 for update skip locked
)
update id_lease l set holder = :holder, expires_at = ${EXPIRY}, ids_until = first + :leaseMs::bigint
from free where l.number = free.number returning l.number, first as from, l.ids_until as until`);

const RENEW = query(`
update id_lease set expires_at = ${EXPIRY}, ids_until = greatest(ids_until, ${NOW_MS} + :leaseMs::bigint)
where number = :number and holder = :holder returning number, ${NOW_MS} as from, ids_until as until`);

const RELEASE = query(`
update id_lease set holder = null, expires_at = clock_timestamp(), ids_until = :lastAt
where number = :number and holder = :holder`);

// PostgreSQL, the record. Every pool speaks as one role of migrations/0001-record.sql, never as owner or superuser.
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { gatherWrites } from './pipelining.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type Tx = Transaction<Tables>;
export type Role = 'causeway_web' | 'causeway_ingest' | 'causeway_worker';

/**
 * Statements are planned once a session, and next week's partition is empty then: a plan that reads all of it would go on
 * doing so when it is full. What that costs on paper would have PostgreSQL before 18 compile statements of a millisecond.
 */
const PLANS = '-c enable_seqscan=off -c jit=off';
/** At once, and not only after five plans for the values of the time: with many partitions each takes ten milliseconds. */
const PLANNED_ONCE = '-c plan_cache_mode=force_generic_plan';

/** `bigint` columns arrive as JavaScript bigint: record ids exceed 2^53. Only for these pools, not for the driver. */
const types: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format?: 'text') =>
		oid === pg.types.builtins.INT8
			? BigInt
			: pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser']
};

export interface Connection {
	db: Database;
	pool: pg.Pool;
	close(): Promise<void>;
}

/**
 * Opens a pool of at most `max` sessions that act as `role`; they are kept, for a new one has to plan everything anew.
 * `pipeline`: statements of one client that are not awaited one by one are sent together.
 */
export function openDatabase(url: string, role: Role, max: number, { pipeline = false } = {}): Connection {
	const options = [
		`-c role=${role} -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000`,
		PLANS,
		// What people ask for differs from one time to the next.
		...(role === 'causeway_web' ? [] : [PLANNED_ONCE])
	];
	const pool = new pg.Pool({
		connectionString: url,
		max,
		options: options.join(' '),
		application_name: role,
		types,
		pipeline,
		idleTimeoutMillis: 0,
		keepAlive: true
	});
	if (pipeline) pool.on('connect', gatherWrites);
	// An idle session that the server ended is replaced at the next query; without a listener it would end the process.
	pool.on('error', () => {});
	const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
	return { db, pool, close: () => db.destroy() };
}

/** Runs `work` in one transaction that sees the rows of this Supplier only (row-level security, `SET LOCAL`). */
export function asSupplier<T>(db: Database, supplierId: number, work: (tx: Tx) => Promise<T>): Promise<T> {
	return db.transaction().execute(async (tx) => {
		await sql`select set_config('app.supplier', ${String(supplierId)}, true)`.execute(tx);
		return work(tx);
	});
}

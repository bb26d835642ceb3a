// Opens pools of PostgreSQL sessions. Each pool acts as one of the roles in migrations/0001-record.sql, never as owner
// or superuser.
import pg from 'pg';
import { gatherWrites } from './pipelining.ts';

export type Role = 'causeway_web' | 'causeway_ingest' | 'causeway_worker';

/**
 * Turns sequential scans and JIT compilation off. A session plans a prepared statement once, while next week's
 * partition is still empty. PostgreSQL would then choose to read the whole partition, and would keep this plan when the
 * partition is full. Turning sequential scans off raises the estimated costs. Because of these costs, PostgreSQL before
 * 18 would compile statements that take a millisecond.
 */
const NO_SEQUENTIAL_SCANS_NO_JIT = '-c enable_seqscan=off -c jit=off';
/**
 * Makes a session plan a prepared statement only once, at its first call. By default, PostgreSQL first makes five plans
 * for the given values. With many partitions, each plan takes 10 ms.
 */
const ONE_PLAN_PER_STATEMENT = '-c plan_cache_mode=force_generic_plan';

/**
 * Reads `bigint` columns as JavaScript bigint, because the ids of stored rows exceed 2^53. This setting applies to
 * these pools only.
 */
const types: pg.CustomTypesConfig = {
	getTypeParser: ((oid: number, format?: 'text') =>
		oid === pg.types.builtins.INT8
			? BigInt
			: pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser']
};

export interface Connection {
	pool: pg.Pool;
	close(): Promise<void>;
}

/** Learns when a pool loses a session, and when it has a new one. */
export interface DatabaseWatch {
	lost(error: Error): void;
	connected(): void;
}

/**
 * Opens a pool of at most `max` sessions that act as `role`. Idle sessions stay open, because a new session must plan
 * every statement again. `pipeline`: a session sends each statement without waiting for the result of the statement
 * before. `watch`: learns of lost and new sessions.
 */
export function openDatabase(
	url: string,
	role: Role,
	max: number,
	{ pipeline = false, watch }: { pipeline?: boolean; watch?: DatabaseWatch } = {}
): Connection {
	const options = [
		`-c role=${role} -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000`,
		NO_SEQUENTIAL_SCANS_NO_JIT,
		// The sessions of the web process plan each statement for the given values, because the queries of people
		// differ from call to call.
		...(role === 'causeway_web' ? [] : [ONE_PLAN_PER_STATEMENT])
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
	// The pool replaces a session that PostgreSQL has ended. Without these listeners, the error would end the process. The
	// pool listens only to idle sessions, so each session has a listener of its own.
	pool.on('error', () => {});
	pool.on('connect', (client) => {
		client.on('error', (error) => watch?.lost(error));
		watch?.connected();
	});
	return { pool, close: () => pool.end() };
}

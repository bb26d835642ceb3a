// Rows of the cause table's versions, read and changed by one person at a time.
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { TableSummary, VersionStatus } from '#lib/domain/cause-table/version.ts';
import type pg from 'pg';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';

export interface Person {
	id: string;
	name: string;
}

export interface VersionRow {
	version: string;
	status: VersionStatus;
	revision: number;
	based_on: string | null;
	note: string | null;
	shipped: boolean;
	drafted_by: string;
	drafted_at: Date;
	proposed_by: string | null;
	proposed_by_id: string | null;
	proposed_at: Date | null;
	activated_by: string | null;
	activated_at: Date | null;
}

export const COLUMNS = `version, status, revision, based_on, note, shipped, drafted_by, drafted_at,
	proposed_by, proposed_by_id, proposed_at, activated_by, activated_at`;

const step = (by: string | null, at: Date | null): { by: string; at: string } | null =>
	by === null || at === null ? null : { by, at: at.toISOString() };

/** As one person, or a key, reads it. */
export const toSummary = (row: VersionRow, reader: string): TableSummary => ({
	version: row.version,
	status: row.status,
	revision: row.revision,
	basedOn: row.based_on,
	note: row.note,
	shipped: row.shipped,
	drafted: step(row.drafted_by, row.drafted_at)!,
	proposed:
		row.proposed_by === null
			? null
			: { ...step(row.proposed_by, row.proposed_at)!, you: row.proposed_by_id === reader },
	activated: step(row.activated_by, row.activated_at)
});

/** One transaction, after whoever else is at it. */
export const inTurn = <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
	inTransaction(pool, async (client) => {
		await client.query('select pg_advisory_xact_lock($1)', [LOCKS.causeTable]);
		return work(client);
	});

export async function lock(client: pg.PoolClient, version: string): Promise<VersionRow | null> {
	const { rows } = await client.query<VersionRow>(
		`select ${COLUMNS} from cause_table where version = $1 for update`,
		[version]
	);
	return rows[0] ?? null;
}

/** Writes down who did what; `body` where a table was saved. */
export const recordStep = (
	client: pg.PoolClient,
	version: string,
	what: string,
	by: Person,
	body: CauseFile | null = null
): Promise<unknown> =>
	client.query(
		`insert into cause_table_history (version, what, done_by, done_by_id, revision, body)
		 select $1, $2, $3, $4, revision, $5 from cause_table where version = $1`,
		[version, what, by.name, by.id, body && JSON.stringify(body)]
	);

// Reads and writes rows of the versions of the cause table. Only one transaction at a time changes these rows.
import type pg from 'pg';
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { TableSummary, VersionStatus } from '#lib/domain/cause-table/version.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

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

/** Builds the summary of a version as `reader` sees it. `reader`: the id of a person or of an API key. */
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

/** Does `work` in one transaction, after all other transactions that change the cause table have ended. */
export const changeTable = <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> =>
	inTransaction(pool, async (client) => {
		await client.query(LOCK_TABLE({ key: LOCKS.causeTable }));
		return work(client);
	});

/** Reads a version and locks its row until the transaction ends; `null`: there is no such version. */
export async function lockVersion(client: pg.PoolClient, version: string): Promise<VersionRow | null> {
	const { rows } = await client.query<VersionRow>(LOCK_VERSION({ version }));
	return rows[0] ?? null;
}

/** Retires a version. The retired version can still be read. */
export const retireVersion = (client: pg.PoolClient, version: string): Promise<unknown> =>
	client.query(RETIRE({ version }));

/** Adds a step to the history of a version. `body`: the table that this step saved; `null`: the step saved no table. */
export const recordStep = (
	client: pg.PoolClient,
	version: string,
	what: string,
	by: Person,
	body: CauseFile | null = null
): Promise<unknown> =>
	client.query(RECORD_STEP({ version, what, by: by.name, byId: by.id, body: body && JSON.stringify(body) }));

const LOCK_TABLE = query('select pg_advisory_xact_lock(:key)');

const LOCK_VERSION = query(`select ${COLUMNS} from cause_table where version = :version for update`);

const RETIRE = query(`update cause_table set status = 'retired' where version = :version`);

const RECORD_STEP = query(`
insert into cause_table_history (version, what, done_by, done_by_id, revision, body)
select version, :what::text, :by::text, :byId::text, revision, :body::jsonb from cause_table where version = :version`);

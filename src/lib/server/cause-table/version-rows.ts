// Reads and writes rows of the versions of the cause table. Only one transaction at a time changes these rows.
import type pg from 'pg';
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import type { TableSummary, VersionStatus } from '#lib/domain/cause-table/version.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

/** A person, or an API key, that reads or changes the cause table. */
export interface Person {
	id: string;
	name: string;
	/** The Supplier of the person; `null`: the person belongs to the installation. */
	supplierId: number | null;
}

/** The reason why a step was not done: the HTTP status, and a sentence for the person. */
export interface Refusal {
	refused: 403 | 404 | 409;
	why: string;
}

export interface VersionRow {
	version: string;
	status: VersionStatus;
	/** The Supplier whose people drafted the version; `null`: the product or people of the installation. */
	supplier_id: number | null;
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

export const COLUMNS = `version, status, supplier_id, revision, based_on, note, shipped, drafted_by, drafted_at,
	proposed_by, proposed_by_id, proposed_at, activated_by, activated_at`;

const step = (by: string | null, at: Date | null): { by: string; at: string } | null =>
	by === null || at === null ? null : { by, at: at.toISOString() };

/**
 * Returns whether the reader sees a version. One Supplier's draft is hidden from other Suppliers until somebody
 * proposes it to all.
 */
export const isShownTo = (
	row: Pick<VersionRow, 'supplier_id' | 'proposed_at' | 'activated_at'>,
	{ supplierId }: Person
): boolean =>
	supplierId === null ||
	row.supplier_id === null ||
	row.supplier_id === supplierId ||
	row.proposed_at !== null ||
	row.activated_at !== null;

/** Returns the name of the author of a step. A Supplier does not read the names of another Supplier's people. */
export const authorFor = (
	reader: Person,
	{ name, supplierId }: { name: string; supplierId: number | null }
): string =>
	reader.supplierId === null || supplierId === null || supplierId === reader.supplierId
		? name
		: 'a person of another Supplier';

/** Builds the summary of a version as `reader` sees it. */
export const toSummary = (row: VersionRow, reader: Person): TableSummary => ({
	version: row.version,
	status: row.status,
	revision: row.revision,
	basedOn: row.based_on,
	note: row.note,
	shipped: row.shipped,
	drafted: step(authorFor(reader, { name: row.drafted_by, supplierId: row.supplier_id }), row.drafted_at)!,
	proposed:
		row.proposed_by === null
			? null
			: { ...step(row.proposed_by, row.proposed_at)!, you: row.proposed_by_id === reader.id },
	activated: step(row.activated_by, row.activated_at),
	changeable:
		(row.status === 'draft' && (reader.supplierId === null || reader.supplierId === row.supplier_id)) ||
		(row.status === 'proposed' && reader.supplierId === null)
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

/**
 * Locks a version, and returns its row if this person may change it: a person of the installation any version, a person
 * of a Supplier only a draft of this Supplier. Otherwise returns the refusal.
 */
export async function lockForChange(
	client: pg.PoolClient,
	version: string,
	by: Person
): Promise<{ row: VersionRow } | Refusal> {
	const row = await lockVersion(client, version);
	if (!row || !isShownTo(row, by)) return unknownVersion(version);
	const isOpen = row.status === 'draft' || row.status === 'proposed';
	if (by.supplierId === null || !isOpen) return { row };
	if (row.supplier_id !== by.supplierId)
		return {
			refused: 403,
			why: `${version} is not a draft of your Supplier: only people of the installation change it; start your own draft from it`
		};
	if (row.status === 'proposed')
		return {
			refused: 403,
			why: `${version} is proposed to all Suppliers: only people of the installation change it or discard it`
		};
	return { row };
}

export const unknownVersion = (version: string): Refusal => ({
	refused: 404,
	why: `There is no cause table ${version}`
});

/** Retires a version. The retired version can still be read. */
export const retireVersion = (client: pg.PoolClient, version: string): Promise<unknown> =>
	client.query(RETIRE({ version }));

/**
 * Keeps the words of a version that becomes active. The explanations by this version are read with them, also when
 * another version is active.
 */
export const keepWords = (client: pg.PoolClient, version: string): Promise<unknown> =>
	client.query(KEEP_WORDS({ version }));

/** Adds a step to the history of a version. `body`: the table that this step saved; `null`: the step saved no table. */
export const recordStep = (
	client: pg.PoolClient,
	version: string,
	what: string,
	by: Person,
	body: CauseFile | null = null
): Promise<unknown> =>
	client.query(
		RECORD_STEP({
			version,
			what,
			by: by.name,
			byId: by.id,
			supplierId: by.supplierId,
			body: body && JSON.stringify(body)
		})
	);

const LOCK_TABLE = query('select pg_advisory_xact_lock(:key)');

const LOCK_VERSION = query(`select ${COLUMNS} from cause_table where version = :version for update`);

const KEEP_WORDS = query('select keep_cause_words(:version)');

const RETIRE = query(`update cause_table set status = 'retired' where version = :version`);

const RECORD_STEP = query(`
insert into cause_table_history (version, what, done_by, done_by_id, supplier_id, revision, body)
select version, :what::text, :by::text, :byId::text, :supplierId::smallint, revision, :body::jsonb from cause_table where version = :version`);

// Changes the versions of the cause table. People of a Supplier or of the installation draft a version. A person of the
// installation proposes it, and another person of the installation activates it. Each step is recorded with the person
// and the time.
import type pg from 'pg';
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import { checkCauseTable, type TableFault } from '#lib/domain/cause-table/check.ts';
import { isSame, diffCauseTables } from '#lib/domain/cause-table/diff.ts';
import {
	nextVersion,
	type DraftIn,
	type TableList,
	type TableVersion
} from '#lib/domain/cause-table/version.ts';
import { query } from '#lib/server/postgres/statement.ts';
import {
	COLUMNS,
	authorFor,
	changeTable,
	isShownTo,
	keepWords,
	lockForChange,
	lockVersion,
	recordStep,
	retireVersion,
	toSummary,
	unknownVersion,
	type Person,
	type Refusal,
	type VersionRow
} from './version-rows.ts';

export type CauseTables = ReturnType<typeof createCauseTables>;

export function createCauseTables(pool: pg.Pool) {
	return {
		/** Lists the versions that `reader` may see. */
		async list(reader: Person): Promise<TableList> {
			const { rows } = await pool.query<VersionRow>(
				`select ${COLUMNS} from cause_table order by drafted_at desc, version desc`
			);
			const active = rows.find((row) => row.status === 'active');
			if (!active)
				throw new Error('No cause table is active; restart a worker to add the table of the product');
			const others = rows.filter((row) => row !== active && isShownTo(row, reader));
			return {
				active: toSummary(active, reader),
				others: others.map((row) => toSummary(row, reader))
			};
		},

		/** Reads one version with its rows and its history; `null`: there is no such version. */
		one: (version: string, reader: Person): Promise<TableVersion | null> =>
			readVersion(pool, version, reader),

		/** Saves a new draft, or the next revision of a draft. A table with faults is not saved. */
		async save(draft: DraftIn, by: Person): Promise<TableVersion | Refusal | { faults: TableFault[] }> {
			const { file, faults } = checkCauseTable({ ...draft.body, version: draft.version ?? draft.basedOn });
			if (faults) return { faults };
			return changeTable(pool, (client) =>
				draft.version
					? saveRevision(client, draft, draft.version, file, by)
					: saveNew(client, draft, file, by)
			);
		},

		propose: (version: string, by: Person) =>
			changeTable(pool, async (client) => {
				const draft = await lockVersion(client, version);
				if (!draft) return unknownVersion(version);
				if (draft.status !== 'draft') return wrongStatus(draft);
				const active = await readVersion(client, await activeVersion(client), by);
				const table = await readVersion(client, version, by);
				if (isSame(diffCauseTables(active!.body, table!.body)))
					return conflict(`${version} does not differ from the active table ${active!.version}`);
				await client.query(PROPOSE({ version, by: by.name, byId: by.id }));
				await recordStep(client, version, 'proposed', by);
				return (await readVersion(client, version, by))!;
			}),

		/** Activates a proposal after its what-if has finished. `by` must not be the proposer. */
		activate: (version: string, by: Person) =>
			changeTable(pool, async (client) => {
				const draft = await lockVersion(client, version);
				if (!draft) return unknownVersion(version);
				if (draft.status !== 'proposed') return wrongStatus(draft);
				if (draft.proposed_by_id === by.id)
					return { refused: 403 as const, why: 'You proposed this table: another person must activate it' };
				const active = await activeVersion(client);
				const why = await whyNotReplayed(client, draft, active);
				if (why) return conflict(why);
				await retireVersion(client, active);
				await recordStep(client, active, `retired by ${version}`, by);
				await client.query(ACTIVATE({ version, by: by.name, byId: by.id }));
				await keepWords(client, version);
				await recordStep(client, version, 'activated', by);
				return (await readVersion(client, version, by))!;
			}),

		/** Retires a draft or a proposal that is not wanted. The retired version can still be read. */
		discard: (version: string, by: Person) =>
			changeTable(pool, async (client) => {
				const locked = await lockForChange(client, version, by);
				if ('refused' in locked) return locked;
				const { row: draft } = locked;
				if (draft.status !== 'draft' && draft.status !== 'proposed') return wrongStatus(draft);
				await retireVersion(client, version);
				await recordStep(client, version, 'discarded', by);
				return (await readVersion(client, version, by))!;
			})
	};
}

async function saveNew(
	client: pg.PoolClient,
	draft: DraftIn,
	file: CauseFile,
	by: Person
): Promise<TableVersion | Refusal> {
	const base = await lockVersion(client, draft.basedOn);
	if (!base || !isShownTo(base, by)) return unknownVersion(draft.basedOn);
	const { rows } = await client.query<{ version: string }>('select version from cause_table');
	const version = nextVersion(
		new Date().toISOString().slice(0, 10),
		rows.map((row) => row.version)
	);
	const body = { ...file, version };
	await client.query(
		INSERT({
			version,
			body: JSON.stringify(body),
			basedOn: draft.basedOn,
			note: draft.note || null,
			by: by.name,
			byId: by.id,
			supplierId: by.supplierId
		})
	);
	await recordStep(client, version, 'drafted', by, body);
	return (await readVersion(client, version, by))!;
}

async function saveRevision(
	client: pg.PoolClient,
	draft: DraftIn,
	version: string,
	file: CauseFile,
	by: Person
): Promise<TableVersion | Refusal> {
	const locked = await lockForChange(client, version, by);
	if ('refused' in locked) return locked;
	const { row: stored } = locked;
	if (stored.status !== 'draft' && stored.status !== 'proposed') return wrongStatus(stored);
	if (stored.revision !== draft.revision)
		return conflict(`${version} was saved by somebody else since you read it; load it again`);
	const body = { ...file, version };
	await client.query(SAVE({ version, body: JSON.stringify(body), note: draft.note || null }));
	const what = stored.status === 'proposed' ? 'changed; the proposal was taken back' : 'changed';
	await recordStep(client, version, what, by, body);
	return (await readVersion(client, version, by))!;
}

/**
 * Returns a sentence that says why the what-if of a draft does not allow its activation; `null`: the what-if allows the
 * activation.
 */
async function whyNotReplayed(
	client: pg.PoolClient,
	draft: VersionRow,
	active: string
): Promise<string | null> {
	const { rows } = await client.query<{ state: string; revision: number; against: string }>(
		WHAT_IF_RUN({ version: draft.version })
	);
	const [run] = rows;
	if (!run || run.state !== 'done')
		return `Run the what-if of ${draft.version} first and wait until it has finished: it shows what activation would change`;
	if (run.revision !== draft.revision)
		return `${draft.version} was changed after its what-if; run the what-if again first`;
	if (run.against !== active)
		return `Another table, ${active}, has become active since the what-if; run the what-if again first`;
	return null;
}

async function readVersion(
	client: pg.ClientBase | pg.Pool,
	version: string,
	reader: Person
): Promise<TableVersion | null> {
	const { rows } = await client.query<VersionRow & { body: CauseFile }>(VERSION({ version }));
	if (!rows[0] || !isShownTo(rows[0], reader)) return null;
	const { rows: steps } = await client.query<{
		what: string;
		done_by: string;
		supplier_id: number | null;
		done_at: Date;
	}>(HISTORY({ version }));
	const history = steps.map((s) => ({
		what: s.what,
		by: authorFor(reader, { name: s.done_by, supplierId: s.supplier_id }),
		at: s.done_at.toISOString()
	}));
	return { ...toSummary(rows[0], reader), history, body: rows[0].body };
}

export async function activeVersion(client: pg.ClientBase): Promise<string> {
	const { rows } = await client.query<{ version: string }>(
		`select version from cause_table where status = 'active'`
	);
	return rows[0]!.version;
}

const INSERT = query(`
insert into cause_table (version, body, status, based_on, note, drafted_by, drafted_by_id, supplier_id)
values (:version, :body, 'draft', :basedOn, :note, :by, :byId, :supplierId)`);

// A changed proposal becomes a draft again, because nobody has proposed its new rows.
const SAVE = query(`
update cause_table set body = :body, note = :note, status = 'draft', revision = revision + 1,
	proposed_by = null, proposed_by_id = null, proposed_at = null where version = :version`);

const PROPOSE = query(`
update cause_table set status = 'proposed', proposed_by = :by, proposed_by_id = :byId, proposed_at = now()
where version = :version`);

const ACTIVATE = query(`
update cause_table set status = 'active', activated_by = :by, activated_by_id = :byId, activated_at = now()
where version = :version`);

const VERSION = query(`select ${COLUMNS}, body from cause_table where version = :version`);

const HISTORY = query(
	'select what, done_by, supplier_id, done_at from cause_table_history where version = :version order by id'
);

const WHAT_IF_RUN = query('select state, revision, against from what_if_run where version = :version');

const conflict = (why: string): Refusal => ({ refused: 409, why });

const STATUS_TEXTS = {
	draft: 'still a draft: propose it first',
	proposed: 'proposed already',
	active: 'active already',
	retired: 'retired: start a new draft from it'
};
const wrongStatus = ({ version, status }: VersionRow): Refusal =>
	conflict(`${version} is ${STATUS_TEXTS[status]}`);

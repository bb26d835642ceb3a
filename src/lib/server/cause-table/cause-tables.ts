// The versions of the cause table: people draft and propose, another person activates. Every step keeps who and when.
import { isSame, diffCauseTables } from '#lib/domain/cause-table/diff.ts';
import { checkCauseTable, type TableFault } from '#lib/domain/cause-table/check.ts';
import type { CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import {
	nextVersion,
	type DraftIn,
	type TableList,
	type TableVersion
} from '#lib/domain/cause-table/version.ts';
import type pg from 'pg';
import {
	COLUMNS,
	inTurn,
	lock,
	recordStep,
	toSummary,
	type Person,
	type VersionRow
} from './version-rows.ts';

/** Why something was not done, as the status of an answer and a sentence. */
export interface Refusal {
	refused: 403 | 404 | 409;
	why: string;
}

export type CauseTables = ReturnType<typeof createCauseTables>;

export function createCauseTables(pool: pg.Pool) {
	return {
		async list(reader: string): Promise<TableList> {
			const { rows } = await pool.query<VersionRow>(
				`select ${COLUMNS} from cause_table order by drafted_at desc, version desc`
			);
			const active = rows.find((row) => row.status === 'active');
			if (!active) throw new Error('No cause table is active');
			const others = rows.filter((row) => row !== active);
			return {
				active: toSummary(active, reader),
				others: others.map((row) => toSummary(row, reader))
			};
		},

		one: (version: string, reader: string): Promise<TableVersion | null> => read(pool, version, reader),

		/** Saves a new draft, or the next revision of one. A table with faults is not saved, and what stood stays. */
		async save(draft: DraftIn, by: Person): Promise<TableVersion | Refusal | { faults: TableFault[] }> {
			const { file, faults } = checkCauseTable({ ...draft.body, version: draft.version ?? draft.basedOn });
			if (faults) return { faults };
			return inTurn(pool, (client) =>
				draft.version ? saveAgain(client, draft, draft.version, file, by) : saveNew(client, draft, file, by)
			);
		},

		propose: (version: string, by: Person) =>
			inTurn(pool, async (client) => {
				const draft = await lock(client, version);
				if (!draft) return unknown(version);
				if (draft.status !== 'draft') return notNow(draft);
				const active = await read(client, await activeVersion(client), by.id);
				const table = await read(client, version, by.id);
				if (isSame(diffCauseTables(active!.body, table!.body)))
					return conflict(`${version} does not differ from the active table ${active!.version}`);
				await client.query(
					`update cause_table set status = 'proposed', proposed_by = $2, proposed_by_id = $3, proposed_at = now()
					 where version = $1`,
					[version, by.name, by.id]
				);
				await recordStep(client, version, 'proposed', by);
				return (await read(client, version, by.id))!;
			}),

		/** Puts a proposal in force. Another person than the proposer, and not before its what-if has finished. */
		activate: (version: string, by: Person) =>
			inTurn(pool, async (client) => {
				const draft = await lock(client, version);
				if (!draft) return unknown(version);
				if (draft.status !== 'proposed') return notNow(draft);
				if (draft.proposed_by_id === by.id)
					return { refused: 403 as const, why: 'You proposed this table: another person must activate it' };
				const active = await activeVersion(client);
				const why = await whyNotReplayed(client, draft, active);
				if (why) return conflict(why);
				await client.query(`update cause_table set status = 'retired' where version = $1`, [active]);
				await recordStep(client, active, `retired by ${version}`, by);
				await client.query(
					`update cause_table set status = 'active', activated_by = $2, activated_by_id = $3, activated_at = now()
					 where version = $1`,
					[version, by.name, by.id]
				);
				await recordStep(client, version, 'activated', by);
				return (await read(client, version, by.id))!;
			}),

		/** Puts away a draft or a proposal that nobody wants; it stays readable. */
		discard: (version: string, by: Person) =>
			inTurn(pool, async (client) => {
				const draft = await lock(client, version);
				if (!draft) return unknown(version);
				if (draft.status !== 'draft' && draft.status !== 'proposed') return notNow(draft);
				await client.query(`update cause_table set status = 'retired' where version = $1`, [version]);
				await recordStep(client, version, 'discarded', by);
				return (await read(client, version, by.id))!;
			})
	};
}

async function saveNew(
	client: pg.PoolClient,
	draft: DraftIn,
	file: CauseFile,
	by: Person
): Promise<TableVersion | Refusal> {
	if (!(await lock(client, draft.basedOn))) return unknown(draft.basedOn);
	const { rows } = await client.query<{ version: string }>('select version from cause_table');
	const version = nextVersion(
		new Date().toISOString().slice(0, 10),
		rows.map((row) => row.version)
	);
	const body = { ...file, version };
	await client.query(
		`insert into cause_table (version, body, status, based_on, note, drafted_by, drafted_by_id)
		 values ($1, $2, 'draft', $3, $4, $5, $6)`,
		[version, JSON.stringify(body), draft.basedOn, draft.note || null, by.name, by.id]
	);
	await recordStep(client, version, 'drafted', by, body);
	return (await read(client, version, by.id))!;
}

async function saveAgain(
	client: pg.PoolClient,
	draft: DraftIn,
	version: string,
	file: CauseFile,
	by: Person
): Promise<TableVersion | Refusal> {
	const known = await lock(client, version);
	if (!known) return unknown(version);
	if (known.status !== 'draft' && known.status !== 'proposed') return notNow(known);
	if (known.revision !== draft.revision)
		return conflict(`${version} was saved by somebody else since you read it; load it again`);
	const body = { ...file, version };
	// A proposal that is changed is no longer what was proposed.
	await client.query(
		`update cause_table set body = $2, note = $3, status = 'draft', revision = revision + 1,
			proposed_by = null, proposed_by_id = null, proposed_at = null where version = $1`,
		[version, JSON.stringify(body), draft.note || null]
	);
	const what = known.status === 'proposed' ? 'changed; the proposal was taken back' : 'changed';
	await recordStep(client, version, what, by, body);
	return (await read(client, version, by.id))!;
}

async function whyNotReplayed(
	client: pg.PoolClient,
	draft: VersionRow,
	active: string
): Promise<string | null> {
	const { rows } = await client.query<{ state: string; revision: number; against: string }>(
		'select state, revision, against from what_if_run where version = $1',
		[draft.version]
	);
	const [run] = rows;
	if (!run || run.state !== 'done')
		return `Run the what-if of ${draft.version} first, and let it finish: it tells what activation would change`;
	if (run.revision !== draft.revision)
		return `${draft.version} was changed after its what-if; run it again first`;
	if (run.against !== active)
		return `Another table, ${active}, has become active since the what-if; run it again first`;
	return null;
}

async function read(
	client: pg.ClientBase | pg.Pool,
	version: string,
	reader: string
): Promise<TableVersion | null> {
	const { rows } = await client.query<VersionRow & { body: CauseFile }>(
		`select ${COLUMNS}, body from cause_table where version = $1`,
		[version]
	);
	if (!rows[0]) return null;
	const { rows: steps } = await client.query<{ what: string; done_by: string; done_at: Date }>(
		'select what, done_by, done_at from cause_table_history where version = $1 order by id',
		[version]
	);
	const history = steps.map((s) => ({ what: s.what, by: s.done_by, at: s.done_at.toISOString() }));
	return { ...toSummary(rows[0], reader), history, body: rows[0].body };
}

export async function activeVersion(client: pg.ClientBase): Promise<string> {
	const { rows } = await client.query<{ version: string }>(
		`select version from cause_table where status = 'active'`
	);
	return rows[0]!.version;
}

const unknown = (version: string): Refusal => ({ refused: 404, why: `There is no cause table ${version}` });
const conflict = (why: string): Refusal => ({ refused: 409, why });

const STATES = {
	draft: 'still a draft: propose it first',
	proposed: 'proposed already',
	active: 'active already',
	retired: 'retired: start a new draft from it'
};
const notNow = ({ version, status }: VersionRow): Refusal => conflict(`${version} is ${STATES[status]}`);

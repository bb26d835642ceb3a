// Explanations as the database takes them: one column for each field, and the SQL that every writer of a feed shares.
import type pg from 'pg';
import type { FeedRow } from './feed.ts';
import { statement } from '#lib/server/postgres/database.ts';

/** $1 to $17 of a statement that begins with `inputRows`. */
export const columnsOf = (rows: readonly FeedRow[]): unknown[] => [
	rows.map((row) => row.supplierId),
	rows.map((row) => row.alertId),
	rows.map((row) => row.body.explanation),
	rows.map((row) => row.body.code),
	rows.map((row) => row.body.category),
	rows.map((row) => row.body.deviceId),
	rows.map((row) => row.body.hubId),
	rows.map((row) => arrayText(row.body.candidates.map((c) => c.userId))),
	rows.map((row) => arrayText(row.body.candidates.map((c) => c.userRole))),
	rows.map((row) => row.body.effectiveAt),
	rows.map((row) => isoOf(row.settlesAt)),
	rows.map((row) => row.tableVersion),
	rows.map((row) => isoOf(row.dueAt)),
	rows.map((row) => row.body.priority),
	rows.map((row) => row.body.occurrences),
	rows.map((row) => row.body.throttled),
	bodiesOf(rows)
];

export const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** Different texts as PostgreSQL spells an array. */
export const arrayText = (texts: readonly string[]): string =>
	`{${[...new Set(texts)].map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

/**
 * Locks the counters of the feeds that these explanations are for until the transaction ends, in one order for every
 * writer: what is read after is all that others have written, and nobody writes beside.
 */
export async function lockFeeds(
	client: pg.ClientBase,
	rows: ReadonlyArray<Pick<FeedRow, 'supplierId'>>
): Promise<void> {
	await client.query(LOCK([[...new Set(rows.map((row) => row.supplierId))]]));
}

const LOCK = statement(
	'lock-feeds',
	'select next_feed_seq(id, 0) from (select unnest($1::smallint[]) as id order by 1) own'
);

/** Bodies as one text, for `textsIn`: nothing in it has to be escaped, and JSON has no such character. */
export const bodiesOf = (rows: readonly FeedRow[]): string =>
	rows.map((row) => JSON.stringify(row.body)).join('\x1e');

/** The bodies of parameter `n`, as an array: what is made of one is planned for a few rows, and looked up by key. */
export const textsIn = (n: number): string => `string_to_array($${n}, E'\\x1e')`;

/** The rows of `input`, numbered by `place`. `more`: other columns, from $18 on, by name with their types. */
export function inputRows(more: Readonly<Record<string, string>> = {}): string {
	const others = Object.keys(more).map((name) => `, ${name}`);
	const types = Object.values(more).map((type, i) => `, $${18 + i}::${type}[]`);
	return `
	select supplier_id, alert_id, explanation, code, category, device_id, hub_id, users::text[] as users, roles::text[] as roles,
		effective_at, settles_at, table_version, due_at, priority, occurrences, throttled, body::json as body, place${others.join('')}
	from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
		$9::text[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::timestamptz[], $14::smallint[], $15::bigint[],
		$16::boolean[]${types.join('')}, ${textsIn(17)})
		with ordinality as t(supplier_id, alert_id, explanation, code, category, device_id, hub_id, users, roles, effective_at,
			settles_at, table_version, due_at, priority, occurrences, throttled${others.join('')}, body, place)`;
}

/** `placed`: the rows of another table, and the next numbers of the feeds, which are moved on by it. */
export const placedRows = (table: string): string => `
heads as (
	update feed_head h set seq = h.seq + n.size from (select supplier_id, count(*) as size from ${table} group by supplier_id) n
	where h.supplier_id = n.supplier_id returning h.supplier_id, h.seq - n.size as before
), placed as (
	select r.*, h.before + row_number() over (partition by supplier_id order by place) as seq
	from ${table} r join heads h using (supplier_id)
)`;

/** `behind`: the doorbell that has those of the input explained once more that are not in `table`. */
export const behindRows = (table: string, condition = 'true'): string => `
behind as (
	insert into doorbell (job, ids)
	select 'correlate-again', array_agg(distinct alert_id) from input
	where ${condition} and place not in (select place from ${table})
	having count(*) > 0 returning id
)`;

/** What is written of an explanation, as columns of `supplier_alert` and of `placed` alike. */
export const WRITTEN = `supplier_id, alert_id, seq, explanation, code, category, device_id, hub_id, users, roles,
		effective_at, settles_at, table_version, body, due_at, priority, occurrences, throttled`;

/** Puts the explanation of `by` in the place of the one that stands (`s`): a new version that says something else. */
export const replacedBy = (by: string): string =>
	`version = s.version + 1, said_version = s.version + 1, ${[
		'seq',
		'explanation',
		'device_id',
		'hub_id',
		'category',
		'users',
		'roles',
		'effective_at',
		'settles_at',
		'table_version',
		'body',
		'due_at',
		'priority',
		'occurrences',
		'throttled',
		'contradicted'
	]
		.map((column) => `${column} = ${by}.${column}`)
		.join(', ')}`;

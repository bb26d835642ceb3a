// Names each column of an explanation in one place, and builds the SQL that all writers of explanations share.
import { insertDoorbell } from '#lib/server/jobs/doorbells.ts';
import { arrayText } from '#lib/server/postgres/array-text.ts';
import { columns, type Column, type Values } from '#lib/server/postgres/statement.ts';
import type { ExplanationRow } from './feed.ts';

const COLUMNS: Readonly<Record<string, Column<ExplanationRow>>> = {
	supplier_id: ['smallint', (row) => row.supplierId],
	alert_id: ['bigint', (row) => row.alertId],
	explanation: ['text', ({ body }) => body.explanation],
	code: ['text', ({ body }) => body.code],
	category: ['text', ({ body }) => body.category],
	device_id: ['text', ({ body }) => body.deviceId],
	hub_id: ['text', ({ body }) => body.hubId],
	users: ['text', ({ body }) => differentTexts(body.candidates.map((c) => c.userId))],
	roles: ['text', ({ body }) => differentTexts(body.candidates.map((c) => c.userRole))],
	tier: ['text', ({ body }) => body.candidates[0]?.tier ?? ''],
	own: ['boolean', ({ body }) => body.candidates.some((c) => c.own)],
	area: ['text', ({ body }) => body.area ?? ''],
	effective_at: ['timestamptz', ({ body }) => body.effectiveAt],
	settles_at: ['timestamptz', ({ body }) => body.settlesAt ?? null],
	table_version: ['text', (row) => row.tableVersion],
	due_at: ['timestamptz', (row) => isoOf(row.dueAt)],
	priority: ['smallint', ({ body }) => body.priority],
	occurrences: ['bigint', ({ body }) => body.occurrences],
	throttled: ['boolean', ({ body }) => body.throttled],
	keys: ['text', ({ keys }) => `{${keys.join(',')}}`]
};

/** The columns that are sent as text and have another type in the table, each with that type. */
const CASTS: Readonly<Record<string, string>> = { users: 'text[]', roles: 'text[]', keys: 'bigint[]' };

/** The columns of an explanation in `supplier_alert`, with its body and feed number, separated by commas. */
export const WRITTEN = [...Object.keys(COLUMNS), 'body', 'seq'].join(', ');

/**
 * Builds the rows to write as a relation, whose `sql` goes into a `with`. The relation has all columns of an
 * explanation, its `body`, and its `place` among the rows from 1. `more` adds columns.
 */
export function explanationInput<Row extends ExplanationRow>(more: Readonly<Record<string, Column<Row>>>) {
	const input = columns<Row>(
		{ ...COLUMNS, ...more },
		{ arrays: { body: splitBodies(':bodies') }, ordinality: 'place' }
	);
	const selected = [...Object.keys(COLUMNS), ...Object.keys(more)].map((name) =>
		CASTS[name] ? `${name}::${CASTS[name]} as ${name}` : name
	);
	return {
		sql: `select ${selected.join(', ')}, body::json as body, place from ${input.from}`,
		values: (rows: readonly Row[]): Values => ({ ...input.values(rows), bodies: joinBodies(rows) })
	};
}

/** SQL: replaces the stored explanation `s` with the explanation of relation `by`, as the next version of the Alert. */
export const replacedBy = (by: string): string =>
	[
		'version = s.version + 1, said_version = s.version + 1',
		...[...Object.keys(COLUMNS), 'body', 'seq', 'contradicted']
			.filter((name) => !['supplier_id', 'alert_id', 'code'].includes(name))
			.map((name) => `${name} = ${by}.${name}`)
	].join(', ');

/**
 * SQL: inserts a doorbell for the Alerts of `input` whose row is not in `written`. The doorbell has these Alerts
 * explained again.
 */
export const explainOthersAgain = (written: string, condition = 'true'): string =>
	insertDoorbell(
		'correlate-again',
		'alert_id',
		`input where ${condition} and place not in (select place from ${written})`
	);

/** Joins stored bodies into one text with a separator that no JSON text contains. So nothing has to be escaped. */
export const joinBodies = (rows: ReadonlyArray<Pick<ExplanationRow, 'storedBody'>>): string =>
	rows.map((row) => JSON.stringify(row.storedBody)).join('\x1e');

/**
 * SQL: splits the text of `joinBodies` into an array. PostgreSQL expects few elements in an array made from a text, so
 * it plans lookups by key.
 */
export const splitBodies = (parameter: string): string => `string_to_array(${parameter}, E'\\x1e')`;

/** Writes the different texts of a list as PostgreSQL writes an array. */
const differentTexts = (texts: readonly string[]): string =>
	arrayText(texts.length < 2 ? texts : [...new Set(texts)]);

/** Formats an instant (epoch ms) as RFC 3339; `null` stays `null`. */
export const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

/** The columns that a writer sends for the place of an Alert in an episode. */
export const EPISODE_COLUMNS: Readonly<Record<string, Column<ExplanationRow>>> = {
	episode_id: ['bigint', ({ episodeId }) => episodeId ?? null],
	episode_key: ['bigint', ({ episodeKey }) => episodeKey ?? null],
	doubts: ['text', ({ doubts = [] }) => `{${doubts.join(',')}}`]
};

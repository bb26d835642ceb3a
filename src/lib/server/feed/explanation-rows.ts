// The columns of an explanation, each named in one place, and the SQL that every writer of explanations shares.
import { insertDoorbell } from '#lib/server/jobs/doorbells.ts';
import { columns, type Column, type Values } from '#lib/server/postgres/statement.ts';
import type { AlertBody, ExplanationRow } from './feed.ts';

const COLUMNS: Readonly<Record<string, Column<ExplanationRow>>> = {
	supplier_id: ['smallint', (row) => row.supplierId],
	alert_id: ['bigint', (row) => row.alertId],
	explanation: ['text', ({ body }) => body.explanation],
	code: ['text', ({ body }) => body.code],
	category: ['text', ({ body }) => body.category],
	device_id: ['text', ({ body }) => body.deviceId],
	hub_id: ['text', ({ body }) => body.hubId],
	users: ['text', ({ body }) => arrayText(body.candidates.map((c) => c.userId))],
	roles: ['text', ({ body }) => arrayText(body.candidates.map((c) => c.userRole))],
	effective_at: ['timestamptz', ({ body }) => body.effectiveAt],
	settles_at: ['timestamptz', (row) => isoOf(row.settlesAt)],
	table_version: ['text', (row) => row.tableVersion],
	due_at: ['timestamptz', (row) => isoOf(row.dueAt)],
	priority: ['smallint', ({ body }) => body.priority],
	occurrences: ['bigint', ({ body }) => body.occurrences],
	throttled: ['boolean', ({ body }) => body.throttled]
};

/** Columns that are sent as text and are of another type in the table. */
const CASTS: Readonly<Record<string, string>> = { users: 'text[]', roles: 'text[]' };

/** The columns of an explanation in `supplier_alert`, with its feed number. */
export const WRITTEN = [...Object.keys(COLUMNS), 'body', 'seq'].join(', ');

/**
 * The rows to write as a relation: its `sql`, to be put into a `with`, has all columns of an explanation, its `body`, and its
 * `place` in the rows from 1. `more` adds columns.
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

/** SQL: puts the explanation of relation `by` in the place of the stored explanation `s`, as its next version. */
export const replacedBy = (by: string): string =>
	[
		'version = s.version + 1, said_version = s.version + 1',
		...[...Object.keys(COLUMNS), 'body', 'seq', 'contradicted']
			.filter((name) => !['supplier_id', 'alert_id', 'code'].includes(name))
			.map((name) => `${name} = ${by}.${name}`)
	].join(', ');

/** SQL: a doorbell that has the Alerts of `input` explained again whose row is not in `written`. */
export const explainOthersAgain = (written: string, condition = 'true'): string =>
	insertDoorbell(
		'correlate-again',
		'alert_id',
		`input where ${condition} and place not in (select place from ${written})`
	);

/** Bodies as one text: nothing in it has to be escaped, and no JSON text contains the separator. */
export const joinBodies = (rows: ReadonlyArray<{ body: AlertBody }>): string =>
	rows.map((row) => JSON.stringify(row.body)).join('\x1e');

/** SQL: the bodies of `joinBodies` as an array. PostgreSQL plans an array made of one text for few rows, and looks them up by key. */
export const splitBodies = (parameter: string): string => `string_to_array(${parameter}, E'\\x1e')`;

/** Different texts as PostgreSQL writes an array. */
export const arrayText = (texts: readonly string[]): string =>
	`{${[...new Set(texts)].map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;

/** RFC 3339 of an instant in epoch ms. */
export const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

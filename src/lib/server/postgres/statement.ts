// Builds statements whose parameters have names: `:name` in the text, `{ name: value }` in the call.
import type pg from 'pg';
import { arrayText } from './array-text.ts';

/** The values of a statement's parameters, by the names in its text. */
export type Values = Readonly<Record<string, unknown>>;

/** Matches `:name`, but not the cast `::type`. */
const NAME = /(?<![:\w]):([a-z]\w*)/gi;

/**
 * Numbers the named parameters of a text. Returns the text with `$1`, `$2`, ... and the names in the order of their
 * numbers.
 */
function number(text: string): { text: string; names: string[] } {
	const names: string[] = [];
	const numbered = text.replace(NAME, (_, name: string) => {
		if (!names.includes(name)) names.push(name);
		return `$${names.indexOf(name) + 1}`;
	});
	return { text: numbered, names };
}

function valuesOf(names: readonly string[], values: Values, text: string): unknown[] {
	return names.map((name) => {
		const value = values[name];
		if (value === undefined)
			throw new Error(`the statement has no value for :${name}: ${text.trim().slice(0, 80)}`);
		return Array.isArray(value) ? arrayText(value) : value;
	});
}

/**
 * Builds a prepared statement. Each session plans the statement once, under `name`, because planning takes longer than
 * the work itself when a table has many partitions. The call throws if a value is missing; `null` is a value.
 */
export function statement<V extends Values = Values>(
	name: string,
	text: string
): (values: V) => pg.QueryConfig {
	const { text: numbered, names } = number(text);
	return (values) => ({ name, text: numbered, values: valuesOf(names, values, text) });
}

/**
 * Builds a statement that PostgreSQL plans at each call, by the statistics of that moment. Use such a statement if it
 * is rare, or if its best plan depends on its values.
 */
export function query<V extends Values = Values>(text: string): (values: V) => pg.QueryConfig {
	const { text: numbered, names } = number(text);
	return (values) => ({ text: numbered, values: valuesOf(names, values, text) });
}

/**
 * A column of rows that are sent to PostgreSQL: its PostgreSQL type, and a function that returns its value for a row.
 */
export type Column<Row> = readonly [type: string, value: (row: Row, place: number) => unknown];

/**
 * Sends rows to PostgreSQL as one array for each column. `from`: the SQL of the relation, to be written after the
 * keyword `from`. `values`: returns the arrays. `arrays` adds columns that are SQL expressions of an array.
 * `ordinality` adds a column of that name with the place of each row, from 1.
 */
export function columns<Row>(
	spec: Readonly<Record<string, Column<Row>>>,
	{ arrays = {}, ordinality = '' }: { arrays?: Readonly<Record<string, string>>; ordinality?: string } = {}
) {
	const names = Object.keys(spec);
	const sources = [...names.map((name) => `:${name}::${spec[name]![0]}[]`), ...Object.values(arrays)];
	const all = [...names, ...Object.keys(arrays), ...(ordinality ? [ordinality] : [])];
	return {
		spec,
		/** The names of the columns that have values in each row, separated by commas. */
		names: names.join(', '),
		from: `unnest(${sources.join(', ')})${ordinality ? ' with ordinality' : ''} as t(${all.join(', ')})`,
		values: (rows: readonly Row[]): Record<string, unknown[]> =>
			Object.fromEntries(names.map((name) => [name, rows.map(spec[name]![1])]))
	};
}

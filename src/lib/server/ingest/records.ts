// The bodies of ingest calls: one record, an array, NDJSON or CSV, each record checked on its own, so that one bad
// record never costs the good ones. What the schema does not name is dropped here and counted.
import { parse as parseCsv } from 'csv-parse/sync';
import type { z } from 'zod';
import { Problem, fieldErrors, type FieldError } from '#lib/server/http/problem.ts';

export const MOST_RECORDS = 5000;

export interface Rejected {
	index: number;
	error: string;
	errors: FieldError[];
}

export interface ReadRecords<T> {
	/** Good records with their index in the call. */
	good: Array<{ index: number; record: T }>;
	rejected: Rejected[];
	/** How many fields that nobody names were left behind. */
	dropped: number;
	/** Whether the call held one record that was no array. */
	single: boolean;
}

interface Raw {
	values: Array<{ value: unknown } | { broken: string }>;
	single: boolean;
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Reads the records of a body. Throws a 4xx problem where the body as a whole cannot be read. */
export function readRecords<T>(
	body: Buffer,
	type: string,
	schema: z.ZodType<T>,
	known: ReadonlySet<string>,
	csv: boolean
): ReadRecords<T> {
	let text: string;
	try {
		text = DECODER.decode(body);
	} catch {
		throw new Problem(400, 'The body is not UTF-8');
	}
	const { values, single } = readRaw(text, type, csv);
	if (values.length > MOST_RECORDS)
		throw new Problem(413, `A call takes ${MOST_RECORDS} records at most; this one has ${values.length}`);
	const result: ReadRecords<T> = { good: [], rejected: [], dropped: 0, single };
	values.forEach((raw, index) => {
		if ('broken' in raw) {
			result.rejected.push({ index, error: raw.broken, errors: [{ path: '', message: raw.broken }] });
			return;
		}
		const read = schema.safeParse(raw.value);
		if (read.success) {
			result.good.push({ index, record: read.data });
			for (const name in raw.value as object) if (!known.has(name)) result.dropped++;
		} else {
			const errors = fieldErrors(read.error);
			result.rejected.push({
				index,
				error: errors.map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join('; '),
				errors
			});
		}
	});
	return result;
}

function readRaw(text: string, type: string, csv: boolean): Raw {
	if (type === 'application/json') {
		const value = json(text);
		if ('broken' in value) throw new Problem(400, value.broken);
		return Array.isArray(value.value)
			? { values: value.value.map((v: unknown) => ({ value: v })), single: false }
			: { values: [value], single: true };
	}
	if (type === 'application/x-ndjson' || type === 'application/ndjson') {
		const lines = text.split('\n').filter((line) => line.trim() !== '');
		return { values: lines.map(json), single: false };
	}
	if (csv && type === 'text/csv') {
		try {
			const rows = parseCsv(text, {
				columns: true,
				skip_empty_lines: true,
				trim: true,
				bom: true,
				relax_column_count: false
			}) as Array<Record<string, string>>;
			return {
				values: rows.map((row) => ({
					value: Object.fromEntries(Object.entries(row).filter(([, v]) => v !== ''))
				})),
				single: false
			};
		} catch (error) {
			throw new Problem(400, `The CSV cannot be read: ${(error as Error).message}`);
		}
	}
	const takes = ['application/json', 'application/x-ndjson', ...(csv ? ['text/csv'] : [])].join(', ');
	throw new Problem(415, `Content-Type ${type || '(none)'} is not taken here; send one of ${takes}`);
}

function json(text: string): { value: unknown } | { broken: string } {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch (error) {
		// The parser quotes the input in its message; only the position may leave.
		const position = /position (\d+)/.exec((error as Error).message)?.[1];
		return { broken: position ? `not JSON: the fault is at character ${position}` : 'not JSON' };
	}
}

// Reads the records in the body of an ingest call: one record, an array, NDJSON or CSV. Each record is checked
// separately, so that a bad record does not reject the good records. Fields that the schema does not name are dropped
// and counted.
import { parse as parseCsv } from 'csv-parse/sync';
import type { z } from 'zod';
import { fieldErrors, type FieldError } from '#lib/domain/field-errors.ts';
import { wrongContent } from '#lib/server/http/content.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { NOT_STORABLE, isStorable } from '#lib/server/http/storable.ts';

export const MAX_RECORDS_PER_CALL = 5000;

export interface Rejected {
	/** The place of the refused record in the call, from 0. */
	index: number;
	error: string;
	errors: FieldError[];
}

export interface ReadRecords<T> {
	/** The valid records with their place in the call, from 0. */
	valid: Array<{ index: number; record: T }>;
	rejected: Rejected[];
	/** The number of fields that were dropped because the schema does not name them. */
	droppedFields: number;
	/** Whether the body is a single record and not a list. */
	isSingle: boolean;
}

/** The records before their check against a schema. `broken`: the reason why a record is not valid JSON. */
interface RawRecords {
	values: Array<{ value: unknown } | { broken: string }>;
	isSingle: boolean;
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the records of a body. `knownFields`: the names of the fields in the schema. Throws a 4xx problem if the body
 * as a whole cannot be read.
 */
export function readRecords<T>(
	body: Buffer,
	type: string,
	schema: z.ZodType<T>,
	knownFields: ReadonlySet<string>,
	allowCsv: boolean
): ReadRecords<T> {
	let text: string;
	try {
		text = DECODER.decode(body);
	} catch {
		throw new Problem(400, 'The body is not UTF-8; encode it as UTF-8 and send it again');
	}
	const { values, isSingle } = readRaw(text, type, allowCsv);
	// A text that is not storable arrives as a NUL in CSV, or as an escape in JSON. Most calls have neither.
	const maybeNotStorable = text.includes('\0') || text.includes('\\u');
	if (values.length > MAX_RECORDS_PER_CALL)
		throw new Problem(
			413,
			`The call has ${values.length} records; split it into calls of at most ${MAX_RECORDS_PER_CALL}`
		);
	const result: ReadRecords<T> = { valid: [], rejected: [], droppedFields: 0, isSingle };
	values.forEach((raw, index) => {
		if ('broken' in raw) {
			result.rejected.push({ index, error: raw.broken, errors: [{ path: '', message: raw.broken }] });
			return;
		}
		const read = schema.safeParse(raw.value);
		if (read.success && maybeNotStorable && !isStorable(read.data)) {
			result.rejected.push({ index, error: NOT_STORABLE, errors: [{ path: '', message: NOT_STORABLE }] });
		} else if (read.success) {
			result.valid.push({ index, record: read.data });
			for (const name in raw.value as object) if (!knownFields.has(name)) result.droppedFields++;
		} else {
			const errors = fieldErrors(read.error, raw.value);
			result.rejected.push({
				index,
				error: errors.map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join('; '),
				errors
			});
		}
	});
	return result;
}

function readRaw(text: string, type: string, allowCsv: boolean): RawRecords {
	if (type === 'application/json') {
		const value = json(text);
		if ('broken' in value) throw new Problem(400, wrongContent(text, type) ?? value.broken);
		return Array.isArray(value.value)
			? { values: value.value.map((v: unknown) => ({ value: v })), isSingle: false }
			: { values: [value], isSingle: true };
	}
	const wrong = wrongContent(text, type);
	if (wrong) throw new Problem(400, wrong);
	if (type === 'application/x-ndjson' || type === 'application/ndjson') {
		const lines = text.split('\n').filter((line) => line.trim() !== '');
		return { values: lines.map(json), isSingle: false };
	}
	if (allowCsv && type === 'text/csv') {
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
				isSingle: false
			};
		} catch (error) {
			throw new Problem(400, `The CSV cannot be read: ${(error as Error).message}`);
		}
	}
	const accepted = ['application/json', 'application/x-ndjson', ...(allowCsv ? ['text/csv'] : [])].join(', ');
	throw new Problem(415, `Content-Type ${type || '(none)'} is not accepted here; send one of ${accepted}`);
}

function json(text: string): { value: unknown } | { broken: string } {
	try {
		return { value: JSON.parse(text) as unknown };
	} catch (error) {
		// The error message of the JSON parser quotes the input, which may be payload. So the sender gets only the
		// position of the error.
		const position = /position (\d+)/.exec((error as Error).message)?.[1];
		return { broken: position ? `not valid JSON: the error is at character ${position}` : 'not valid JSON' };
	}
}

// Reads the records in the body of an ingest call: one record, an array or NDJSON, or the rows of a CSV. Each record is
// checked separately, so that a bad record does not reject the good records. Fields that the schema does not name are
// dropped and counted.
import type { z } from 'zod';
import { fieldErrors, type FieldError } from '#lib/domain/field-errors.ts';
import { wrongContent } from '#lib/server/http/content.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { NOT_STORABLE, isStorable } from '#lib/server/http/storable.ts';
import { DroppedFields, type FieldTree } from './dropped-fields.ts';

export const MAX_RECORDS_PER_CALL = 5000;

export interface Rejected {
	/** The place of the refused record in the call, from 0. */
	index: number;
	error: string;
	errors: FieldError[];
}

export interface ReadRecords<T> {
	/** The valid records with their place in the call, from 0, and their lines if the call is a CSV. */
	valid: Array<{ index: number; record: T; lines?: readonly number[] }>;
	rejected: Rejected[];
	/** The fields of the valid records that were dropped because the schema does not name them. */
	dropped: DroppedFields;
	/** Whether the body is a single record and not a list. */
	isSingle: boolean;
}

/** A record before its check against a schema. `broken`: the reason why the record cannot be read. */
export type RawRecord =
	| { broken: string }
	| {
			value: unknown;
			/** The lines of the record in a CSV. */
			lines?: readonly number[];
			/** Names the line and the column of a field in a CSV. */
			locate?: (path: string) => string;
			/** The names of dropped columns in which the record has a value. */
			dropped?: readonly string[];
	  };

interface RawRecords {
	values: readonly RawRecord[];
	isSingle: boolean;
	/** Whether a text of a record may have a character that PostgreSQL cannot store. */
	maybeNotStorable?: boolean;
}

/** The schema of the records of a call. `fields`: the fields that the schema names. */
export interface RecordSchema<T> {
	schema: z.ZodType<T>;
	fields: FieldTree | null;
}

const DECODER = new TextDecoder('utf-8', { fatal: true });

/** Reads the records of a JSON or NDJSON body. Throws a 4xx problem if the body as a whole cannot be read. */
export function readRecords<T>(body: Buffer, type: string, schema: RecordSchema<T>): ReadRecords<T> {
	let text: string;
	try {
		text = DECODER.decode(body);
	} catch {
		throw new Problem(400, 'The body is not UTF-8; encode it as UTF-8 and send it again');
	}
	// A text that is not storable arrives as an escape in JSON, or as a NUL. Most calls have neither.
	const maybeNotStorable = text.includes('\0') || text.includes('\\u');
	return checkRecords({ ...readRaw(text, type), maybeNotStorable }, schema);
}

/** Checks each record against the schema. Throws a 413 problem if there are too many records. */
export function checkRecords<T>(
	{ values, isSingle, maybeNotStorable = false }: RawRecords,
	{ schema, fields }: RecordSchema<T>
): ReadRecords<T> {
	if (values.length > MAX_RECORDS_PER_CALL)
		throw new Problem(
			413,
			`The call has ${values.length} records; split it into calls of at most ${MAX_RECORDS_PER_CALL}`
		);
	const result: ReadRecords<T> = {
		valid: [],
		rejected: [],
		dropped: new DroppedFields(),
		isSingle
	};
	values.forEach((raw, index) => {
		if ('broken' in raw) {
			result.rejected.push({ index, error: raw.broken, errors: [{ path: '', message: raw.broken }] });
			return;
		}
		const read = schema.safeParse(raw.value);
		if (read.success && maybeNotStorable && !isStorable(read.data)) {
			result.rejected.push({ index, error: NOT_STORABLE, errors: [{ path: '', message: NOT_STORABLE }] });
		} else if (read.success) {
			result.valid.push({ index, record: read.data, ...(raw.lines && { lines: raw.lines }) });
			result.dropped.addUnknown(raw.value, fields);
			for (const name of raw.dropped ?? []) result.dropped.add(name);
		} else {
			const errors = fieldErrors(read.error, raw.value);
			const where = raw.locate ?? ((path: string) => path);
			const located = errors.map(({ path, message }) => {
				const place = where(path);
				return place === '' ? message : `${place}: ${message}`;
			});
			result.rejected.push({
				index,
				error: located.join('; '),
				errors: raw.locate ? errors.map(({ path }, i) => ({ path, message: located[i]! })) : errors
			});
		}
	});
	return result;
}

function readRaw(text: string, type: string): RawRecords {
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
		const values = lines.map(json);
		const [first] = values;
		if (values.length === 1 && 'broken' in first! && /\}\s*\{/.test(lines[0]!))
			throw new Problem(
				400,
				'The NDJSON has no line ends between its records; curl keeps them with --data-binary'
			);
		return { values, isSingle: false };
	}
	throw new Problem(
		415,
		`Content-Type ${type || '(none)'} is not accepted here; send one of application/json, application/x-ndjson`
	);
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

// Divides a file into API calls. The content of the file decides the kind of its records.
import { parse as parseCsv } from 'csv-parse/sync';
import { BEGINNING, readLines, type Line, type Place } from './lines.ts';

/** The API accepts at most 5,000 records in a call, and 8 MiB. */
const RECORDS_PER_CALL = 5000;
const CHARACTERS_PER_CALL = 2 * 1024 * 1024;
/** A JSON file is read as a whole. A larger one must become NDJSON. */
const LARGEST_JSON_CHARACTERS = 256 * 1024 * 1024;
/** So many lines are looked at before a file counts as one JSON text of several lines. */
const LINES_TO_LOOK_AT = 20;

export type Kind = 'devices' | 'service-requests' | 'duis' | 'alerts';
export type Form = 'ndjson' | 'json' | 'csv' | 'xml';

/** What the content of a file is. */
export interface Content {
	kind: Kind;
	form: Form;
	/** The lines above the first record, with their line ends: the header row of a CSV, and its `sep=` line. */
	head: string;
	/** The place of the first record. */
	start: Place;
}

/** One API call. */
export interface Call {
	path: string;
	type: string;
	/** The lines above the records. */
	head: string;
	/** The text of each record. */
	records: string[];
	/** The number of the first line of each record in the file, or of the record in a JSON text. */
	lines: number[];
	/** The place after the last record. */
	end: Place;
}

const TYPES: Readonly<Record<Form, string>> = {
	ndjson: 'application/x-ndjson',
	json: 'application/x-ndjson',
	csv: 'text/csv',
	xml: 'application/xml'
};

/**
 * Finds out what a file holds by its first lines. Returns `null` if the file is empty. Also returns the lines that were
 * read, because standard input cannot be read again.
 */
export async function lookAt(
	file: string
): Promise<{ content: Content; first: Line[]; rest: AsyncGenerator<Line[]> } | null> {
	const rest = readLines(file, BEGINNING);
	const first: Line[] = [];
	while (first.filter(({ text }) => text.trim()).length < LINES_TO_LOOK_AT) {
		const { value, done } = await rest.next();
		if (done) break;
		for (const line of value) first.push(line);
	}
	const content = contentOf(first);
	return content && { content, first, rest };
}

function contentOf(first: readonly Line[]): Content | null {
	const filled = first.filter(({ text }) => text.trim());
	const [top] = filled;
	if (!top) return null;
	const text = top.text.trimStart();
	const at = { head: '', start: BEGINNING };
	if (text.startsWith('<')) return { kind: 'duis', form: 'xml', ...at };
	if (text.startsWith('{') || text.startsWith('[')) {
		const record = filled
			.slice(0, LINES_TO_LOOK_AT)
			.map((line) => line.text.startsWith('{') && parsed(line.text))
			.find((value) => value);
		if (record) return { kind: kindOf(record), form: 'ndjson', ...at };
		return { kind: kindIn(filled.map((line) => line.text).join('\n')), form: 'json', ...at };
	}
	const headLines = first.slice(0, first.indexOf(top) + 1);
	if (/^sep=/i.test(text)) {
		const header = filled[1];
		if (!header) return null;
		headLines.push(...first.slice(headLines.length, first.indexOf(header) + 1));
	}
	const last = headLines.at(-1)!;
	return {
		kind: /request[\s_-]*id/i.test(last.text) ? 'service-requests' : 'devices',
		form: 'csv',
		head: headLines.map((line) => `${line.text}\n`).join(''),
		start: { offset: last.end, line: last.number + 1 }
	};
}

/** Parses one JSON object; `null`: the text is no JSON object. */
function parsed(text: string): object | null {
	try {
		const value = JSON.parse(text) as unknown;
		return typeof value === 'object' ? value : null;
	} catch {
		return null;
	}
}

/** Guesses the kind of the records in a JSON text by the first lines of the text. */
const kindIn = (text: string): Kind =>
	/"deviceType"\s*:/.test(text)
		? 'devices'
		: /"serviceReferenceVariant"\s*:/.test(text)
			? 'service-requests'
			: 'alerts';

const kindOf = (record: object): Kind =>
	'requestId' in record ? 'service-requests' : 'deviceType' in record ? 'devices' : 'alerts';

/**
 * Divides the records of a file into calls, in their order. `lines`: the lines of the file from `content.start` or
 * from a later place on. `from`: skips the records before this line.
 */
export async function* callsOf(
	content: Content,
	lines: AsyncIterable<Line[]>,
	from: number
): AsyncGenerator<Call> {
	if (content.form === 'xml' || content.form === 'json') return yield* callsOfText(content, lines, from);
	const allRecords = content.form === 'csv' ? csvRows(lines) : lines;
	const devices = deviceRows(content);
	let batch: Line[] = [];
	let size = 0;
	for await (const records of allRecords)
		for (const record of records) {
			if (record.number < from || !record.text.trim()) continue;
			const isFull = batch.length >= RECORDS_PER_CALL || size + record.text.length > CHARACTERS_PER_CALL;
			if (isFull && batch.length > 0) {
				const sent = batch.slice(0, batch.length - (devices?.held(batch, record) ?? 0));
				devices?.note(sent);
				yield callOf(content, sent);
				batch = batch.slice(sent.length);
				size = batch.reduce((sum, { text }) => sum + text.length, 0);
			}
			batch.push(record);
			size += record.text.length;
		}
	if (batch.length === 0) return;
	devices?.note(batch);
	yield callOf(content, batch);
}

function callOf({ kind, form, head }: Content, records: readonly Line[]): Call {
	const { number, end, text } = records.at(-1)!;
	return {
		path: `/${kind}`,
		type: TYPES[form],
		head,
		records: records.map((record) => record.text),
		lines: records.map((record) => record.number),
		end: { offset: end, line: number + text.split('\n').length }
	};
}

/** Joins the lines of a CSV row that has line ends between quotes. */
async function* csvRows(lines: AsyncIterable<Line[]>): AsyncGenerator<Line[]> {
	let open: Line | null = null;
	for await (const some of lines) {
		const rows: Line[] = [];
		for (const line of some) {
			const row: Line = open ? { ...open, text: `${open.text}\n${line.text}`, end: line.end } : line;
			open = (row.text.split('"').length - 1) % 2 === 1 ? row : null;
			if (!open) rows.push(row);
		}
		yield rows;
	}
	if (open) yield [open];
}

/**
 * Keeps the rows of one Device of a CSV inventory in one call, because the API joins the rows of a Device in a call.
 * `null`: the file is no CSV inventory.
 */
function deviceRows({ kind, form, head }: Content) {
	if (kind !== 'devices' || form !== 'csv') return null;
	const header = head.trimEnd().split('\n').at(-1)!;
	const separator = /^sep=(.)/i.exec(head)?.[1];
	const delimiter = separator ?? [';', '\t'].find((mark) => header.includes(mark)) ?? ',';
	const cellsOf = (text: string): string[][] =>
		parseCsv(text, { delimiter, relax_column_count: true, relax_quotes: true });
	const column = (cellsOf(header)[0] ?? []).findIndex((name) => /^device[\s_-]*id$/i.test(name.trim()));
	if (column < 0) return null;
	const idsOf = (rows: readonly Line[]): string[] =>
		cellsOf(rows.map(({ text }) => text).join('\n')).map((cells) =>
			(cells[column] ?? '').replace(/[^0-9a-f]/gi, '').toUpperCase()
		);
	const sent = new Set<string>();

	return {
		/** Returns how many rows at the end of `rows` wait for the next call, because `next` has the same Device. */
		held(rows: readonly Line[], next: Line): number {
			const ids = idsOf([...rows, next]);
			const id = ids.pop();
			const held = ids.length - 1 - ids.findLastIndex((other) => other !== id);
			return held === rows.length ? 0 : held;
		},

		/** Remembers the Devices of a call. Throws if a Device was in an earlier call too. */
		note(rows: readonly Line[]): void {
			const ids = idsOf(rows);
			const again = ids.findIndex((id) => sent.has(id));
			if (again >= 0)
				throw new Error(
					`line ${rows[again]?.number}: rows of this Device stand further up too. In a large file the rows of one Device must stand together; sort the file by deviceId`
				);
			for (const id of ids) sent.add(id);
		}
	};
}

/** Makes the calls of a file that is one text: a DUIS message, a JSON array or a JSON object. */
async function* callsOfText(
	content: Content,
	lines: AsyncIterable<Line[]>,
	from: number
): AsyncGenerator<Call> {
	const texts: string[] = [];
	let size = 0;
	let end: Place = BEGINNING;
	for await (const some of lines)
		for (const line of some) {
			texts.push(line.text);
			size += line.text.length + 1;
			if (size > LARGEST_JSON_CHARACTERS)
				throw new Error('the file is too large for one JSON text; write one record on each line (NDJSON)');
			end = { offset: line.end, line: line.number + 1 };
		}
	const text = texts.join('\n');
	if (content.form === 'xml')
		return yield { path: '/duis', type: TYPES.xml, head: '', records: [text], lines: [1], end };
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch (error) {
		// The message of the JSON parser quotes the input, which may be payload.
		const place = /line (\d+) column (\d+)/.exec((error as Error).message);
		throw new Error(
			`the file is not valid JSON${place ? `: the error is in line ${place[1]}, column ${place[2]}` : ''}`,
			{ cause: error }
		);
	}
	const all = Array.isArray(value) ? (value as unknown[]) : [value];
	const kind = kindOf(Object(all[0]) as object);
	for (let i = from - 1; i < all.length; i += RECORDS_PER_CALL) {
		const records = all.slice(i, i + RECORDS_PER_CALL).map((record) => JSON.stringify(record));
		const numbers = records.map((_, n) => i + n + 1);
		yield { path: `/${kind}`, type: TYPES.json, head: '', records, lines: numbers, end };
	}
}

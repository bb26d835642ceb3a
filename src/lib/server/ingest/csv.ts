// Reads a CSV with a header line into rows with their line numbers. Separators, quotes, line breaks and the spelling of
// the header may differ between spreadsheets. No error quotes a value; the name of a column is quoted only if it looks
// like a name.
import { parse, type CsvErrorCode } from 'csv-parse/sync';
import { wrongContent } from '#lib/server/http/content.ts';
import { nearest, plainName } from '#lib/server/http/nearest.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { decodeCsv } from './csv-text.ts';

/** The columns that a CSV may have. */
export interface CsvColumns {
	known: readonly string[];
	required: readonly string[];
	/**
	 * What happens to an unknown column. `drop`: its values are dropped and counted, unless its name is probably a
	 * misspelt name of a known column that the header lacks. Such a column is always refused.
	 */
	unknown: 'refuse' | 'drop';
}

export interface CsvRow {
	/** The line on which the row begins, from 1. */
	line: number;
	/** The values by the known names of their columns. Empty values are left out. */
	values: Record<string, string>;
	/** The names of the dropped columns in which this row has a value. */
	dropped: string[];
	/** Why the row cannot be read; `null`: it can be read. */
	fault: string | null;
}

/** A column of the header: a known name, or the name of a dropped column. */
type HeaderColumn = { known: string } | { dropped: string };

/** Reads a CSV. Throws a 400 problem if the whole CSV cannot be read, or if its header names an unknown column. */
export function readCsv(body: Buffer, columns: CsvColumns): CsvRow[] {
	const text = decodeCsv(body);
	const wrong = wrongContent(text, 'text/csv');
	if (wrong) throw new Problem(400, wrong);
	const [header, ...lines] = split(text);
	if (!header)
		throw new Problem(400, `The CSV is empty; its first line must name the columns. ${listOf(columns)}`);
	const names = readHeader(header, columns);
	return lines.map((line) => readRow(line, names));
}

interface Line {
	line: number;
	values: string[];
}

function split(text: string): Line[] {
	// Excel reads, and some programs write, a first line that names the separator.
	const declared = /^"?sep=([,;\t|])"?\n/i.exec(text);
	const content = declared ? text.slice(declared[0].length) : text;
	const firstLine = declared ? 2 : 1;
	try {
		const records = parse(content, {
			delimiter: declared?.[1] ?? separatorOf(content),
			info: true,
			record_delimiter: '\n',
			relax_column_count: true,
			skip_empty_lines: true,
			skip_records_with_empty_values: true
		}) as unknown as Array<{ record: string[]; info: { lines: number } }>;
		return records.map(({ record, info }) => ({
			line: info.lines - 1 + firstLine - lineBreaksIn(record),
			values: record.map((value) => value.trim())
		}));
	} catch (error) {
		const { code, lines } = error as { code?: CsvErrorCode; lines?: number };
		const reason = (code && UNREADABLE[code]) ?? 'cannot be read as CSV';
		throw new Problem(
			400,
			lines === undefined ? `The CSV ${reason}` : `line ${lines - 1 + firstLine}: ${reason}`
		);
	}
}

/** The errors of the parser in words. Its own messages quote the input. */
const UNREADABLE: Partial<Record<CsvErrorCode, string>> = {
	CSV_QUOTE_NOT_CLOSED: 'a quoted value begins and does not end; add the closing quote',
	CSV_INVALID_CLOSING_QUOTE:
		'a quoted value must be followed by a separator; write a quote inside a quoted value twice',
	INVALID_OPENING_QUOTE:
		'a value has a quote inside; put the whole value into quotes, and write the quote inside it twice'
};

const lineBreaksIn = (values: readonly string[]): number =>
	values.reduce((count, value) => count + value.split('\n').length - 1, 0);

/** Returns the separator that occurs most often in the header line, outside of quotes. */
function separatorOf(text: string): string {
	const header = (/^\s*([^\n]*)/.exec(text)?.[1] ?? '').replace(/"[^"]*"/g, '');
	const count = (separator: string) => header.split(separator).length;
	return [',', ';', '\t'].reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

function readHeader({ line, values }: Line, columns: CsvColumns): HeaderColumn[] {
	const refuse = (reason: string) => new Problem(400, `line ${line}: ${reason}. ${listOf(columns)}`);
	const named = values.slice(0, values.findLastIndex((value) => value !== '') + 1);
	const knownNames = named.map((name) => columns.known.find((known) => plainName(known) === plainName(name)));
	const absent = columns.known.filter((name) => !knownNames.includes(name));
	const header = named.map((name, i): HeaderColumn => {
		const known = knownNames[i];
		if (known !== undefined) {
			if (knownNames.indexOf(known) !== i) throw refuse(`the column '${known}' occurs twice`);
			return { known };
		}
		const shown = nameOf(name, i);
		if (name === '') throw refuse(`${shown} has no name`);
		const misspelt = nearest(name, absent);
		if (misspelt) throw refuse(`${shown} is not known; the nearest is '${misspelt}'`);
		if (columns.unknown === 'refuse') throw refuse(`${shown} is not known`);
		return { dropped: name };
	});
	const missing = columns.required.filter((name) => absent.includes(name));
	if (missing.length > 0)
		throw refuse(`the column ${missing.map((name) => `'${name}'`).join(' and ')} is missing`);
	return header;
}

/** Names a column for an error. A text that does not look like a name may be a value, and is not quoted. */
const nameOf = (name: string, place: number): string =>
	/^[A-Za-z][A-Za-z _-]*[0-9]?$/.test(name) && name.length <= 40 ? `column '${name}'` : `column ${place + 1}`;

const listOf = ({ known, unknown }: CsvColumns): string =>
	`Known columns: ${known.join(', ')}.${unknown === 'drop' ? ' Rename the column or leave it out.' : ''}`;

function readRow({ line, values }: Line, header: readonly HeaderColumn[]): CsvRow {
	const row: CsvRow = { line, values: {}, dropped: [], fault: null };
	for (const [i, column] of header.entries()) {
		const value = values[i];
		if (!value) continue;
		if ('known' in column) row.values[column.known] = value;
		else row.dropped.push(column.dropped);
	}
	const count = values.findLastIndex((value) => value !== '') + 1;
	if (count > header.length)
		row.fault = `has ${count} values, but the header has ${header.length} columns; put a value with a separator inside into quotes`;
	else if (values.length < header.length)
		row.fault = `has ${values.length} values, but the header has ${header.length} columns; write the separator for an empty value too`;
	return row;
}

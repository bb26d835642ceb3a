// Reads the lines of a file or of standard input, a chunk at a time, so that the size of the input does not matter.
import { createReadStream } from 'node:fs';

const MEBIBYTE = 1024 * 1024;
const LONGEST_LINE_BYTES = 8 * MEBIBYTE;

/** A place between two lines: the number of bytes before it, and the number of the next line, from 1. */
export interface Place {
	offset: number;
	line: number;
}

export interface Line {
	text: string;
	/** The number of the line, from 1. */
	number: number;
	/** The number of bytes up to the end of the line. */
	end: number;
}

export const BEGINNING: Place = { offset: 0, line: 1 };

/** Opens a file at a place; `-` is the standard input, which is read from its beginning. */
const open = (file: string, from: Place): AsyncIterable<Buffer> =>
	file === '-' ? process.stdin : createReadStream(file, { start: from.offset, highWaterMark: MEBIBYTE });

/** Reads the lines from a place on, many at a time. Throws if a line is too long to be a record. */
export async function* readLines(file: string, from: Place): AsyncGenerator<Line[]> {
	let { offset, line } = from;
	let rest: Buffer = Buffer.alloc(0);
	const take = (bytes: Buffer, length: number): Line => {
		offset += length;
		const text = bytes.toString('utf8').replace(/\r$/, '');
		return { text: offset === length ? text.replace(/^\uFEFF/, '') : text, number: line++, end: offset };
	};
	for await (const chunk of open(file, from)) {
		const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
		const lines: Line[] = [];
		let start = 0;
		for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
			lines.push(take(bytes.subarray(start, at), at + 1 - start));
			start = at + 1;
		}
		rest = bytes.subarray(start);
		if (rest.length > LONGEST_LINE_BYTES)
			throw new Error(`line ${line} is longer than ${LONGEST_LINE_BYTES / MEBIBYTE} MiB; it is no record`);
		if (lines.length > 0) yield lines;
	}
	if (rest.length > 0) yield [take(rest, rest.length)];
}

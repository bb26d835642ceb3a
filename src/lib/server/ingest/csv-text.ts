// Decodes the bytes of a CSV file as spreadsheets write it: UTF-8, or UTF-16 with a byte order mark.
import { Problem } from '#lib/server/http/problem.ts';

const ADVICE = 'in Excel, save the file as "CSV UTF-8" or as "Unicode Text", and send it again';

/** Returns the text with one kind of line break. Throws a 400 problem if the encoding is not accepted. */
export function decodeCsv(body: Buffer): string {
	let text: string;
	try {
		text = new TextDecoder(encodingOf(body), { fatal: true }).decode(body);
	} catch {
		throw new Problem(
			400,
			`The CSV is neither UTF-8 nor UTF-16 with a byte order mark; perhaps it is windows-1252. Send UTF-8: ${ADVICE}`
		);
	}
	if (text.includes('\0'))
		throw new Problem(
			400,
			`The CSV has zero bytes, as UTF-16 without a byte order mark has. Send UTF-8: ${ADVICE}`
		);
	return text.replace(/\r\n?/g, '\n');
}

/** Returns the encoding that the byte order mark names; without a mark, UTF-8. */
function encodingOf(body: Buffer): string {
	if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
	return body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : 'utf-8';
}

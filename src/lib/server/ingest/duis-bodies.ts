// Divides the body of a DUIS call into its messages: one XML message, NDJSON of texts, or a zip archive of .xml files.
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { XML_LIMITS } from '#lib/server/duis/xml.ts';
import { wrongContent } from '#lib/server/http/content.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { MAX_RECORDS_PER_CALL } from './records.ts';

/** A message of a call. `broken`: the reason why the message cannot be read. */
export type DuisPart = { xml: Uint8Array } | { broken: string };

/** The greatest size of a call with several messages. For a zip archive, all messages together after decompression. */
export const DUIS_BATCH_BYTES = 8 * 1024 * 1024;

/** Returns the messages of a body that may hold several. Throws a 4xx problem if the body as a whole cannot be read. */
export const readDuisParts = async (body: Buffer, type: string): Promise<DuisPart[]> =>
	type === 'application/zip' ? unzip(body) : readLines(body, type);

function readLines(body: Buffer, type: string): DuisPart[] {
	const text = body.toString('utf8');
	const wrong = wrongContent(text, type);
	if (wrong) throw new Problem(400, wrong);
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	refuseMany(lines.length);
	return lines.map((line) => {
		try {
			const xml: unknown = JSON.parse(line);
			if (typeof xml === 'string') return { xml: Buffer.from(xml) };
		} catch {
			// The refusal below says what the line must be.
		}
		return { broken: 'the line must be a JSON string that holds one XML message' };
	});
}

async function unzip(body: Buffer): Promise<DuisPart[]> {
	try {
		const archive = await fromBufferPromise(body, { lazyEntries: true });
		refuseMany(archive.entryCount);
		const parts: DuisPart[] = [];
		let bytes = 0;
		for await (const entry of archive.eachEntry()) {
			if (entry.fileName.endsWith('/')) continue;
			const broken = refusalOf(entry);
			if (!broken && (bytes += entry.uncompressedSize) > DUIS_BATCH_BYTES)
				throw new Problem(
					413,
					`The messages of the archive are larger than ${DUIS_BATCH_BYTES} bytes together; split it into several`
				);
			parts.push(broken ? { broken } : await readEntry(archive, entry));
		}
		return parts;
	} catch (error) {
		if (error instanceof Problem) throw error;
		throw new Problem(400, 'The body is not a zip archive that can be read; make the archive again');
	}
}

function refusalOf(entry: Entry): string | null {
	if (!/\.xml$/i.test(entry.fileName) || /(^|\/)(__MACOSX\/|\._)/.test(entry.fileName))
		return 'the file is not an .xml file';
	if (entry.isEncrypted()) return 'the file is encrypted';
	if (entry.uncompressedSize > XML_LIMITS.maxBytes)
		return `the message is larger than ${XML_LIMITS.maxBytes} bytes`;
	return null;
}

/** Reads a file of the archive. The reader fails if the file has more bytes than its header says. */
async function readEntry(archive: ZipFile, entry: Entry): Promise<DuisPart> {
	try {
		const chunks: Buffer[] = [];
		for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
		return { xml: Buffer.concat(chunks) };
	} catch {
		return { broken: 'the file cannot be decompressed' };
	}
}

function refuseMany(count: number): void {
	if (count > MAX_RECORDS_PER_CALL)
		throw new Problem(
			413,
			`The call has ${count} messages; split it into calls of at most ${MAX_RECORDS_PER_CALL}`
		);
}

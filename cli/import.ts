// Sends a file through the API of the running instance, in calls of 1,000 records. The content of the file decides the
// kind of record.
import { readFileSync } from 'node:fs';
import { homeOf, runningInstance } from '../launcher/services.ts';
import type { Arguments } from './arguments.ts';

const RECORDS_PER_CALL = 1000;

/** The API calls that send one file. */
interface Calls {
	/** The path of the API calls under /api/v1. */
	path: string;
	/** The Content-Type of the API calls. */
	type: string;
	bodies: string[];
}

export async function importFile({ words, options, json }: Arguments): Promise<number> {
	const [file] = words;
	if (!file) throw new Error('import needs a FILE. Run `npm run causeway -- --help` for its usage.');
	const url = options['url'] ?? runningInstance(homeOf(process.env))?.url;
	if (!url) throw new Error('No instance is running here. Start Causeway with `npm start`, or give --url.');
	const key = options['key'] ?? process.env['CAUSEWAY_KEY'];
	if (!key)
		throw new Error(
			"--key is missing. Make a key with: npm run causeway -- apikey create --supplier '*' --scopes ingest"
		);
	const { path, type, bodies } = pack(readFileSync(file, 'utf8'));
	const total = { accepted: 0, duplicates: 0, rejected: 0 };
	for (const [i, body] of bodies.entries()) {
		const response = await fetch(`${url}/api/v1${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': type },
			body
		});
		const answer = (await response.json()) as {
			accepted?: number;
			duplicates?: number;
			rejected?: Array<{ index: number; error: string }>;
			detail?: string;
		};
		if (answer.accepted === undefined && !answer.rejected)
			throw new Error(`${path} answered ${response.status}: ${answer.detail ?? 'no reason given'}`);
		total.accepted += answer.accepted ?? 0;
		total.duplicates += answer.duplicates ?? 0;
		total.rejected += answer.rejected?.length ?? 0;
		for (const { index, error } of answer.rejected ?? [])
			console.error(`${file}, record ${i * RECORDS_PER_CALL + index + 1}: ${error}`);
	}
	console.log(
		json
			? JSON.stringify({ path, ...total })
			: `${file} -> ${path}: ${total.accepted} stored, ${total.duplicates} already stored before, ${total.rejected} refused`
	);
	return total.rejected > 0 ? 1 : 0;
}

/** Decides by the content of the file where the records go, and divides the records into calls. */
function pack(text: string): Calls {
	const start = text.trimStart();
	if (start.startsWith('<')) return { path: '/duis', type: 'application/xml', bodies: [text] };
	if (!start.startsWith('{') && !start.startsWith('[')) {
		const [head = '', ...lines] = text.split(/\r?\n/).filter(Boolean);
		const path = /requestId/.test(head) ? '/service-requests' : '/devices';
		return { path, type: 'text/csv', bodies: groups(lines).map((group) => [head, ...group].join('\n')) };
	}
	const records = start.startsWith('[') ? (JSON.parse(text) as unknown[]) : readJsonOrNdjson(text);
	const first = (records[0] ?? {}) as Record<string, unknown>;
	const path = 'requestId' in first ? '/service-requests' : 'deviceType' in first ? '/devices' : '/alerts';
	return {
		path,
		type: 'application/x-ndjson',
		bodies: groups(records).map((group) => group.map((record) => JSON.stringify(record)).join('\n'))
	};
}

/** Reads one JSON object, or one JSON object on each line. */
function readJsonOrNdjson(text: string): unknown[] {
	try {
		return [JSON.parse(text)];
	} catch {
		return text
			.split('\n')
			.filter((line) => line.trim())
			.map((line) => JSON.parse(line) as unknown);
	}
}

const groups = <T>(items: readonly T[]): T[][] =>
	Array.from({ length: Math.ceil(items.length / RECORDS_PER_CALL) }, (_, i) =>
		items.slice(i * RECORDS_PER_CALL, (i + 1) * RECORDS_PER_CALL)
	);

// Sends an NDJSON file of Service Requests to Causeway in batches, and then sets the completeness mark.
import {
	appendFileSync,
	createReadStream,
	existsSync,
	readFileSync,
	renameSync,
	writeFileSync
} from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { CAUSEWAY_URL = 'http://127.0.0.1:3000', KEY, SOURCE = 'audit-trail' } = process.env;
const [file] = process.argv.slice(2);
if (!file || !KEY) {
	console.error('Usage: KEY=... node feed.mjs requests.ndjson');
	process.exit(2);
}
const LINES_PER_CALL = 1000;
const PLACE_FILE = `${file}.place`;

/** Calls the API until it answers. Waits as Retry-After says, and 5 seconds after a failure. */
async function post(path, type, body) {
	for (;;) {
		const answer = await fetch(`${CAUSEWAY_URL}/api/v1${path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${KEY}`, 'content-type': type },
			body
		}).catch((error) => ({ status: 503, headers: new Headers(), text: async () => error.message }));
		const text = await answer.text();
		if (answer.status !== 429 && answer.status < 500) return { status: answer.status, text };
		const seconds = Number(answer.headers.get('retry-after')) || 5;
		console.error(`Causeway answers ${answer.status}; the next try is in ${seconds} s`);
		await wait(seconds * 1000);
	}
}

/** Where the next run continues: the byte, and the latest time of a request before it. */
const place = existsSync(PLACE_FILE) ? JSON.parse(readFileSync(PLACE_FILE, 'utf8')) : { byte: 0, until: '' };

function keepPlace() {
	writeFileSync(`${PLACE_FILE}.new`, JSON.stringify(place));
	renameSync(`${PLACE_FILE}.new`, PLACE_FILE);
}

async function send(lines) {
	const { status, text } = await post('/service-requests', 'application/x-ndjson', lines.join(''));
	const answer = text.startsWith('{') ? JSON.parse(text) : {};
	if (!answer.rejected) throw new Error(`Causeway answers ${status}: ${answer.detail ?? text}`);
	for (const { index, error } of answer.rejected)
		appendFileSync(`${file}.rejected`, `${JSON.stringify({ error, line: lines[index].trim() })}\n`);
	const rejected = new Set(answer.rejected.map(({ index }) => index));
	for (const [i, line] of lines.entries()) {
		place.byte += Buffer.byteLength(line);
		if (rejected.has(i)) continue;
		const at = JSON.parse(line).requestedAt;
		if (at && Date.parse(at) > (Date.parse(place.until) || 0)) place.until = at;
	}
	keepPlace();
	console.log(`${answer.accepted} accepted, ${answer.duplicates} known, ${rejected.size} rejected`);
}

let lines = [];
let rest = '';
for await (const chunk of createReadStream(file, { start: place.byte, encoding: 'utf8' })) {
	const parts = (rest + chunk).split(/(?<=\n)/);
	// A last line without its end is still being written. The next run sends it.
	rest = parts.at(-1).endsWith('\n') ? '' : parts.pop();
	for (const part of parts) {
		lines.push(part);
		if (lines.length === LINES_PER_CALL) await send(lines.splice(0));
	}
}
if (lines.length > 0) await send(lines);

if (place.until) {
	const mark = JSON.stringify({ source: SOURCE, completeUntil: place.until });
	const { status, text } = await post('/service-requests/completeness', 'application/json', mark);
	if (status !== 204) throw new Error(`The completeness mark was refused: ${text}`);
	console.log(`complete until ${place.until}`);
}

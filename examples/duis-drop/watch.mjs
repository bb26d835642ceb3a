// Watches a folder for DUIS XML files, sends them to Causeway, and moves them to done/ or refused/.
import {
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	renameSync,
	statSync,
	writeFileSync
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const { CAUSEWAY_URL = 'http://127.0.0.1:3000', KEY } = process.env;
const [folder, once] = process.argv.slice(2);
if (!folder || !KEY) {
	console.error('Usage: KEY=... node watch.mjs FOLDER [--once]');
	process.exit(2);
}
const LOOK_EVERY_MS = 500;
const FILES_PER_CALL = 100;
const BYTES_PER_CALL = 4_000_000;
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());
const pause = (ms) => wait(ms, undefined, { signal: stop.signal }).catch(() => {});
for (const name of ['done', 'refused']) mkdirSync(join(folder, name), { recursive: true });

/** The size and time of each file at the last look. */
let seen = new Map();

/** Returns the files that have not changed since the last look, the oldest name first. */
function finished() {
	const last = seen;
	const names = readdirSync(folder).filter((name) => name.toLowerCase().endsWith('.xml'));
	const state = ({ size, mtimeMs }) => `${size} ${mtimeMs}`;
	seen = new Map(names.map((name) => [name, state(statSync(join(folder, name)))]));
	return names.filter((name) => once || last.get(name) === seen.get(name)).sort();
}

/** Splits the files into calls that Causeway accepts. */
function* batches(names) {
	let batch = [];
	let bytes = 0;
	for (const name of names) {
		const xml = readFileSync(join(folder, name), 'utf8');
		if (batch.length === FILES_PER_CALL || (batch.length > 0 && bytes + xml.length > BYTES_PER_CALL)) {
			yield batch;
			[batch, bytes] = [[], 0];
		}
		batch.push({ name, xml });
		bytes += xml.length;
	}
	if (batch.length > 0) yield batch;
}

/** Moves a file. A file of this name that was moved before keeps its name, and this file gets the time in its name. */
function move(name, place, reason) {
	const target = existsSync(join(folder, place, name)) ? `${Date.now()}-${name}` : name;
	if (reason) writeFileSync(join(folder, place, `${target}.reason.txt`), `${reason}\n`);
	renameSync(join(folder, name), join(folder, place, target));
	console.log(`${place} ${target}${reason ? `: ${reason}` : ''}`);
}

/** Sends a batch until Causeway answers, and moves its files. */
async function send(batch) {
	while (!stop.signal.aborted) {
		const answer = await fetch(`${CAUSEWAY_URL}/api/v1/duis`, {
			method: 'POST',
			headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-ndjson' },
			body: batch.map(({ xml }) => `${JSON.stringify(xml)}\n`).join('')
		}).catch((error) => ({ status: 503, headers: new Headers(), text: async () => error.message }));
		const text = await answer.text();
		const result = text.startsWith('{') ? JSON.parse(text) : {};
		if (answer.status === 401 || answer.status === 403) {
			console.error(result.detail);
			process.exit(1);
		}
		if (answer.status !== 429 && answer.status < 500) {
			const whole = result.rejected ? undefined : (result.detail ?? `Causeway answers ${answer.status}`);
			const reasons = new Map(result.rejected?.map(({ index, error }) => [index, error]));
			for (const [i, { name }] of batch.entries()) {
				const reason = whole ?? reasons.get(i);
				move(name, reason ? 'refused' : 'done', reason);
			}
			return;
		}
		const seconds = Number(answer.headers.get('retry-after')) || 5;
		console.error(`Causeway answers ${answer.status}; the next try is in ${seconds} s`);
		await pause(seconds * 1000);
	}
}

do {
	for (const batch of batches(finished())) await send(batch);
	if (!once) await pause(LOOK_EVERY_MS);
} while (!once && !stop.signal.aborted);

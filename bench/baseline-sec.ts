// What an event correlator does: `sec` (Simple Event Correlator), where it is installed. It reads the trace as lines of a
// file; a request makes a context for its Device that lives a day, and an Alert of a Device with a context is a match.
import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram } from '../launcher/process.ts';
import type { Measuring } from './throughput.ts';
import type { Trace } from './trace.ts';

export const HOW_TO_INSTALL = 'sec is not installed: `apt-get install sec` for this baseline';

export interface SecFigures {
	lines: number;
	alerts: number;
	/** Alerts of a Device that had a request before; `expected` by the trace itself. */
	matches: number;
	expected: number;
	linesPerSecond: number;
	alertsPerSecond: number;
}

const REQUESTS_PER_ALERT = 3;
const SAMPLE_LINES = 8000;

const rules = (matches: string): string => `
type=Single
ptype=RegExp
pattern=^REQUEST (\\S+)
desc=request to $1
action=create REQUESTED_$1 86400

type=Single
ptype=RegExp
pattern=^ALERT (\\S+) (\\S+) (\\S+)
context=REQUESTED_$1
desc=alert of $1
action=write ${matches} $1 $2 $3
`;

/** `null` where there is no `sec`. */
export async function measureSec({
	trace,
	seconds,
	onProgress
}: Measuring & { trace: Trace }): Promise<SecFigures | null> {
	const program = findProgram(['sec'], []);
	if (!program) return null;
	const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-sec-'));
	try {
		const empty = await correlate(program, folder, trace, 0);
		const sample = await correlate(program, folder, trace, SAMPLE_LINES);
		const pace = SAMPLE_LINES / Math.max(0.05, sample.took - empty.took);
		const lines = Math.max(SAMPLE_LINES, Math.round((pace * seconds) / 4) * 4);
		onProgress?.(0, lines);
		const { took, ...counts } = await correlate(program, folder, trace, lines);
		onProgress?.(lines, lines);
		const net = took - empty.took;
		return { ...counts, linesPerSecond: lines / net, alertsPerSecond: counts.alerts / net };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Runs sec over so many lines of the trace, and times it from its start to its end. */
async function correlate(program: string, folder: string, trace: Trace, lines: number) {
	const [input, conf, matches] = ['lines', 'rules', 'matches'].map((name) => join(folder, name)) as [
		string,
		string,
		string
	];
	rmSync(matches, { force: true });
	writeFileSync(conf, rules(matches));
	const { alerts, expected } = await writeLines(input, trace, lines);
	const begin = performance.now();
	const child = spawn(program, [`--conf=${conf}`, `--input=${input}`, '--notail', '--quiet'], {
		stdio: ['ignore', 'ignore', 'pipe']
	});
	let said = '';
	child.stderr.on('data', (data: Buffer) => (said = (said + data.toString()).slice(-2000)));
	const [code] = (await once(child, 'close')) as [number | null];
	const took = (performance.now() - begin) / 1000;
	if (code !== 0) throw new Error(`sec ended with ${code}: ${said.trim() || 'no output'}`);
	return { lines, alerts, expected, matches: await countLines(matches), took };
}

/** Three requests, then an Alert, and so on; returns how many Alerts have a request to their Device before them. */
async function writeLines(file: string, trace: Trace, lines: number) {
	const out = createWriteStream(file);
	const asked = new Set<string>();
	// The last requests of the past, which are those that cause the first Alerts.
	let request = Math.max(
		0,
		trace.requests - Math.floor((lines * REQUESTS_PER_ALERT) / (REQUESTS_PER_ALERT + 1))
	);
	let [alerts, expected] = [0, 0];
	for (let line = 0; line < lines; line++) {
		let text: string;
		if (line % (REQUESTS_PER_ALERT + 1) < REQUESTS_PER_ALERT) {
			const { deviceId, serviceReferenceVariant, userId } = trace.serviceRequestAt(request++);
			asked.add(deviceId);
			text = `REQUEST ${deviceId} ${serviceReferenceVariant} ${userId}\n`;
		} else {
			const { deviceId, code, receivedAt } = trace.alertAt(alerts++);
			if (asked.has(deviceId)) expected++;
			text = `ALERT ${deviceId} ${code} ${receivedAt}\n`;
		}
		if (!out.write(text)) await once(out, 'drain');
	}
	out.end();
	await once(out, 'close');
	return { alerts, expected };
}

async function countLines(file: string): Promise<number> {
	if (!existsSync(file)) return 0;
	let count = 0;
	for await (const _ of createInterface({ input: createReadStream(file) })) count++;
	return count;
}

// Measures the event correlator `sec` (Simple Event Correlator), if the machine has it. `sec` reads the trace as lines of
// a file. A request creates a context for its Device that lives one day. An Alert of a Device with a context is a
// match.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findProgram, root } from '../../launcher/process.ts';
import type { Trace } from '../trace.ts';
import type { MeasureOptions } from './throughput.ts';

export const NO_SEC =
	'the machine has no sec; `npm run bench` unpacks the Debian package sec where apt-get works';
/** Set-up unpacks the package here if the machine has none. */
const UNPACKED = join(root, '.cache/sec/usr/bin');

export interface SecFigures {
	lines: number;
	alerts: number;
	/** The number of Alerts that `sec` matched, and the expected number: Alerts whose Device had an earlier request. */
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

/** Measures the Alerts per second of `sec`. Returns `null` if the machine has no `sec`. */
export async function measureSec({
	trace,
	seconds,
	onProgress
}: MeasureOptions & { trace: Trace }): Promise<SecFigures | null> {
	const program = findProgram(['sec'], [UNPACKED]);
	if (!program) return null;
	const folder = mkdtempSync(join(tmpdir(), 'causeway-bench-sec-'));
	try {
		const empty = await correlate(program, folder, trace, 0);
		const sample = await correlate(program, folder, trace, SAMPLE_LINES);
		const linesPerSecond = SAMPLE_LINES / Math.max(0.05, sample.tookSeconds - empty.tookSeconds);
		const lines = Math.max(SAMPLE_LINES, Math.round((linesPerSecond * seconds) / 4) * 4);
		onProgress?.(0, lines);
		const { tookSeconds, ...counts } = await correlate(program, folder, trace, lines);
		onProgress?.(lines, lines);
		const netSeconds = tookSeconds - empty.tookSeconds;
		return { ...counts, linesPerSecond: lines / netSeconds, alertsPerSecond: counts.alerts / netSeconds };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Runs `sec` over the given number of lines of the trace, and times `sec` from start to exit. */
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
	let stderr = '';
	child.stderr.on('data', (data: Buffer) => (stderr = (stderr + data.toString()).slice(-2000)));
	const [code] = (await once(child, 'close')) as [number | null];
	const tookSeconds = (performance.now() - begin) / 1000;
	if (code !== 0) throw new Error(`sec ended with exit code ${code}: ${stderr.trim() || 'no output'}`);
	return { lines, alerts, expected, matches: await countLines(matches), tookSeconds };
}

/**
 * Writes three requests, then an Alert, and so on. `expected`: the number of Alerts whose Device has a request on an
 * earlier line.
 */
async function writeLines(file: string, trace: Trace, lines: number) {
	const out = createWriteStream(file);
	const requestedDevices = new Set<string>();
	// Starts with the last requests before `now` of the trace, because they cause the first Alerts.
	let request = Math.max(
		0,
		trace.requests - Math.floor((lines * REQUESTS_PER_ALERT) / (REQUESTS_PER_ALERT + 1))
	);
	let [alerts, expected] = [0, 0];
	for (let line = 0; line < lines; line++) {
		let text: string;
		if (line % (REQUESTS_PER_ALERT + 1) < REQUESTS_PER_ALERT) {
			const { deviceId, serviceReferenceVariant, userId } = trace.serviceRequestAt(request++);
			requestedDevices.add(deviceId);
			text = `REQUEST ${deviceId} ${serviceReferenceVariant} ${userId}\n`;
		} else {
			const { deviceId, code, receivedAt } = trace.alertAt(alerts++);
			if (requestedDevices.has(deviceId)) expected++;
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

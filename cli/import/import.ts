// Implements the verb `import`: sends files through the API, and continues an import that was interrupted.
import { existsSync, statSync } from 'node:fs';
import { homePath, runningInstance } from '../../launcher/services.ts';
import { readPeriod } from '../values.ts';
import { UsageError, optional, type Arguments, type Verb } from '../verb.ts';
import { callsOf, lookAt } from './calls.ts';
import { EXTENSIONS, filesOf } from './files.ts';
import { readLines, type Line, type Place } from './lines.ts';
import { openMarks, type Marks } from './marks.ts';
import { createProgress, type Progress } from './progress.ts';
import { send, type Target } from './send.ts';

export const importVerb: Verb = {
	args: '<FILE...>',
	summary: 'Sends files through the API of an instance: JSON, NDJSON, CSV or DUIS XML.',
	details: [
		`A folder stands for its files that end in ${EXTENSIONS.join(', ')}, and - for the standard input.`,
		'The content of a file decides whether it holds Alerts, Service Requests, Devices or one DUIS message. Devices are sent first.',
		'The verb waits as long as Retry-After says, and sends a call again when the network or the server fails.',
		'After an interruption, the same command continues where it was: a file in CAUSEWAY_HOME remembers the place.'
	],
	options: [
		['--url <URL>', 'the address of the instance; the running instance in CAUSEWAY_HOME if it is not given'],
		['--key <KEY>', 'a key with the scope ingest; the variable CAUSEWAY_KEY if it is not given'],
		['--from <LINE>', 'start one file at this line (in a JSON array: at this record)'],
		['--retry-for <PERIOD>', 'give up when no call succeeds for this time; 10m if it is not given']
	],
	example: 'import devices.csv requests.ndjson alerts.ndjson --key "$KEY"',
	run: importFiles
};

interface Total {
	accepted: number;
	duplicates: number;
	rejected: number;
}

/** What was sent of one file. */
interface Sent extends Total {
	file: string;
	/** The path of the calls; `null`: the file is empty, or an earlier run sent it. */
	path: string | null;
	/** The line at which this run began. */
	fromLine: number;
	/** The fields that the server dropped, with their count. */
	dropped: Record<string, number>;
}

async function importFiles(args: Arguments): Promise<number> {
	const home = homePath(process.env);
	const url = (optional(args, 'url') ?? runningInstance(home)?.url)?.replace(/\/$/, '');
	if (!url) throw new Error(`No instance is running in ${home}. Start it with \`npm start\`, or give --url`);
	const key = optional(args, 'key') ?? process.env['CAUSEWAY_KEY'];
	if (!key)
		throw new UsageError(
			"--key is missing. Make a key with: npm run causeway -- apikey create --supplier '*' --scopes ingest"
		);
	const retryForMs = readPeriod('retry-for', optional(args, 'retry-for') ?? '10m');
	const files = await filesOf(args.words);
	const from = fromLine(args, files);
	const sizes = files.map((file) => (file === '-' ? 0 : statSync(file).size));
	const totalBytes = files.includes('-') ? null : sizes.reduce((sum, size) => sum + size, 0);
	const progress = createProgress(args.json, totalBytes);
	const marks = openMarks(existsSync(home) ? home : null, url);
	const run: Run = { target: { url, key, retryForMs }, marks, progress, json: args.json };
	const results: Sent[] = [];
	let before = 0;
	try {
		for (const [i, file] of files.entries()) {
			results.push(await importFile(run, file, { from, before }));
			before += sizes[i]!;
		}
		marks.forget();
	} catch (error) {
		marks.save();
		throw error;
	} finally {
		progress.end();
	}
	return summary(args, results);
}

function fromLine(args: Arguments, files: readonly string[]): number | null {
	const given = optional(args, 'from');
	if (given === undefined) return null;
	if (!/^[1-9]\d{0,11}$/.test(given)) throw new UsageError('--from must be the number of a line, from 1');
	if (files.length > 1) throw new UsageError('--from needs exactly one file');
	return Number(given);
}

interface Run {
	target: Target;
	marks: Marks;
	progress: Progress;
	json: boolean;
}

/** Sends one file. `before`: the bytes of the files before it. */
async function importFile(
	{ target, marks, progress, json }: Run,
	file: string,
	{ from, before }: { from: number | null; before: number }
): Promise<Sent> {
	const sent: Sent = {
		file,
		path: null,
		accepted: 0,
		duplicates: 0,
		rejected: 0,
		fromLine: from ?? 1,
		dropped: {}
	};
	const refuse = (line: number | null, unit: string, error: string): void => {
		sent.rejected++;
		progress.say(
			json
				? JSON.stringify({ file, line, error })
				: `${file}${line === null ? '' : `, ${unit} ${line}`}: ${error}`
		);
	};
	const isStream = file === '-';
	const found = from === null && !isStream ? await marks.find(file) : null;
	if (found === 'done') {
		progress.skip(statSync(file).size);
		return sent;
	}
	const opened = await lookAt(file);
	if (!opened) return sent;
	const { content, first, rest } = opened;
	// One JSON text has no places inside, so it is sent again from its beginning.
	const place = content.form === 'json' || content.form === 'xml' ? null : found;
	if (place) {
		await rest.return(undefined);
		progress.skip(place.offset);
		progress.say(`${file}: continuing at line ${place.line} (--from 1 sends the whole file again)`);
		sent.fromLine = place.line;
	}
	const lines = place ? readLines(file, place) : joined(first, rest, content.start);
	let last: Place | null = null;
	try {
		for await (const call of callsOf(content, lines, from ?? 1)) {
			const outcome = await send(call, target, progress.wait);
			sent.path = call.path;
			sent.accepted += outcome.accepted;
			sent.duplicates += outcome.duplicates;
			for (const { line, error } of outcome.rejected)
				refuse(line, content.form === 'json' ? 'record' : 'line', error);
			for (const { field, count } of outcome.dropped)
				sent.dropped[field] = (sent.dropped[field] ?? 0) + count;
			// The other calls of the file would be refused for the same reason.
			if (outcome.isRefused) return sent;
			last = call.end;
			if (!isStream) await marks.set(file, last, false);
			progress.sent(file, call.records.length, before + last.offset);
		}
	} catch (error) {
		const { message } = error as Error;
		throw new Error(
			`${file}: ${message}. ${last ? `Everything before line ${last.line} was sent` : 'Nothing of the file was sent'}. Run the same command again to continue, or use --from`,
			{ cause: error }
		);
	}
	if (last && !isStream) await marks.set(file, last, true);
	return sent;
}

/** Yields the lines from a place on: of the lines that were read before, and of the rest. */
async function* joined(
	first: readonly Line[],
	rest: AsyncGenerator<Line[]>,
	start: Place
): AsyncGenerator<Line[]> {
	yield first.filter(({ number }) => number >= start.line);
	yield* rest;
}

/** Prints what was sent, and returns the exit code. */
function summary({ json }: Arguments, results: readonly Sent[]): number {
	const total: Total = { accepted: 0, duplicates: 0, rejected: 0 };
	for (const sent of results)
		for (const name of ['accepted', 'duplicates', 'rejected'] as const) total[name] += sent[name];
	if (json) console.log(JSON.stringify({ path: results[0]?.path ?? null, ...total, files: results }));
	else {
		for (const { file, path, dropped, ...sent } of results) {
			console.log(path ? `${file} -> ${path}: ${inWords(sent)}` : `${file}: nothing to send`);
			const names = Object.entries(dropped).map(([field, count]) => `${field} (${count})`);
			if (names.length > 0) console.log(`  not stored, because no schema names them: ${names.join(', ')}`);
		}
		if (results.length > 1) console.log(`${results.length} files: ${inWords(total)}`);
	}
	return total.rejected > 0 ? 1 : 0;
}

const inWords = ({ accepted, duplicates, rejected }: Total): string =>
	`${accepted} stored, ${duplicates} already stored before, ${rejected} refused`;

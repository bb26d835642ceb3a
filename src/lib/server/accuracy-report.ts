// Reads the report of the last accuracy run from the folder of this instance.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccuracyReport } from '#lib/domain/accuracy-report.ts';

/**
 * The state of the last accuracy report. `none`: there is no report. `unreadable`: the file is not a report of this
 * version of Causeway.
 */
export type LastAccuracy =
	{ state: 'report'; report: AccuracyReport } | { state: 'none' } | { state: 'unreadable'; file: string };

/** Reads `accuracy/report.json` in the folder `home`. Throws if the file exists and cannot be opened. */
export async function readAccuracyReport(home: string): Promise<LastAccuracy> {
	const file = join(home, 'accuracy', 'report.json');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'none' };
		throw error;
	}
	const parsed = AccuracyReport.safeParse(parse(text));
	return parsed.success ? { state: 'report', report: parsed.data } : { state: 'unreadable', file };
}

/** Parses a text as JSON; `undefined`: the text is not JSON. */
function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

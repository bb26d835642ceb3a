// The report that the last accuracy run left in the folder of this instance.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AccuracyReport } from '#lib/domain/accuracy-report.ts';

/** `unreadable`: there is a file, and it is not a report of this version. */
export type LastAccuracy =
	{ state: 'report'; report: AccuracyReport } | { state: 'none' } | { state: 'unreadable'; file: string };

/** Reads `accuracy/report.json` of the folder; throws where the file can not be opened. */
export async function readAccuracyReport(home: string): Promise<LastAccuracy> {
	const file = join(home, 'accuracy', 'report.json');
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'none' };
		throw error;
	}
	const read = AccuracyReport.safeParse(parse(text));
	return read.success ? { state: 'report', report: read.data } : { state: 'unreadable', file };
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

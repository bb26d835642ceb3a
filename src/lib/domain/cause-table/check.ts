// What is wrong with a cause table, each fault by its place, with the Alert code in it.
import type { z } from 'zod';
import { describeAlert } from '../alert-code.ts';
import { CauseFile } from './cause-table.ts';

export interface TableFault {
	/** `entries.8F30.causes.0.minSeconds`; a cause is counted from 0. */
	path: string;
	message: string;
}

export type CheckedTable = { file: CauseFile; faults: null } | { file: null; faults: TableFault[] };

/** Reads a table that somebody wrote; tells all of its faults at once. */
export function checkCauseTable(input: unknown): CheckedTable {
	const read = CauseFile.safeParse(input, { error: inWords });
	const faults = read.success ? contentFaults(read.data) : read.error.issues.map((i) => fault(i, input));
	return read.success && faults.length === 0 ? { file: read.data, faults: null } : { file: null, faults };
}

/** What the schema says by itself is for programmers. */
function inWords(issue: z.core.$ZodRawIssue): string | undefined {
	const letters = 'origin' in issue && issue.origin === 'string';
	if (issue.code === 'too_big')
		return letters ? `is longer than ${issue.maximum} characters` : `must be at most ${issue.maximum}`;
	if (issue.code === 'too_small')
		return letters || issue.origin === 'array' ? 'must not be empty' : `must be at least ${issue.minimum}`;
	if (issue.code === 'invalid_type')
		return /number|int/.test(issue.expected) ? 'must be a whole number' : 'is missing';
	if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
	return undefined;
}

const fault = ({ path, message }: z.core.$ZodIssue, input: unknown): TableFault => ({
	path: namePath(path, input),
	message
});

/** The entry's place in the list becomes its Alert code. */
function namePath(path: readonly PropertyKey[], input: unknown): string {
	const [list, at, ...rest] = path;
	if (list !== 'entries' || typeof at !== 'number') return path.map(String).join('.');
	const entries = (input as { entries: Array<{ alert?: unknown } | null> }).entries;
	const alert = entries[at]?.alert;
	return ['entries', typeof alert === 'string' && alert !== '' ? alert : at, ...rest].map(String).join('.');
}

/** What the schema cannot see: a table that would lose a row, or that speaks of Alerts that nobody knows. */
function contentFaults({ entries, notCommand }: CauseFile): TableFault[] {
	const faults: TableFault[] = [];
	const causeIds = new Set<string>();
	const seen = new Set<string>();
	for (const { alert, causes } of entries) {
		const path = `entries.${alert}`;
		if (seen.has(alert)) faults.push({ path, message: 'stands in the table twice' });
		seen.add(alert);
		if (!isAlertCode(alert))
			faults.push({ path, message: 'is no Alert: write 8F30, N24 or payload:CommandFailure' });
		for (const [i, { id }] of causes.entries()) {
			if (causeIds.has(id))
				faults.push({ path: `${path}.causes.${i}.id`, message: 'is the id of another cause' });
			causeIds.add(id);
		}
	}
	const excused = new Set<string>();
	for (const [i, { alerts }] of notCommand.entries())
		for (const alert of alerts) {
			const path = `notCommand.${i}.${alert}`;
			if (excused.has(alert)) faults.push({ path, message: 'stands in the list twice' });
			excused.add(alert);
		}
	return faults;
}

/** An Alert of the table: a Device Alert code, an N-code or a child element. A code that the tables of codes do not
 * know yet is taken: it arrives before a release knows it. */
const isAlertCode = (alert: string): boolean =>
	/^(8[0-9A-F]{3}|AD1|N\d{1,3}|payload:[A-Za-z0-9]{1,80})$/.test(alert);

/** What a row of the table is about. */
export function describeTableAlert(alert: string) {
	const [, dccPayload] = /^payload:(.+)$/.exec(alert) ?? [];
	if (dccPayload) return describeAlert({ kind: 'dcc', code: alert, dccPayload });
	return describeAlert({
		kind: /^8[0-9A-F]{3}$/.test(alert) ? 'device' : 'dcc',
		code: alert,
		dccPayload: null
	});
}

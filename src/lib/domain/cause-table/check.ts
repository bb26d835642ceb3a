// Checks a cause table that a person wrote, and gives the path of each fault, with the Alert code in the path.
import { describeAlert } from '../alert-code.ts';
import { fieldErrors } from '../field-errors.ts';
import { CauseFile } from './cause-table.ts';

export interface TableFault {
	/** The path of the faulty field, such as `entries.8F30.causes.0.minSeconds`. Causes are numbered from 0. */
	path: string;
	message: string;
}

type CheckedTable = { file: CauseFile; faults: null } | { file: null; faults: TableFault[] };

/** Checks a cause table. Returns the table, or all of its faults at once, and never throws. */
export function checkCauseTable(input: unknown): CheckedTable {
	const read = CauseFile.safeParse(input);
	const faults = read.success
		? contentFaults(read.data)
		: fieldErrors(read.error, input, (path) => namePath(path, input));
	return read.success && faults.length === 0 ? { file: read.data, faults: null } : { file: null, faults };
}

/** Returns the path of a fault as text. Replaces the index of an entry by the Alert code of the entry. */
function namePath(path: readonly PropertyKey[], input: unknown): string {
	const [list, at, ...rest] = path;
	if (list !== 'entries' || typeof at !== 'number') return path.map(String).join('.');
	const entries = (input as { entries: Array<{ alert?: unknown } | null> }).entries;
	const alert = entries[at]?.alert;
	return ['entries', typeof alert === 'string' && alert !== '' ? alert : at, ...rest].map(String).join('.');
}

/** Finds the faults that the schema cannot see: duplicate entries or ids, and texts that are not Alert codes. */
function contentFaults({ entries, notCommand }: CauseFile): TableFault[] {
	const faults: TableFault[] = [];
	const causeIds = new Set<string>();
	const seen = new Set<string>();
	for (const { alert, causes } of entries) {
		const path = `entries.${alert}`;
		if (seen.has(alert)) faults.push({ path, message: 'is in the table twice' });
		seen.add(alert);
		if (!isAlertCode(alert))
			faults.push({ path, message: 'is not an Alert: write 8F30, N24 or payload:CommandFailure' });
		for (const [i, { id }] of causes.entries()) {
			if (causeIds.has(id))
				faults.push({ path: `${path}.causes.${i}.id`, message: 'is the id of another cause' });
			causeIds.add(id);
		}
	}
	const notCommandAlerts = new Set<string>();
	for (const [i, { alerts }] of notCommand.entries())
		for (const alert of alerts) {
			const path = `notCommand.${i}.${alert}`;
			if (notCommandAlerts.has(alert)) faults.push({ path, message: 'is in the list twice' });
			notCommandAlerts.add(alert);
		}
	return faults;
}

/**
 * Returns whether the text names an Alert: a Device Alert code, an N-code, or `payload:` and a child element. Accepts a
 * code that the tables of Alert codes do not list, because the code may arrive before a release lists it.
 */
const isAlertCode = (alert: string): boolean =>
	/^(8[0-9A-F]{3}|AD1|N\d{1,3}|payload:[A-Za-z0-9]{1,80})$/.test(alert);

/** Describes the Alert of a table entry. */
export function describeTableAlert(alert: string) {
	const [, dccPayload] = /^payload:(.+)$/.exec(alert) ?? [];
	if (dccPayload) return describeAlert({ kind: 'dcc', code: alert, dccPayload });
	return describeAlert({
		kind: /^8[0-9A-F]{3}$/.test(alert) ? 'device' : 'dcc',
		code: alert,
		dccPayload: null
	});
}

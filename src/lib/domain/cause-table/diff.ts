// Compares two cause tables, entry by entry and field by field.
import type { Cause, CauseEntry, CauseFile } from './cause-table.ts';

export type ChangeKind = 'added' | 'removed' | 'changed';

export interface FieldChange {
	field: string;
	/** The value of the field before the change. `undefined`: the entry or the cause did not exist. */
	before: unknown;
	after: unknown;
}

interface CauseChange {
	id: string;
	kind: ChangeKind;
	fields: FieldChange[];
}

interface EntryChange {
	alert: string;
	kind: ChangeKind;
	/** The changes of the entry itself, outside its causes: only its guidance can change. */
	fields: FieldChange[];
	causes: CauseChange[];
}

export interface TableDiff {
	entries: EntryChange[];
	/**
	 * Alerts that no command can cause: the reason before and after the change. `undefined`: the list did not have the
	 * Alert.
	 */
	notCommand: Array<{ alert: string; before: string | undefined; after: string | undefined }>;
}

export function diffCauseTables(before: CauseFile, after: CauseFile): TableDiff {
	const entries = pairs(before.entries, after.entries, (entry) => entry.alert).flatMap(
		([alert, old, now]) => entryChange(alert, old, now) ?? []
	);
	const [oldReasons, reasons] = [reasonsOf(before), reasonsOf(after)];
	const notCommand = [...new Set([...oldReasons.keys(), ...reasons.keys()])]
		.map((alert) => ({ alert, before: oldReasons.get(alert), after: reasons.get(alert) }))
		.filter((change) => change.before !== change.after);
	return { entries, notCommand };
}

export const isSame = ({ entries, notCommand }: TableDiff): boolean =>
	entries.length === 0 && notCommand.length === 0;

function entryChange(
	alert: string,
	old: CauseEntry | undefined,
	now: CauseEntry | undefined
): EntryChange | null {
	const fields = fieldChanges(['guidance'], old, now);
	const causes = pairs(old?.causes ?? [], now?.causes ?? [], (cause) => cause.id).flatMap(
		([id, before, after]) => causeChange(id, before, after) ?? []
	);
	if (old && now && fields.length === 0 && causes.length === 0) return null;
	return { alert, kind: kindOf(old, now), fields, causes };
}

function causeChange(id: string, old: Cause | undefined, now: Cause | undefined): CauseChange | null {
	const names = Object.keys(now ?? old!).filter((name) => name !== 'id') as Array<keyof Cause>;
	const fields = fieldChanges(names, old, now);
	return old && now && fields.length === 0 ? null : { id, kind: kindOf(old, now), fields };
}

function fieldChanges<T extends object>(
	names: ReadonlyArray<keyof T & string>,
	old: T | undefined,
	now: T | undefined
): FieldChange[] {
	return names
		.map((field) => ({ field, before: old?.[field], after: now?.[field] }))
		.filter(({ before, after }) => canonical(before) !== canonical(after));
}

const kindOf = (old: unknown, now: unknown): ChangeKind => (!old ? 'added' : !now ? 'removed' : 'changed');

/**
 * Returns the same text for values that mean the same. Sorts lists, because lists of SRVs and roles are sets. Sorts
 * keys, because the database stores keys in its own order.
 */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return JSON.stringify([...value].sort());
	if (value && typeof value === 'object') return JSON.stringify(Object.entries(value).sort());
	return JSON.stringify(value) ?? 'none';
}

/** Pairs the items of two lists by their keys, in the order of the new list. Removed items come last. */
function pairs<T>(
	before: readonly T[],
	after: readonly T[],
	key: (item: T) => string
): Array<[key: string, before: T | undefined, after: T | undefined]> {
	const [old, now] = [before, after].map((items) => new Map(items.map((item) => [key(item), item])));
	const keys = new Set([...now!.keys(), ...old!.keys()]);
	return [...keys].map((k) => [k, old!.get(k), now!.get(k)]);
}

const reasonsOf = ({ notCommand }: CauseFile): Map<string, string> =>
	new Map(notCommand.flatMap(({ why, alerts }) => alerts.map((alert) => [alert, why] as const)));

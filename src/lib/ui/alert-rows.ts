// Decides where the rows of a live list go: which new rows wait, and which rows stay as tombstones. No row moves while
// a person reads. All functions are pure, so that tests need no browser.
import type { Alert } from '#lib/domain/alert.ts';
import type { Retracted } from '#lib/domain/live-events.ts';

export interface Row {
	readonly alert: Alert;
	/**
	 * The priority of the Alert at its arrival, which sets the place of the row. Later changes of the priority do not
	 * move the row.
	 */
	readonly band: number;
	/**
	 * When the Alert left the view (epoch ms), so that the row is a tombstone. `null`: the Alert belongs to the view.
	 */
	readonly leftAtMs: number | null;
	/**
	 * Until when the row is marked because the explanation of its Alert changed (epoch ms). 0 if the explanation never
	 * changed.
	 */
	readonly updatedUntilMs: number;
	/**
	 * Whether the Supplier may no longer see the Alert. The row is then a tombstone that shows nothing of the Alert.
	 */
	readonly retracted: boolean;
}

export interface Rows {
	readonly shown: readonly Row[];
	/** The new Alerts of this view, by id, that wait until the person stops reading. */
	readonly waiting: ReadonlyMap<string, Alert>;
}

export interface View {
	belongs(alert: Alert): boolean;
	/** `desk`: bands of priority, and inside a band the oldest arrival first. `newest`: the newest arrival first. */
	order: 'desk' | 'newest';
}

export const NO_ROWS: Rows = { shown: [], waiting: new Map() };
/** The highest number of rows in a list. */
const MAX_ROWS = 50_000;
/** How long a tombstone stays (ms). A person can undo a decision in the row where the decision was made. */
export const TOMBSTONE_MS = 10_000;
/** How long a row is marked after the explanation of its Alert changed (ms). */
const UPDATED_MS = 10_000;

/** Compares two Alert ids. An id is a time-ordered number beyond 2^53, written as a decimal string. */
export function compareIds(a: string, b: string): number {
	if (a.length !== b.length) return a.length - b.length;
	return a < b ? -1 : a > b ? 1 : 0;
}

const comparators: Record<View['order'], (a: Row, b: Row) => number> = {
	desk: (a, b) => a.band - b.band || compareIds(a.alert.id, b.alert.id),
	newest: (a, b) => compareIds(b.alert.id, a.alert.id)
};

const toRow = (alert: Alert): Row => ({
	alert,
	band: alert.priority,
	leftAtMs: null,
	updatedUntilMs: 0,
	retracted: false
});

/** Builds the rows of a view when a person opens the view. */
export function openView(alerts: Iterable<Alert>, view: View): Rows {
	const shown: Row[] = [];
	for (const alert of alerts) if (view.belongs(alert)) shown.push(toRow(alert));
	return { shown: shown.sort(comparators[view.order]).slice(0, MAX_ROWS), waiting: new Map() };
}

/** Adds one more page at the end of the list. Rows that are already shown stay unchanged. */
export function appendPage(rows: Rows, alerts: readonly Alert[], view: View): Rows {
	const shownIds = new Set(rows.shown.map((row) => row.alert.id));
	const added = openView(alerts, view).shown.filter((row) => !shownIds.has(row.alert.id));
	return { ...rows, shown: [...rows.shown, ...added] };
}

/**
 * Applies changed Alerts to the rows. Patches a shown row in place and never moves a row. Turns a row that no longer
 * belongs to the view into a tombstone. Inserts new rows only if the list is `following`; otherwise new rows wait.
 * Never removes the row with the id `keepId`; with `null`, no row has this protection.
 */
export function applyChanges(
	rows: Rows,
	changes: Iterable<Alert>,
	view: View,
	{ following, nowMs, keepId }: { following: boolean; nowMs: number; keepId?: string | null }
): Rows {
	const changed = new Map<string, Alert>();
	for (const alert of changes) {
		const before = changed.get(alert.id);
		if (!before || before.version < alert.version) changed.set(alert.id, alert);
	}
	const waiting = new Map(rows.waiting);
	const shown: Row[] = [];
	let rowsChanged = false;
	for (const row of rows.shown) {
		const next = changed.get(row.alert.id);
		changed.delete(row.alert.id);
		const patched = next && next.version > row.alert.version ? patch(row, next, view, nowMs) : row;
		if (patched !== row) rowsChanged = true;
		const isShown =
			!following ||
			patched.leftAtMs === null ||
			patched.alert.id === keepId ||
			nowMs - patched.leftAtMs < TOMBSTONE_MS;
		if (isShown) shown.push(patched);
		else rowsChanged = true;
	}
	for (const alert of changed.values()) {
		const before = waiting.get(alert.id);
		if (before && before.version >= alert.version) continue;
		if (view.belongs(alert)) waiting.set(alert.id, alert);
		else waiting.delete(alert.id);
	}
	if (following && waiting.size > 0) {
		const merged = mergeSorted(shown, [...waiting.values()].map(toRow), comparators[view.order]);
		return { shown: merged.slice(0, MAX_ROWS), waiting: new Map() };
	}
	return { shown: rowsChanged ? shown : rows.shown, waiting: changed.size > 0 ? waiting : rows.waiting };
}

function patch(row: Row, alert: Alert, view: View, nowMs: number): Row {
	const explanationChanged =
		alert.explanation !== row.alert.explanation ||
		alert.candidates[0]?.requestId !== row.alert.candidates[0]?.requestId;
	return {
		alert,
		band: row.band,
		leftAtMs: view.belongs(alert) ? null : (row.leftAtMs ?? nowMs),
		updatedUntilMs: explanationChanged ? nowMs + UPDATED_MS : row.updatedUntilMs,
		retracted: false
	};
}

/**
 * Applies retractions. Turns the row of a retracted Alert into a tombstone in place, and removes a retracted Alert from
 * the waiting Alerts. An Alert with a higher feed number than its retraction has come back and stays.
 */
export function retractRows(rows: Rows, entries: readonly Retracted[], nowMs: number): Rows {
	if (entries.length === 0) return rows;
	const retractedSeqs = new Map(entries.map(({ id, seq }) => [id, seq]));
	const isRetracted = (alert: Alert): boolean => alert.seq < (retractedSeqs.get(alert.id) ?? 0);
	return {
		shown: rows.shown.map((row) =>
			isRetracted(row.alert) ? { ...row, retracted: true, leftAtMs: row.leftAtMs ?? nowMs } : row
		),
		waiting: new Map([...rows.waiting].filter(([, alert]) => !isRetracted(alert)))
	};
}

function mergeSorted(shown: readonly Row[], incoming: Row[], compare: (a: Row, b: Row) => number): Row[] {
	incoming.sort(compare);
	const merged: Row[] = [];
	let i = 0;
	for (const row of incoming) {
		while (i < shown.length && compare(shown[i]!, row) <= 0) merged.push(shown[i++]!);
		merged.push(row);
	}
	while (i < shown.length) merged.push(shown[i++]!);
	return merged;
}

// The rules of a list that is never disturbed: where a new row goes, what waits, what stays although it no longer
// belongs. Pure, so that they can be tested without a browser.
import type { Alert } from '#lib/domain/alert.ts';
import type { Retracted } from '#lib/domain/live-events.ts';

export interface Row {
	readonly alert: Alert;
	/** The priority at arrival: a row keeps its band whatever is learned later. */
	readonly band: number;
	/** Since when (epoch ms) the row no longer belongs to the view; it stays as a tombstone. */
	readonly goneAt: number | null;
	/** Until when (epoch ms) a changed explanation is marked. */
	readonly updatedUntil: number;
	/** The Supplier may no longer see it: a tombstone that shows nothing of the Alert. */
	readonly retracted: boolean;
}

export interface Rows {
	readonly shown: readonly Row[];
	/** What has arrived for this view and waits until the reader has a hand free. */
	readonly waiting: ReadonlyMap<string, Alert>;
}

export interface View {
	belongs(alert: Alert): boolean;
	/** `desk`: bands of priority, oldest arrival first inside a band. `newest`: newest arrival first. */
	order: 'desk' | 'newest';
}

export const EMPTY: Rows = { shown: [], waiting: new Map() };
/** How many rows a browser holds. */
export const MOST_ROWS = 50_000;
/** A tombstone stays this long, so that an own action can be undone where it was made. */
export const TOMBSTONE_MS = 10_000;
/** How long a changed explanation keeps its mark. */
export const UPDATED_MS = 10_000;

/** Alert ids are time-ordered numbers beyond 2^53, as decimal strings. */
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
	goneAt: null,
	updatedUntil: 0,
	retracted: false
});

/** The rows of a view that is opened. */
export function openView(alerts: Iterable<Alert>, view: View): Rows {
	const shown: Row[] = [];
	for (const alert of alerts) if (view.belongs(alert)) shown.push(toRow(alert));
	return { shown: shown.sort(comparators[view.order]).slice(0, MOST_ROWS), waiting: new Map() };
}

/** Puts a further page at the end: what is shown already stays as it is. */
export function append(rows: Rows, alerts: readonly Alert[], view: View): Rows {
	const held = new Set(rows.shown.map((row) => row.alert.id));
	const more = openView(alerts, view).shown.filter((row) => !held.has(row.alert.id));
	return { ...rows, shown: [...rows.shown, ...more] };
}

/**
 * Takes changes in. Shown rows are patched in place and never move; those that no longer belong become tombstones.
 * New rows go in only while the list is `following`, else they wait. `keep` is a row that is never taken away.
 */
export function arrange(
	rows: Rows,
	changes: Iterable<Alert>,
	view: View,
	at: { following: boolean; now: number; keep?: string | null }
): Rows {
	const changed = new Map<string, Alert>();
	for (const alert of changes) {
		const before = changed.get(alert.id);
		if (!before || before.version < alert.version) changed.set(alert.id, alert);
	}
	const waiting = new Map(rows.waiting);
	const shown: Row[] = [];
	let touched = false;
	for (const row of rows.shown) {
		const next = changed.get(row.alert.id);
		changed.delete(row.alert.id);
		const patched = next && next.version > row.alert.version ? patch(row, next, view, at.now) : row;
		if (patched !== row) touched = true;
		const stays =
			!at.following ||
			patched.goneAt === null ||
			patched.alert.id === at.keep ||
			at.now - patched.goneAt < TOMBSTONE_MS;
		if (stays) shown.push(patched);
		else touched = true;
	}
	for (const alert of changed.values()) {
		const before = waiting.get(alert.id);
		if (before && before.version >= alert.version) continue;
		if (view.belongs(alert)) waiting.set(alert.id, alert);
		else waiting.delete(alert.id);
	}
	if (at.following && waiting.size > 0) {
		const merged = mergeSorted(shown, [...waiting.values()].map(toRow), comparators[view.order]);
		return { shown: merged.slice(0, MOST_ROWS), waiting: new Map() };
	}
	return { shown: touched ? shown : rows.shown, waiting: changed.size > 0 ? waiting : rows.waiting };
}

function patch(row: Row, alert: Alert, view: View, now: number): Row {
	const news =
		alert.explanation !== row.alert.explanation ||
		alert.candidates[0]?.requestId !== row.alert.candidates[0]?.requestId;
	return {
		alert,
		band: row.band,
		goneAt: view.belongs(alert) ? null : (row.goneAt ?? now),
		updatedUntil: news ? now + UPDATED_MS : row.updatedUntil,
		retracted: false
	};
}

/** What was retracted becomes a tombstone where it stands, or no longer waits; one that has come back since stays. */
export function retractRows(rows: Rows, entries: readonly Retracted[], now: number): Rows {
	if (entries.length === 0) return rows;
	const gone = new Map(entries.map(({ id, seq }) => [id, seq]));
	const isGone = (alert: Alert): boolean => alert.seq < (gone.get(alert.id) ?? 0);
	return {
		shown: rows.shown.map((row) =>
			isGone(row.alert) ? { ...row, retracted: true, goneAt: row.goneAt ?? now } : row
		),
		waiting: new Map([...rows.waiting].filter(([, alert]) => !isGone(alert)))
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

// Decides where the rows of a live list go: which new rows wait, which rows stay as tombstones, and which rows of the
// desk stand together as one episode. No row moves while a person reads. All functions are pure.
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
	 * The Alert id that sets the place of the row inside its band: the row's own, or that of the first row of its
	 * episode.
	 */
	readonly place: string;
	/**
	 * The episode under which the desk shows the row. `null`: the row stands alone. While a person reads, the row
	 * stays where it is, even if its Alert joins or leaves an episode.
	 */
	readonly episode: string | null;
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
	/**
	 * `desk`: bands of priority, inside a band the oldest arrival first, and the rows of an episode together. `newest`:
	 * the newest arrival first.
	 */
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
	desk: (a, b) =>
		a.band - b.band ||
		compareIds(a.place, b.place) ||
		compareIds(a.episode ?? '', b.episode ?? '') ||
		compareIds(a.alert.id, b.alert.id),
	newest: (a, b) => compareIds(b.alert.id, a.alert.id)
};

const toRow = (alert: Alert): Row => ({
	alert,
	band: alert.priority,
	place: alert.id,
	episode: null,
	leftAtMs: null,
	updatedUntilMs: 0,
	retracted: false
});

/** Builds the rows of a view when a person opens the view. */
export function openView(alerts: Iterable<Alert>, view: View): Rows {
	const shown: Row[] = [];
	for (const alert of alerts) if (view.belongs(alert)) shown.push(toRow(alert));
	const sorted = shown.sort(comparators[view.order]);
	return { shown: gather(sorted, view).slice(0, MAX_ROWS), waiting: new Map() };
}

/** Adds one more page at the end of the list. Rows that are already shown stay unchanged. */
export function appendPage(rows: Rows, alerts: readonly Alert[], view: View): Rows {
	const shownIds = new Set(rows.shown.map((row) => row.alert.id));
	const added = openView(alerts, view).shown.filter((row) => !shownIds.has(row.alert.id));
	return { ...rows, shown: [...rows.shown, ...added] };
}

/**
 * Applies changed Alerts to the rows. Patches a shown row in place. Turns a row that no longer belongs to the view into
 * a tombstone. Inserts new rows, and gathers the rows of an episode, only if the list is `following`; otherwise new
 * rows wait, except under a closed episode, where nobody sees them move. Never removes the row with the id `keepId`;
 * with `null`, no row has this protection. `opened`: the episodes that are open in place.
 */
export function applyChanges(
	rows: Rows,
	changes: Iterable<Alert>,
	view: View,
	{ following, nowMs, keepId, opened = NONE_OPENED }: Applying
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
	const compare = comparators[view.order];
	if (following) {
		if (waiting.size === 0 && !rowsChanged) return rows;
		const merged = mergeSorted(shown, [...waiting.values()].map(toRow), compare);
		const gathered = gather(merged, view);
		return { shown: gathered.slice(0, MAX_ROWS), waiting: new Map() };
	}
	const joining = joiningRows(waiting, shown, opened);
	if (joining.length > 0) {
		for (const row of joining) waiting.delete(row.alert.id);
		return { shown: mergeSorted(shown, joining, compare), waiting };
	}
	return { shown: rowsChanged ? shown : rows.shown, waiting: changed.size > 0 ? waiting : rows.waiting };
}

interface Applying {
	following: boolean;
	nowMs: number;
	keepId?: string | null;
	opened?: ReadonlySet<string>;
}
const NONE_OPENED: ReadonlySet<string> = new Set();

/** The rows of an episode stand together from this number of rows. */
export const LEAST_TOGETHER = 2;

interface Place {
	readonly band: number;
	readonly place: string;
}

/**
 * Puts the rows of each episode together. An episode takes the place of its first row and keeps it. A more urgent Alert
 * takes its episode along to the end of the more urgent band. `rows` are sorted; the result is sorted.
 */
function gather(rows: readonly Row[], view: View): readonly Row[] {
	if (view.order !== 'desk') return rows;
	const places = placesOf(rows);
	let changed = false;
	const placed = rows.map((row): Row => {
		const { episodeId } = row.alert;
		// A tombstone stays in its episode. A row that has left its episode stays in its place, and then stands alone.
		const near = row.leftAtMs === null ? episodeId : row.episode;
		const at = near === null ? undefined : places.get(near);
		const episode = row.leftAtMs === null ? (at ? episodeId : null) : row.episode;
		const { band, place } = at ?? row;
		if (episode === row.episode && band === row.band && place === row.place) return row;
		changed = true;
		return { ...row, episode, band, place };
	});
	return changed ? placed.sort(comparators.desk) : rows;
}

/** Returns the place of each episode that has enough rows, by episode id. */
function placesOf(rows: readonly Row[]): Map<string, Place> {
	const members = new Map<string, Row[]>();
	/** The first row of each episode that already has a place. A tombstone holds the place of its episode too. */
	const settled = new Map<string, Row>();
	for (const row of rows) {
		if (row.episode !== null && !settled.has(row.episode)) settled.set(row.episode, row);
		const { episodeId } = row.alert;
		if (row.leftAtMs !== null || episodeId === null) continue;
		const group = members.get(episodeId);
		if (group) group.push(row);
		else members.set(episodeId, [row]);
	}
	const places = new Map<string, Place>();
	for (const [episodeId, group] of members) {
		const held = settled.get(episodeId);
		// The rows are sorted, so that the first row of the group has the first place.
		const urgent = held && group.find((row) => row.episode !== episodeId && row.band < held.band);
		if (held || group.length >= LEAST_TOGETHER) places.set(episodeId, urgent ?? held ?? group[0]!);
	}
	return places;
}

/** Returns the waiting Alerts that join a closed episode of the list, as rows. A more urgent Alert waits. */
function joiningRows(
	waiting: ReadonlyMap<string, Alert>,
	shown: readonly Row[],
	opened: ReadonlySet<string>
): Row[] {
	const members = [...waiting.values()].filter(({ episodeId }) => episodeId !== null);
	if (members.length === 0) return [];
	const together = new Map<string, Row[]>();
	for (const row of shown) {
		if (row.episode === null || opened.has(row.episode)) continue;
		const rows = together.get(row.episode);
		if (rows) rows.push(row);
		else together.set(row.episode, [row]);
	}
	const joining: Row[] = [];
	for (const alert of members) {
		const rows = together.get(alert.episodeId!);
		if (!rows || rows.length < LEAST_TOGETHER || alert.priority < rows[0]!.band) continue;
		// An episode that the person has just decided does not come back under the cursor.
		if (rows.every((row) => row.leftAtMs !== null)) continue;
		const { band, place } = rows[0]!;
		joining.push({ ...toRow(alert), band, place, episode: alert.episodeId });
	}
	return joining;
}

function patch(row: Row, alert: Alert, view: View, nowMs: number): Row {
	const explanationChanged =
		alert.explanation !== row.alert.explanation ||
		alert.candidates[0]?.requestId !== row.alert.candidates[0]?.requestId;
	return {
		...row,
		alert,
		leftAtMs: view.belongs(alert) ? null : (row.leftAtMs ?? nowMs),
		updatedUntilMs: explanationChanged ? nowMs + UPDATED_MS : row.updatedUntilMs,
		retracted: false
	};
}

/** Turns the rows that have left the view by the time alone into tombstones. */
export const judgeAgain = (rows: Rows, view: View, nowMs: number): Rows => ({
	...rows,
	shown: rows.shown.map((row) =>
		row.leftAtMs === null && !view.belongs(row.alert) ? { ...row, leftAtMs: nowMs } : row
	)
});

/** Returns the rows of `after` that joined the list since `before`, and those that became tombstones. */
export function changedRows(before: Rows, after: Rows, changes: readonly Alert[]): Row[] {
	if (changes.length === 0 && before.waiting.size === 0) return [];
	const changed = new Set([...before.waiting.keys(), ...changes.map(({ id }) => id)]);
	const known = new Set(before.shown.map((row) => row.alert.id));
	return after.shown.filter(
		({ alert, leftAtMs }) => changed.has(alert.id) && (leftAtMs !== null || !known.has(alert.id))
	);
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

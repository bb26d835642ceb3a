// Turns the rows of a list into what the list shows: bands of priority, lone Alerts, and episodes that open in place.
import type { Alert } from '#lib/domain/alert.ts';
import { LEAST_TOGETHER, compareIds, type Row, type View } from './alert-rows.ts';

export type Entry =
	/** The head of a band of priority. `rows`: the number of its rows that are not tombstones. */
	| { readonly kind: 'band'; readonly key: string; readonly band: number; readonly rows: number }
	/** The line before the entries that are new since the person last looked. `at`: when that was. */
	| { readonly kind: 'mark'; readonly key: string; readonly at: string }
	/** One Alert. `inside`: the row is a member of the open episode above it. */
	| { readonly kind: 'alert'; readonly key: string; readonly row: Row; readonly inside: boolean }
	/** An episode with all its rows. `opened`: the rows follow as entries of their own. */
	| {
			readonly kind: 'episode';
			readonly key: string;
			readonly id: string;
			readonly rows: readonly Row[];
			readonly opened: boolean;
	  };

/** An entry that a person can select. */
export type SelectableEntry = Exclude<Entry, { kind: 'band' | 'mark' }>;
export type EpisodeEntry = Extract<Entry, { kind: 'episode' }>;

export const isSelectable = (entry: Entry): entry is SelectableEntry =>
	entry.kind !== 'band' && entry.kind !== 'mark';
export const episodeKey = (id: string): string => `episode-${id}`;

/** How far a person has looked at the list: up to the Alert with this id, at this time. */
export interface Mark {
	readonly seenId: string;
	readonly at: string;
}

/**
 * Returns the entries of sorted rows. `opened`: the ids of the episodes that are open in place. `mark`: a line parts what
 * the person has seen from what is new; `null`: there is no line.
 */
export function entriesOf(
	rows: readonly Row[],
	order: View['order'],
	opened: ReadonlySet<string>,
	mark: Mark | null = null
): readonly Entry[] {
	const entries: Entry[] = [];
	const add = (row: Row, inside: boolean): void => {
		entries.push({ kind: 'alert', key: row.alert.id, row, inside });
	};
	if (order === 'newest') {
		for (const [i, row] of rows.entries()) {
			// The newest rows stand above the line.
			if (mark && i > 0 && !isNew(row.alert.id, mark) && isNew(rows[i - 1]!.alert.id, mark))
				entries.push({ kind: 'mark', key: 'mark', at: mark.at });
			add(row, false);
		}
		return entries;
	}
	const perBand = new Map<number, number>();
	for (const row of rows)
		perBand.set(row.band, (perBand.get(row.band) ?? 0) + (row.leftAtMs === null ? 1 : 0));
	for (let i = 0; i < rows.length;) {
		const row = rows[i]!;
		if (i === 0 || rows[i - 1]!.band !== row.band)
			entries.push({ kind: 'band', key: `band-${row.band}`, band: row.band, rows: perBand.get(row.band)! });
		// The newest rows stand at the end of their band, below the line.
		if (
			mark &&
			isNew(row.place, mark) &&
			(i === 0 || rows[i - 1]!.band !== row.band || !isNew(rows[i - 1]!.place, mark))
		)
			entries.push({ kind: 'mark', key: `mark-${row.band}`, at: mark.at });
		let end = i + 1;
		if (row.episode !== null) while (rows[end]?.episode === row.episode) end++;
		if (end - i >= LEAST_TOGETHER) {
			const id = row.episode!;
			const members = rows.slice(i, end);
			entries.push({ kind: 'episode', key: episodeKey(id), id, rows: members, opened: opened.has(id) });
			if (opened.has(id)) for (const member of members) add(member, true);
		} else add(row, false);
		i = end;
	}
	return entries;
}

const isNew = (id: string, mark: Mark): boolean => compareIds(id, mark.seenId) > 0;

/** Returns the rows that an entry stands for. */
export const rowsOf = (entry: SelectableEntry): readonly Row[] =>
	entry.kind === 'alert' ? [entry.row] : entry.rows;

/** Returns the Alerts of an entry that a person can act on: the Alert of a row, or the waiting Alerts of an episode. */
export function waitingIn(entry: SelectableEntry): Alert[] {
	const rows = rowsOf(entry).filter((row) => !row.retracted);
	const waiting = entry.kind === 'episode' ? rows.filter((row) => row.leftAtMs === null) : rows;
	return waiting.map((row) => row.alert);
}

/**
 * Returns the index of the entry with the key, or of the closed episode that holds the Alert with this id; -1: none.
 */
export function indexOf(entries: readonly Entry[], key: string | null): number {
	if (key === null) return -1;
	const index = entries.findIndex((entry) => entry.key === key);
	return index >= 0
		? index
		: entries.findIndex(
				(entry) => entry.kind === 'episode' && entry.rows.some((row) => row.alert.id === key)
			);
}

// Places Alerts in episodes when they are explained: asks the index of runs, and writes what the answer means within the
// transaction that writes the explanations.
import type pg from 'pg';
import type { Candidate } from '#lib/domain/alert.ts';
import { groupKeys, type GroupFacts } from '#lib/domain/episode-rule.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';
import type { ExplanationRow, Frame } from '#lib/server/feed/feed.ts';
import { moveAlerts, openEpisodes, type EpisodeChange, type Opening } from './episode-moves.ts';
import { insertDoubts, type Doubt } from '#lib/server/runs/run-doubts.ts';
import type { Entry, Place } from '#lib/server/runs/run-bytes.ts';
import type { RunIndex } from '#lib/server/runs/run-index.ts';
import { runKey, type RunKey } from '#lib/server/runs/run-key.ts';

/** Builds the stored keys of an Alert for a Supplier, from its explanation and its Device. */
export const runKeysOf = (
	supplierId: number,
	{ candidates, ...facts }: Omit<GroupFacts, 'suspect'> & { candidates: readonly Candidate[] }
): RunKey[] =>
	groupKeys({ ...facts, suspect: namesSuspect(facts.explanation) ? (candidates[0] ?? null) : null }).map(
		(key) => runKey(supplierId, key)
	);

/** What must be written beside the explanations of a batch. */
export interface Placing<Row> {
	rows: Row[];
	openings: Opening[];
	moves: EpisodeChange[];
	doubts: Doubt[];
	/** Call this after the commit. */
	end(): void;
}

const NOTHING = { openings: [], moves: [], doubts: [], end: () => {} };

/** Asks the index for the episodes of these Alerts. Returns the rows with their episodes. */
export async function placeAlerts<Row extends ExplanationRow>(
	index: RunIndex,
	rows: readonly Row[]
): Promise<Placing<Row>> {
	if (rows.length === 0) return { rows: [], ...NOTHING };
	const entries = rows.map(({ supplierId, alertId, body, keys }): Entry => ({
		supplierId,
		alertId,
		deviceId: body.deviceId,
		at: Date.parse(body.effectiveAt),
		keys
	}));
	const { places, moves, end } = await index.add(entries);
	const elsewhere = new Map<string, EpisodeChange>();
	if (moves.length > 0) {
		const supplierOf = new Map(
			entries.flatMap(({ supplierId, keys }) => keys.map((key) => [key, supplierId] as const))
		);
		const moving = new Set(moves.map(({ alertId }) => alertId));
		const own = new Map<string, Place>();
		for (const [i, { supplierId, alertId }] of entries.entries())
			if (moving.has(alertId)) own.set(alertKey(supplierId, alertId), places[i]!);
		for (const move of moves) {
			const supplierId = supplierOf.get(move.key)!;
			const id = alertKey(supplierId, move.alertId);
			const place = own.get(id);
			// Of the keys of an Alert, the smaller is the preferred key (episode-moves.ts).
			if (place) {
				if (place.key === null || move.key <= place.key)
					[place.key, place.episodeId] = [move.key, move.episodeId];
			} else if ((elsewhere.get(id)?.key ?? move.key) >= move.key) elsewhere.set(id, { ...move, supplierId });
		}
	}
	const doubts: Doubt[] = [];
	const openings = new Map<bigint, Opening>();
	const joins = ({
		supplierId,
		episodeId,
		key,
		at
	}: Omit<EpisodeChange, 'alertId' | 'key'> & { key: RunKey | null }) => {
		if (episodeId === null || key === null) return;
		openings.set(episodeId, { supplierId, episodeId, key, at });
	};
	const withPlaces = rows.map((row, i): Row => {
		const { supplierId } = row;
		const { episodeId, key, doubts: unsure } = places[i]!;
		const { at } = entries[i]!;
		for (const one of unsure) doubts.push({ supplierId, key: one, at });
		joins({ supplierId, episodeId, key, at });
		return { ...row, episodeId, episodeKey: key, doubts: unsure };
	});
	elsewhere.forEach(joins);
	return {
		rows: withPlaces,
		openings: [...openings.values()],
		moves: [...elsewhere.values()],
		doubts,
		end
	};
}

/**
 * Writes explanations by `write`, and their places in episodes. All statements are sent at once, so that they can go
 * together with the commit. The feeds of the Suppliers must be locked. Returns the result of `write`, and the frames of
 * the Alerts that moved, to be published after it.
 */
export async function writePlaced<T>(
	client: pg.ClientBase,
	placing: Omit<Placing<unknown>, 'rows'>,
	write: () => Promise<T>
): Promise<{ written: T; moved: Frame[] }> {
	const [, written, moved] = await Promise.all([
		openEpisodes(client, placing.openings),
		write(),
		moveAlerts(client, placing.moves),
		insertDoubts(client, placing.doubts)
	]);
	return { written, moved };
}

const alertKey = (supplierId: number, alertId: bigint): string => `${supplierId} ${alertId}`;

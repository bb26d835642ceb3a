// The large episodes that go on, as a worker remembers them: an Alert that seems to join one does so in the write that
// explains it, and need not be written and told a second time. What is remembered may be old: grouping looks at each of
// these Alerts all the same (episode-settle.ts), and moves what does not belong.
import type pg from 'pg';
import { ruleOf } from '#lib/domain/episode.ts';
import type { Extent } from '#lib/domain/episode.ts';
import type { EpisodeGuess } from '#lib/server/feed/feed.ts';

export type LargeEpisodes = ReturnType<typeof followLargeEpisodes>;

/** So long (ms) an episode is remembered after its last change. */
const MEMORY_MS = 3_600_000;
/** Changes are written when their transaction ends: so much (ms) is read again. */
const OVERLAP_MS = 10_000;

export function followLargeEpisodes(pool: pg.Pool) {
	/** By Supplier and key, then by id. */
	const known = new Map<string, Map<bigint, Extent & { changedAt: number }>>();
	let read = -Infinity;

	return {
		/** Reads what has changed since the last time. */
		async refresh(): Promise<void> {
			const now = Date.now();
			const since = Math.max(read - OVERLAP_MS, now - MEMORY_MS);
			const { rows } = await pool.query<Row>({
				name: 'changed-episodes',
				text: CHANGED,
				values: [new Date(since)]
			});
			read = now;
			for (const row of rows) {
				const place = spell(row.supplier_id, row.key);
				const own = known.get(place) ?? new Map<bigint, Extent & { changedAt: number }>();
				known.set(place, own);
				// One that has lost most of its Alerts, or has become part of another, is not large any more.
				if (!row.run_from || !row.run_to) own.delete(row.id);
				else
					own.set(row.id, {
						episodeId: row.id,
						from: row.run_from.getTime(),
						to: row.run_to.getTime(),
						changedAt: row.changed_at.getTime()
					});
			}
			forgetBefore(now - MEMORY_MS);
		},

		/** The large episode that an Alert with these keys seems to join. `at`: epoch ms. */
		guess(supplierId: number, keys: readonly string[], at: number): EpisodeGuess | null {
			for (const [rank, key] of keys.entries()) {
				const { gap } = ruleOf(key);
				for (const extent of known.get(spell(supplierId, key))?.values() ?? []) {
					if (at < extent.from - gap || at > extent.to + gap) continue;
					extent.from = Math.min(extent.from, at);
					extent.to = Math.max(extent.to, at);
					return { keys: keys.slice(0, rank + 1), episodeId: extent.episodeId };
				}
			}
			return null;
		}
	};

	function forgetBefore(at: number): void {
		for (const [place, own] of known) {
			for (const [id, { changedAt }] of own) if (changedAt < at) own.delete(id);
			if (own.size === 0) known.delete(place);
		}
	}
}

interface Row {
	id: bigint;
	supplier_id: number;
	key: string;
	run_from: Date | null;
	run_to: Date | null;
	changed_at: Date;
}

const spell = (supplierId: number, key: string): string => `${supplierId} ${key}`;

const CHANGED = `
select id, supplier_id, key, run_from, run_to, changed_at from episode where changed_at >= $1`;

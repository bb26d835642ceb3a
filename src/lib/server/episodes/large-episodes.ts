// Caches, in a worker, the large episodes that Alerts still join. An Alert that seems to join a large episode is
// written into that episode with its first explanation. So the Alert does not have to be written and published a second
// time. The cache may be old, so grouping still checks each of these Alerts (episode-settle.ts). Grouping moves the
// Alerts that do not belong to the episode.
import type pg from 'pg';
import { ruleOf, type Extent } from '#lib/domain/episode.ts';
import type { EpisodeGuess } from '#lib/server/feed/feed.ts';
import { statement } from '#lib/server/postgres/statement.ts';

export type LargeEpisodes = ReturnType<typeof followLargeEpisodes>;

/** An episode stays in the cache for this time after its last change, in ms. */
const MEMORY_MS = 3_600_000;
/**
 * A change becomes visible only when its transaction commits. So each read also covers this time before the start of
 * the previous read, in ms.
 */
const OVERLAP_MS = 10_000;

type CachedEpisode = Extent & { changedAt: number };

export function followLargeEpisodes(pool: pg.Pool) {
	/** The cached episodes: by Supplier and key, then by the id of the episode. */
	const cache = new Map<string, Map<bigint, CachedEpisode>>();
	let lastReadAt = -Infinity;

	return {
		/** Reads the large episodes that have changed since the last read. */
		async refresh(): Promise<void> {
			const now = Date.now();
			const since = Math.max(lastReadAt - OVERLAP_MS, now - MEMORY_MS);
			const { rows } = await pool.query<Row>(CHANGED({ since: new Date(since) }));
			lastReadAt = now;
			for (const row of rows) {
				const cacheKey = cacheKeyOf(row.supplier_id, row.key);
				const episodes = cache.get(cacheKey) ?? new Map<bigint, CachedEpisode>();
				cache.set(cacheKey, episodes);
				// An episode that has lost most of its Alerts, or has become part of another episode, is not large any
				// more.
				if (!row.run_from || !row.run_to) episodes.delete(row.id);
				else
					episodes.set(row.id, {
						episodeId: row.id,
						from: row.run_from.getTime(),
						to: row.run_to.getTime(),
						changedAt: row.changed_at.getTime()
					});
			}
			forgetBefore(now - MEMORY_MS);
		},

		/**
		 * Returns the large episode that an Alert with these keys seems to join; `null`: none. `at`: the effective time
		 * of the Alert (epoch ms).
		 */
		guess(supplierId: number, keys: readonly string[], at: number): EpisodeGuess | null {
			for (const [rank, key] of keys.entries()) {
				const { gap } = ruleOf(key);
				for (const extent of cache.get(cacheKeyOf(supplierId, key))?.values() ?? []) {
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
		for (const [cacheKey, episodes] of cache) {
			for (const [id, { changedAt }] of episodes) if (changedAt < at) episodes.delete(id);
			if (episodes.size === 0) cache.delete(cacheKey);
		}
	}
}

/** A changed episode. `run_from` and `run_to` are `null` if the episode is not large any more. */
interface Row {
	id: bigint;
	supplier_id: number;
	key: string;
	run_from: Date | null;
	run_to: Date | null;
	changed_at: Date;
}

const cacheKeyOf = (supplierId: number, key: string): string => `${supplierId} ${key}`;

const CHANGED = statement(
	'changed-episodes',
	'select id, supplier_id, key, run_from, run_to, changed_at from episode where changed_at >= :since'
);

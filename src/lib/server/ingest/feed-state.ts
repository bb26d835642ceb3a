// Reads the state of the feeds of a Supplier or of the installation: last arrivals, completeness marks and warnings.
import type pg from 'pg';
import { feedFaults, feedWarnings, type FeedFault, type Feeds } from '#lib/domain/feed-state.ts';
import { listSources, type Completeness } from './completeness.ts';
import { listHeardFeeds, type HeardFeeds } from './heard-feeds.ts';

/** How long an answer serves further callers (ms). Many consoles of one Supplier cost no more than one. */
const FRESH_MS = 1000;

export type FeedState = ReturnType<typeof createFeedState>;

export function createFeedState(deps: {
	heardFeeds: Pick<HeardFeeds, 'list'>;
	completeness: Pick<Completeness, 'list'>;
	silentAfterSeconds: number;
}) {
	const { heardFeeds, completeness, silentAfterSeconds } = deps;
	const answers = new Map<number | null, { until: number; feeds: Promise<Feeds> }>();

	async function read(viewer: number | null): Promise<Feeds> {
		const [feeds, sources] = await Promise.all([heardFeeds.list(viewer), completeness.list(viewer)]);
		const facts = { feeds, completeness: sources, silentAfterSeconds };
		return { ...facts, warnings: feedWarnings(facts, Date.now()) };
	}

	return {
		/** Reads the feeds that bear on a Supplier; `null`: the feeds of all owners of keys, for the installation. */
		read(viewer: number | null): Promise<Feeds> {
			const known = answers.get(viewer);
			if (known && known.until > Date.now()) return known.feeds;
			const feeds = read(viewer);
			answers.set(viewer, { until: Date.now() + FRESH_MS, feeds });
			feeds.catch(() => answers.delete(viewer));
			return feeds;
		}
	};
}

/** Reads the faults of the feeds that bear on a Supplier at this moment. */
export async function readFeedFaults(
	pool: pg.Pool,
	supplierId: number,
	silentAfterSeconds: number
): Promise<FeedFault[]> {
	const now = Date.now();
	const [feeds, completeness] = await Promise.all([
		listHeardFeeds(pool, supplierId, silentAfterSeconds),
		listSources(pool, supplierId, now)
	]);
	return feedFaults({ feeds, completeness, silentAfterSeconds }, now);
}

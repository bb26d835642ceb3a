// All that one Supplier can read, the long way, and when there is nothing left to happen.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { Episode } from '#lib/domain/episode.ts';
import { suppliersWithNews } from '#lib/server/episodes/episode-turn.ts';
import { FeedPage } from '#lib/domain/live-events.ts';
import { eventually, type SupplierSlug, type System } from './system.ts';

/** Waits until every doorbell is worked on and every feed is grouped. */
export const settled = (system: System): Promise<void> =>
	eventually(
		async () => {
			const { rows: bells } = await system.record.query('select id from doorbell');
			expect([bells, await suppliersWithNews(system.record, 0)]).toEqual([[], []]);
		},
		{ timeout: 60_000, interval: 100 }
	);

async function pages<T>(system: System, slug: SupplierSlug, path: string): Promise<T[]> {
	const items: T[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const { body } = await system.get(slug, `${path}?limit=500${cursor && `&cursor=${cursor}`}`);
		items.push(...body.items);
		cursor = body.nextCursor;
	}
	return items;
}

export const allAlerts = (system: System, slug: SupplierSlug) => pages<Alert>(system, slug, '/alerts');
export const allEpisodes = (system: System, slug: SupplierSlug) => pages<Episode>(system, slug, '/episodes');

export async function exportedIds(
	system: System,
	slug: SupplierSlug
): Promise<{ csv: string[]; ndjson: string[] }> {
	const [csv, ndjson] = await Promise.all(
		['csv', 'ndjson'].map(async (format) => {
			const { body } = await system.get(slug, `/exports/alerts.${format}`);
			return (body as string).trim().split(/\r?\n/);
		})
	);
	return {
		csv: csv!.slice(1).map((line) => line.slice(0, line.indexOf(','))),
		ndjson: ndjson!.filter(Boolean).map((line) => (JSON.parse(line) as Alert).id)
	};
}

/** A reader that knows nothing but what the feed, or the socket, has told: the newest entry of each id stands. */
export class Follower {
	readonly held = new Map<string, { seq: number; alert: Alert | null }>();
	head = 0;

	take({ items, retracted }: Pick<FeedPage, 'items' | 'retracted'>): void {
		const entries = [
			...items.map((alert) => ({ id: alert.id, seq: alert.seq, alert })),
			...retracted.map((entry) => ({ ...entry, alert: null }))
		];
		for (const { id, seq, alert } of entries)
			if (seq > (this.held.get(id)?.seq ?? 0)) this.held.set(id, { seq, alert });
	}

	/** Reads the feed to its end; every number must be there. */
	async catchUp(system: System, slug: SupplierSlug): Promise<void> {
		for (;;) {
			const { body } = await system.get(slug, `/feed?after=${this.head}&limit=400`);
			const page = FeedPage.parse(body);
			const seqs = [...page.items, ...page.retracted].map((entry) => entry.seq).sort((a, b) => a - b);
			expect(seqs).toEqual(seqs.map((_, i) => this.head + 1 + i));
			this.take(page);
			this.head += seqs.length;
			if (this.head >= page.head) return;
		}
	}

	get alerts(): Alert[] {
		return [...this.held.values()].flatMap(({ alert }) => alert ?? []);
	}
}

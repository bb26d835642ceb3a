// Reads everything that one Supplier can read, page by page, and waits until the worker has nothing left to do.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { Episode } from '#lib/domain/episode.ts';
import { FeedPage } from '#lib/domain/live-events.ts';
import { eventually, type Calls, type SupplierSlug, type System } from './system.ts';

/** Waits until the worker has deleted every doorbell and checked every run in doubt. */
export const settled = (system: System): Promise<void> =>
	eventually(
		async () => {
			const { rows } = await system.database.query(
				'select id from doorbell union all select id from run_doubt'
			);
			expect(rows).toEqual([]);
		},
		{ timeout: 60_000, interval: 100 }
	);

async function readPages<T>(system: Pick<Calls, 'get'>, slug: SupplierSlug, path: string): Promise<T[]> {
	const items: T[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const { body } = await system.get(slug, `${path}?limit=500${cursor && `&cursor=${cursor}`}`);
		items.push(...body.items);
		cursor = body.nextCursor;
	}
	return items;
}

export const allAlerts = (system: Pick<Calls, 'get'>, slug: SupplierSlug) =>
	readPages<Alert>(system, slug, '/alerts');
export const allEpisodes = (system: Pick<Calls, 'get'>, slug: SupplierSlug) =>
	readPages<Episode>(system, slug, '/episodes');

/** Returns the ids of the Alerts in each export, in the order of the export. */
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

/** Rebuilds the Alerts of a Supplier from the feed or the socket alone: the newest entry of each id counts. */
export class Follower {
	readonly entries = new Map<string, { seq: number; alert: Alert | null }>();
	head = 0;

	take({ items, retracted }: Pick<FeedPage, 'items' | 'retracted'>): void {
		const received = [
			...items.map((alert) => ({ id: alert.id, seq: alert.seq, alert })),
			...retracted.map((entry) => ({ ...entry, alert: null }))
		];
		for (const { id, seq, alert } of received)
			if (seq > (this.entries.get(id)?.seq ?? 0)) this.entries.set(id, { seq, alert });
	}

	/** Reads the feed of the Supplier to the end. Fails if a feed number is missing. */
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
		return [...this.entries.values()].flatMap(({ alert }) => alert ?? []);
	}
}

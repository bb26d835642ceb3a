// Fills the Redis index from the record. Workers put new requests in all the while, so nothing is missed in between.
import type pg from 'pg';
import { requestsPage } from './evidence-store.ts';
import type { RequestIndex } from './request-index.ts';

const PAGE = 5000;

/** Indexes every request within the window and marks the index complete. Returns how many were put in. */
export async function reindex(
	pool: pg.Pool,
	index: RequestIndex,
	onProgress: (done: number) => void = () => {}
): Promise<number> {
	const since = Date.now() - index.windowMs;
	let done = 0;
	for (let after = 0n; ;) {
		const page = await requestsPage(pool, after, since, PAGE);
		await index.put(page);
		done += page.length;
		onProgress(done);
		if (page.length < PAGE) break;
		after = page.at(-1)!.id;
	}
	await index.markComplete();
	return done;
}

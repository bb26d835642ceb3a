// Fills the Redis index from the database. Meanwhile, workers index new requests, so that no request is missed.
import type pg from 'pg';
import type { RequestIndex } from './request-index.ts';
import { requestsPage } from './stored-requests.ts';

const REQUESTS_PER_PAGE = 5000;

/** Indexes every request within the window and marks the index complete. Returns the number of requests indexed. */
export async function reindex(
	pool: pg.Pool,
	index: RequestIndex,
	onProgress: (done: number) => void = () => {}
): Promise<number> {
	const since = Date.now() - index.windowMs;
	let done = 0;
	for (let after = 0n; ;) {
		const page = await requestsPage(pool, { after, since, limit: REQUESTS_PER_PAGE });
		await index.put(page);
		done += page.length;
		onProgress(done);
		if (page.length < REQUESTS_PER_PAGE) break;
		after = page.at(-1)!.id;
	}
	await index.markComplete();
	return done;
}

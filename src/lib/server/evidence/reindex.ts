// Fills the Redis index from the database. Meanwhile, workers index new requests, so that no request is missed.
import type pg from 'pg';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { whileLocked } from '#lib/server/postgres/session-lock.ts';
import { putNewest } from './put-newest.ts';
import type { RequestIndex } from './request-index.ts';
import { requestsPage } from './stored-requests.ts';

const REQUESTS_PER_PAGE = 5000;

/**
 * Indexes every request within the window and marks the index complete. Returns the number of requests indexed. Returns
 * `null` if the index is not complete: another process fills it, or Redis was emptied meanwhile.
 */
export const reindex = (
	pool: pg.Pool,
	index: RequestIndex,
	onProgress: (done: number) => void = () => {}
): Promise<number | null> => whileLocked(pool, LOCKS.filling, (client) => fill(client, index, onProgress));

async function fill(
	client: pg.ClientBase,
	index: RequestIndex,
	onProgress: (done: number) => void
): Promise<number | null> {
	const filling = await index.beginFilling();
	const since = Date.now() - index.windowMs;
	let done = 0;
	for (let after = 0n; ;) {
		const page = await requestsPage(client, { after, since, limit: REQUESTS_PER_PAGE });
		await putNewest(client, index, page);
		done += page.length;
		onProgress(done);
		if (page.length < REQUESTS_PER_PAGE) break;
		after = page.at(-1)!.id;
	}
	return (await index.endFilling(filling)) ? done : null;
}

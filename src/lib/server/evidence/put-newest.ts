// Puts stored Service Requests into the Redis index in their newest state. Two batches may hold two states of one
// request, and the batch with the older state may put last.
import type pg from 'pg';
import type { RequestIndex } from './request-index.ts';
import { requestsById, versionsById, type RequestWithId } from './stored-requests.ts';

/**
 * Puts the requests, and then reads whether a later record has completed one of them meanwhile. Puts such a request
 * again, until the index holds what the database holds. A later record that is committed after the last look has a
 * doorbell of its own, and so a batch that puts later. Returns the requests in their newest state.
 */
export async function putNewest(
	client: pg.ClientBase,
	index: Pick<RequestIndex, 'put'>,
	requests: readonly RequestWithId[]
): Promise<RequestWithId[]> {
	const newest = new Map(requests.map((request) => [request.id, request]));
	for (let next = [...requests]; next.length > 0;) {
		await index.put(next);
		const versions = await versionsById(
			client,
			next.map(({ id }) => id)
		);
		const changed = next.filter(({ id, rowVersion }) => versions.has(id) && versions.get(id) !== rowVersion);
		next =
			changed.length === 0
				? []
				: await requestsById(
						client,
						changed.map(({ id }) => id)
					);
		for (const request of next) newest.set(request.id, request);
	}
	return [...newest.values()];
}

// Serves the state of the feeds: when records last arrived, and how far the audit data is complete.
import { Feeds } from '#lib/domain/feed-state.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { FeedState } from './feed-state.ts';

export const feedRoutes: ReadonlyArray<Route<{ feedState: FeedState }>> = [
	{
		method: 'GET',
		path: '/feeds',
		scope: 'read',
		action: 'see-feeds',
		summary:
			'Read when records of each kind last arrived, how far audit data is complete, and what has stopped',
		gives: Feeds,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.feedState.read(caller.supplierId)
		})
	}
];

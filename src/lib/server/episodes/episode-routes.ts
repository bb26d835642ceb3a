// Serves episodes: the list, one episode, and the Alerts outside it.
import { z } from 'zod';
import { EpisodeCursor, EpisodeFilters } from '#lib/domain/episode-list.ts';
import { EpisodeDetail, EpisodePage, OutsideEpisode } from '#lib/domain/episode.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Episodes } from './episodes.ts';

const MOST_IDS = 100;

const EpisodeQuery = EpisodeFilters.extend({
	/** The ids of the episodes to read, separated by commas. */
	ids: z
		.string()
		.transform((text) => text.split(','))
		.pipe(z.array(RecordId).min(1).max(MOST_IDS))
		.optional(),
	limit: z.coerce.number().int().min(1).max(500).optional(),
	cursor: EpisodeCursor.optional()
});

export const episodeRoutes: ReadonlyArray<Route<{ episodes: Episodes }>> = [
	{
		method: 'GET',
		path: '/episodes',
		scope: 'read',
		summary: 'List episodes, the newest first unless `sort` says otherwise',
		query: EpisodeQuery,
		gives: EpisodePage,
		handle: async ({ services, caller, query }) => ({
			status: 200,
			body: await services.episodes.page(requireSupplier(caller), readQuery(EpisodeQuery, query))
		})
	},
	{
		method: 'GET',
		path: '/episodes/{id}',
		scope: 'read',
		summary: 'Read one episode; GET /alerts?episode= lists its Alerts',
		gives: EpisodeDetail,
		async handle({ services, caller, params }) {
			const id = recordIdIn(params, 'episode');
			const episode = await services.episodes.one(requireSupplier(caller), id);
			if (!episode) throw new Problem(404, 'No such episode');
			return { status: 200, body: episode };
		}
	},
	{
		method: 'GET',
		path: '/episodes/{id}/outside',
		scope: 'read',
		summary: 'List the Alerts outside an episode: they look alike at that time and do not have its cause',
		gives: OutsideEpisode,
		async handle({ services, caller, params }) {
			const id = recordIdIn(params, 'episode');
			const outside = await services.episodes.outside(requireSupplier(caller), id);
			if (!outside) throw new Problem(404, 'No such episode');
			return { status: 200, body: outside };
		}
	}
];

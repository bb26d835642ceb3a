// Learned evidence for the people who review it: what stands before Alerts more often than by chance.
import { LearnedList, PatternReviewIn } from '#lib/domain/learned-pattern.ts';
import { requireEditor, requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { ReadLearned } from './learned-patterns.ts';
import type { Route } from '#lib/server/http/route.ts';

export const learnedRoutes: ReadonlyArray<Route<{ learned: ReadLearned }>> = [
	{
		method: 'GET',
		path: '/learned-patterns',
		scope: 'read',
		summary: 'Service Requests that stand before Alerts far more often than by chance, the surest first',
		gives: LearnedList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.learned.forReview(requireSupplier(caller)) }
		})
	},
	{
		method: 'POST',
		path: '/learned-patterns/review',
		scope: 'decide',
		summary: 'Say that a learned pattern is no cause, or take that back',
		takes: jsonBody(PatternReviewIn),
		async handle({ services, caller, body }) {
			const by = requireEditor(caller);
			const known = await services.learned.review(
				requireSupplier(caller),
				parse(PatternReviewIn, readJson(body)),
				by
			);
			if (!known) throw new Problem(404, 'Your Alerts have shown no such pattern');
			return { status: 204 };
		}
	}
];

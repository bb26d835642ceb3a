// Serves the learned patterns to the people who review them, and accepts their reviews.
import { LearnedList, PatternReviewIn } from '#lib/domain/learned-pattern.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { LearnedReader } from './learned-patterns.ts';

export const learnedRoutes: ReadonlyArray<Route<{ learned: LearnedReader }>> = [
	{
		method: 'GET',
		path: '/learned-patterns',
		scope: 'read',
		summary:
			'List the learned patterns: Service Requests that come before Alerts far more often than by chance, the surest first',
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
		succeeds: [204],
		refuses: [404],
		action: 'review-patterns',
		summary: 'Review a learned pattern: dismiss it as no cause, or withdraw the dismissal',
		takes: jsonBody(PatternReviewIn),
		async handle({ services, caller, body }) {
			const isStored = await services.learned.review(
				requireSupplier(caller),
				parse(PatternReviewIn, readJson(body)),
				caller
			);
			if (!isStored)
				throw new Problem(
					404,
					'Your Alerts have shown no such pattern; GET /api/v1/learned-patterns lists them'
				);
			return { status: 204 };
		}
	}
];

// Serves comments: writes one on an Alert, an episode or a Device, and reads them.
import { Comment, CommentIn, CommentList, type CommentSubject } from '#lib/domain/desk/comment.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { actorOf } from '#lib/server/decisions/decision-routes.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Comments } from './comments.ts';

export interface CommentServices {
	comments: Comments;
}

const SUBJECTS: ReadonlyArray<{ subject: CommentSubject; path: string; name: string; lasts: string }> = [
	{ subject: 'alert', path: '/alerts/{id}/comments', name: 'Alert', lasts: '' },
	{ subject: 'episode', path: '/episodes/{id}/comments', name: 'episode', lasts: '' },
	{ subject: 'device', path: '/devices/{id}/comments', name: 'Device', lasts: ' for ever' }
];

/** Returns the id in the path. Throws a 404 problem if no such subject can have it. */
function idIn(params: Readonly<Record<string, string>>, subject: CommentSubject, name: string): string {
	if (subject !== 'device') return recordIdIn(params, name);
	const device = Eui64.safeParse(params['id']);
	if (!device.success) throw new Problem(404, `No such ${name}`);
	return device.data;
}

export const commentRoutes: ReadonlyArray<Route<CommentServices>> = SUBJECTS.flatMap(
	({ subject, path, name, lasts }): Array<Route<CommentServices>> => [
		{
			method: 'GET',
			path,
			scope: 'read',
			summary:
				subject === 'alert'
					? 'Read the comments on an Alert, on its episode and on its Device, oldest first'
					: `Read the comments on a${name === 'episode' ? 'n' : ''} ${name}, oldest first`,
			gives: CommentList,
			async handle({ services, caller, params }) {
				const supplierId = requireSupplier(caller);
				const id = idIn(params, subject, name);
				const items =
					subject === 'alert'
						? await services.comments.around(supplierId, id)
						: await services.comments.of(supplierId, { subject, id });
				if (!items) throw new Problem(404, `No such ${name}`);
				return { status: 200, body: { items } };
			}
		},
		{
			method: 'POST',
			path,
			scope: 'decide',
			succeeds: [201],
			summary: `Comment on a${name === 'Device' ? '' : 'n'} ${name}${lasts}; a comment cannot be changed`,
			takes: jsonBody(CommentIn),
			gives: Comment,
			async handle({ services, caller, params, body }) {
				const { text } = parse(CommentIn, readJson(body));
				const id = idIn(params, subject, name);
				const comment = await services.comments.write(
					requireSupplier(caller),
					{ subject, id },
					{ text, ...actorOf(caller) }
				);
				if (!comment) throw new Problem(404, `No such ${name}`);
				return { status: 201, body: comment };
			}
		}
	]
);

// Serves the views of the list: those that people saved, their counters, and how far the person who calls has looked.
import { mayDo, whyNot } from '#lib/domain/access.ts';
import { isViewName } from '#lib/domain/desk/list-view.ts';
import {
	LookIn,
	MOST_VIEWS,
	SavedView,
	SavedViewIn,
	ViewCounts,
	ViewList
} from '#lib/domain/desk/saved-view.ts';
import { requirePerson, requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller, Reply, Route } from '#lib/server/http/route.ts';
import type { Change, SavedViews, ViewReader } from './saved-views.ts';

export interface ViewServices {
	savedViews: SavedViews;
}

/** Returns who reads the views. A key sees the shared views, and has looked at none. */
export const readerOf = (caller: Caller): ViewReader => ({
	supplierId: requireSupplier(caller),
	personId: caller.id,
	name: caller.name,
	mayManage: mayDo('manage', caller)
});

function personOf(caller: Caller): ViewReader {
	requirePerson(caller, 'saved views');
	return readerOf(caller);
}

const NO_VIEW = 'No such view';
/** Returns the view in the path. Throws a 404 problem if no view can have this name. */
function viewIn(params: Readonly<Record<string, string>>, savedOnly = true): string {
	const view = params['view'] ?? '';
	if (/^\d{1,9}$/.test(view) || (!savedOnly && isViewName(view))) return view;
	throw new Problem(404, NO_VIEW);
}

function requireSharing(caller: Caller, { shared }: SavedViewIn): void {
	const why = shared ? whyNot('decide', caller) : null;
	if (why) throw new Problem(403, `Only people who may decide share a view; save it as private. ${why}`);
}

function replyTo(change: Change, status: number): Reply {
	if ('view' in change) return { status, body: change.view };
	throw refusal(change.refused);
}

function refusal(why: 'unknown' | 'not-yours' | 'too-many'): Problem {
	if (why === 'unknown') return new Problem(404, NO_VIEW);
	return why === 'too-many'
		? new Problem(422, `You have ${MOST_VIEWS} views; delete one first`)
		: new Problem(403, 'Another person saved this view; save a copy, or ask a lead to change it');
}

export const viewRoutes: ReadonlyArray<Route<ViewServices>> = [
	{
		method: 'GET',
		path: '/views',
		scope: 'read',
		summary:
			'List the saved views of the caller and the shared ones, and how far the caller has looked at each',
		gives: ViewList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.savedViews.list(readerOf(caller))
		})
	},
	{
		method: 'POST',
		path: '/views',
		scope: 'read',
		succeeds: [201],
		refuses: [422],
		summary: 'Save a view of the list: filters that narrow one of the views that every desk has',
		takes: jsonBody(SavedViewIn),
		gives: SavedView,
		async handle({ services, caller, body }) {
			const view = parse(SavedViewIn, readJson(body));
			requireSharing(caller, view);
			return replyTo(await services.savedViews.save(personOf(caller), view), 201);
		}
	},
	{
		method: 'PUT',
		path: '/views/{view}',
		scope: 'read',
		summary: 'Change a saved view; shared views of others need the right to manage',
		takes: jsonBody(SavedViewIn),
		gives: SavedView,
		async handle({ services, caller, params, body }) {
			const view = parse(SavedViewIn, readJson(body));
			requireSharing(caller, view);
			return replyTo(await services.savedViews.change(personOf(caller), viewIn(params), view), 200);
		}
	},
	{
		method: 'DELETE',
		path: '/views/{view}',
		scope: 'read',
		succeeds: [204],
		summary: 'Delete a saved view',
		async handle({ services, caller, params }) {
			const refused = await services.savedViews.remove(personOf(caller), viewIn(params));
			if (refused) throw refusal(refused);
			return { status: 204 };
		}
	},
	{
		method: 'GET',
		path: '/views/{view}/counts',
		scope: 'read',
		summary:
			'Count a view: the Alerts that need a decision, and those that are new since the caller last looked',
		gives: ViewCounts,
		async handle({ services, caller, params }) {
			const counts = await services.savedViews.counts(readerOf(caller), viewIn(params, false));
			if (!counts) throw new Problem(404, NO_VIEW);
			return { status: 200, body: counts };
		}
	},
	{
		method: 'PUT',
		path: '/views/{view}/look',
		scope: 'read',
		succeeds: [204],
		summary: 'Note that the person who calls has seen the Alerts of a view up to an id',
		takes: jsonBody(LookIn),
		async handle({ services, caller, params, body }) {
			const { seenId } = parse(LookIn, readJson(body));
			if (!(await services.savedViews.look(personOf(caller), viewIn(params, false), seenId)))
				throw new Problem(404, NO_VIEW);
			return { status: 204 };
		}
	}
];

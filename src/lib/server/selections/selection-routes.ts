// Serves selections: freezes the Alerts that match some filters, and says how far an action on them has come.
import {
	LeftOutPage,
	LeftOutQuery,
	MOST_SELECTED,
	Selection,
	SelectionIn
} from '#lib/domain/desk/selection.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { resolvedFor } from '#lib/server/feed/resolved-filters.ts';
import { actorOf } from '#lib/server/decisions/decision-routes.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Caller, Reply, Route } from '#lib/server/http/route.ts';
import type { DeskAction } from './desk-action.ts';
import type { SelectionOwner, Selections } from './selections.ts';

export interface SelectionServices {
	selections: Selections;
}

const ownerOf = (caller: Caller): SelectionOwner => ({
	supplierId: requireSupplier(caller),
	byId: caller.id
});

export const selectionRoutes: ReadonlyArray<Route<SelectionServices>> = [
	{
		method: 'POST',
		path: '/selections',
		scope: 'decide',
		succeeds: [201],
		refuses: [422],
		summary: 'Freeze the Alerts that match some filters now, to act on exactly these Alerts',
		takes: jsonBody(SelectionIn),
		gives: Selection,
		async handle({ services, caller, body }) {
			const filters = resolvedFor(caller, parse(SelectionIn, readJson(body)));
			const selection = await services.selections.freeze(ownerOf(caller), filters);
			if (!selection)
				throw new Problem(
					422,
					`More than ${MOST_SELECTED.toLocaleString('en-GB')} Alerts match; narrow the filters, for example by time`
				);
			return { status: 201, body: selection };
		}
	},
	{
		method: 'GET',
		path: '/selections/{id}',
		scope: 'decide',
		summary: 'Read a selection, and how far the action on it has come',
		gives: Selection,
		async handle({ services, caller, params }) {
			const selection = await services.selections.one(ownerOf(caller), recordIdIn(params, 'selection'));
			if (!selection) throw new Problem(404, 'No such selection');
			return { status: 200, body: selection };
		}
	},
	{
		method: 'GET',
		path: '/selections/{id}/conflicts',
		scope: 'decide',
		summary: 'List the Alerts of a selection that the action left as they are, and why',
		query: LeftOutQuery,
		gives: LeftOutPage,
		async handle({ services, caller, params, query }) {
			const id = recordIdIn(params, 'selection');
			const { cursor } = readQuery(LeftOutQuery, query);
			const page = await services.selections.leftOut(ownerOf(caller), id, cursor);
			if (!page) throw new Problem(404, 'No such selection');
			return { status: 200, body: page };
		}
	},
	{
		method: 'POST',
		path: '/selections/{id}/undo',
		scope: 'decide',
		succeeds: [202],
		refuses: [409],
		summary:
			'Undo the action of a selection, by a second selection: reopen, return from the shelf, or assign to nobody',
		gives: Selection,
		async handle({ services, caller, params }) {
			const id = recordIdIn(params, 'selection');
			const undo = await services.selections.undo(ownerOf(caller), id, actorOf(caller));
			if ('started' in undo) return { status: 202, body: undo.started };
			switch (undo.refused) {
				case 'unknown':
					throw new Problem(404, 'No such selection');
				case 'not-done':
					throw new Problem(409, 'No action on this selection is complete; wait until its state is done');
				case 'no-undo':
					throw new Problem(409, 'This action has no undo; act on the Alerts again');
			}
		}
	}
];

/** Starts an action on a selection of the caller, and answers how far it has come. */
export async function startAction(
	{ selections }: SelectionServices,
	caller: Caller,
	id: string,
	action: DeskAction
): Promise<Reply> {
	const start = await selections.start(ownerOf(caller), id, action);
	if ('started' in start) return { status: 202, body: start.started };
	switch (start.refused) {
		case 'unknown':
			throw new Problem(404, 'No such selection');
		case 'expired':
			throw new Problem(410, 'The selection has expired; select the Alerts again');
		case 'other':
			throw new Problem(409, 'Another action has started on this selection; select the Alerts again');
	}
}

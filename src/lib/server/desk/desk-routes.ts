// Serves the desk beside decisions: shelves or assigns one Alert, counts the views, and keeps the hours of the shifts.
import { Alert } from '#lib/domain/alert.ts';
import { AssigneeList, AssignmentIn } from '#lib/domain/desk/assignment.ts';
import { DeskCounts } from '#lib/domain/desk/desk-counts.ts';
import { ShelvingIn } from '#lib/domain/desk/shelving.ts';
import { ShiftHours } from '#lib/domain/desk/shift-hours.ts';
import { requirePerson, requireSupplier } from '#lib/server/access/caller.ts';
import { actorOf } from '#lib/server/decisions/decision-routes.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller, Reply, Route } from '#lib/server/http/route.ts';
import type { Assignments, RequestedAssignment } from './assignments.ts';
import type { DeskCounter } from './desk-counts.ts';
import type { DeskOutcome } from './desk-changes.ts';
import type { Shelving } from './shelving.ts';
import type { ShiftHourStore } from './shift-hours.ts';

export interface DeskServices {
	shelving: Shelving;
	deskCounts: DeskCounter;
	shiftHours: ShiftHourStore;
	assignments: Assignments;
}

export const deskRoutes: ReadonlyArray<Route<DeskServices>> = [
	{
		method: 'GET',
		path: '/desk',
		scope: 'read',
		summary: 'Count what the views of the desk hold',
		gives: DeskCounts,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.deskCounts.of(requireSupplier(caller), caller.id)
		})
	},
	{
		method: 'POST',
		path: '/alerts/{id}/shelving',
		scope: 'decide',
		refuses: [409, 422],
		summary: 'Shelve one Alert for a time, or take it off the shelf',
		takes: jsonBody(ShelvingIn),
		gives: Alert,
		async handle({ services, caller, params, body }) {
			const { version, for: time, note } = parse(ShelvingIn, readJson(body));
			const id = recordIdIn(params, 'Alert');
			const request = { for: time, note: note ?? null, ...actorOf(caller) };
			return oneOf(await services.shelving.shelve(requireSupplier(caller), [{ id, version }], request));
		}
	},
	{
		method: 'GET',
		path: '/desk/people',
		scope: 'read',
		summary: 'List the people to whom Alerts can be assigned',
		gives: AssigneeList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.assignments.people(requireSupplier(caller)) }
		})
	},
	{
		method: 'POST',
		path: '/alerts/{id}/assignment',
		scope: 'decide',
		refuses: [409, 422],
		summary: 'Assign one Alert to a person, or to nobody',
		takes: jsonBody(AssignmentIn),
		gives: Alert,
		async handle({ services, caller, params, body }) {
			const { version, to } = parse(AssignmentIn, readJson(body));
			const id = recordIdIn(params, 'Alert');
			const supplierId = requireSupplier(caller);
			const request = await assignmentOf(services, caller, to);
			return oneOf(await services.assignments.assign(supplierId, [{ id, version }], request));
		}
	},
	{
		method: 'GET',
		path: '/shift-hours',
		scope: 'read',
		summary: 'Read the hours at which shifts begin',
		gives: ShiftHours,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.shiftHours.read(requireSupplier(caller))
		})
	},
	{
		method: 'PUT',
		path: '/shift-hours',
		scope: 'manage',
		summary: 'Set the hours at which shifts begin; shelving until the end of the shift follows them',
		takes: jsonBody(ShiftHours),
		gives: ShiftHours,
		async handle({ services, caller, body }) {
			const hours = parse(ShiftHours, readJson(body));
			await services.shiftHours.save(requireSupplier(caller), hours, caller.name);
			return { status: 200, body: hours };
		}
	}
];

/** Finds the person of an assignment. Throws a 422 problem if nobody of the Supplier who may decide has this id. */
export async function assignmentOf(
	{ assignments }: Pick<DeskServices, 'assignments'>,
	caller: Caller,
	to: string | null
): Promise<RequestedAssignment> {
	if (to === null) return { assignee: null, ...actorOf(caller) };
	const id = to === 'me' ? requirePerson(caller, 'Alerts of its own') : to;
	const people = await assignments.people(requireSupplier(caller));
	const assignee = people.find((person) => person.id === id);
	if (!assignee)
		throw new Problem(
			422,
			'Nobody who may decide has this id; GET /api/v1/desk/people lists the people to whom you can assign'
		);
	return { assignee, ...actorOf(caller) };
}

/** Answers a change of one Alert: the Alert, or why it did not change. */
function oneOf({ done, conflicts, refused }: DeskOutcome): Reply {
	if (done[0]) return { status: 200, body: done[0] };
	if (refused[0]) throw new Problem(422, refused[0].why);
	if (conflicts[0]?.version == null) throw new Problem(404, 'No such Alert');
	throw new Problem(409, 'The Alert has changed since you read it; read it again, then act', {
		version: conflicts[0].version
	});
}

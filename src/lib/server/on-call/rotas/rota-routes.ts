// Serves rotas: their layers and shifts, who is on call now and next, and who may be on call.
import { z } from 'zod';
import { OnCallName } from '#lib/domain/on-call/name.ts';
import { RotaIn } from '#lib/domain/on-call/rota.ts';
import {
	OnCallNow,
	OnCallNowList,
	OnCallNowQuery,
	OnCallPeople,
	RotaList,
	RotaQuery,
	RotaView
} from '#lib/domain/on-call/rota-view.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import { NO_SUCH_ROTA, type RotaRefusal } from './rota-refusals.ts';
import type { Rotas } from './rotas.ts';

export const rotaRoutes: ReadonlyArray<Route<{ rotas: Rotas }>> = [
	{
		method: 'GET',
		path: '/on-call/now',
		scope: 'read',
		refuses: [404],
		summary:
			'Read who is on call now, or at another time, until when, and who is next; without rota: in each rota',
		query: OnCallNowQuery,
		gives: z.union([OnCallNow, OnCallNowList]),
		async handle({ services, caller, query }) {
			const supplierId = requireSupplier(caller);
			const { rota, at } = readQuery(OnCallNowQuery, query);
			if (rota === undefined) return { status: 200, body: await services.rotas.allOnCall(supplierId, at) };
			const body = await services.rotas.onCall(supplierId, rota, at);
			if (!body) throw problemOf(NO_SUCH_ROTA);
			return { status: 200, body };
		}
	},
	{
		method: 'GET',
		path: '/on-call/people',
		scope: 'read',
		summary: 'List the people of the Supplier who may be on call',
		gives: OnCallPeople,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.rotas.people(requireSupplier(caller))
		})
	},
	{
		method: 'GET',
		path: '/on-call/rotas',
		scope: 'read',
		summary: 'List the rotas, with who is on call now and next',
		gives: RotaList,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.rotas.list(requireSupplier(caller))
		})
	},
	{
		method: 'GET',
		path: '/on-call/rotas/{name}',
		scope: 'read',
		summary: 'Read a rota with its shifts from one time to another; without times: of the next four weeks',
		query: RotaQuery,
		gives: RotaView,
		async handle({ services, caller, params, query }) {
			const range = readQuery(RotaQuery, query);
			const body = await services.rotas.get(requireSupplier(caller), nameIn(params), range);
			if (!body) throw problemOf(NO_SUCH_ROTA);
			return { status: 200, body };
		}
	},
	{
		method: 'PUT',
		path: '/on-call/rotas/{name}',
		scope: 'manage',
		refuses: [422],
		summary:
			'Save a rota that covers all hours. A list of overrides, swaps or absences that is left out stays the same',
		takes: jsonBody(RotaIn),
		gives: RotaView,
		async handle({ services, caller, params, body }) {
			const { name } = parse(z.object({ name: OnCallName }), { name: params['name'] });
			const given = parse(RotaIn, readJson(body));
			return answer(await services.rotas.put(requireSupplier(caller), caller, name, given));
		}
	},
	{
		method: 'DELETE',
		path: '/on-call/rotas/{name}',
		scope: 'manage',
		succeeds: [204],
		refuses: [409],
		summary: 'Delete a rota that no route uses',
		async handle({ services, caller, params }) {
			const refusal = await services.rotas.remove(requireSupplier(caller), nameIn(params));
			if (refusal) throw problemOf(refusal);
			return { status: 204 };
		}
	}
];

/** Returns the name in the path. A text that is no name of a rota is the name of none. */
export function nameIn(params: Readonly<Record<string, string>>): string {
	const name = OnCallName.safeParse(params['name']);
	if (!name.success) throw problemOf(NO_SUCH_ROTA);
	return name.data;
}

export function answer<T extends object>(result: T | RotaRefusal): { status: number; body: T } {
	if ('refused' in result) throw problemOf(result);
	return { status: 200, body: result };
}

export const problemOf = ({ refused, why, errors, gaps }: RotaRefusal): Problem =>
	new Problem(refused, why, { ...(errors ? { errors } : {}), ...(gaps ? { gaps } : {}) });

// Serves the changes of single hours of a rota: overrides, swaps and absences.
import type { z } from 'zod';
import { PersonHoursIn, SwapIn } from '#lib/domain/on-call/rota.ts';
import { RotaView } from '#lib/domain/on-call/rota-view.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import type { Call, Route } from '#lib/server/http/route.ts';
import type { ChangeList, ChangePlace, RotaChanges } from './rota-changes.ts';
import type { RotaRefusal } from './rota-refusals.ts';
import { nameIn, problemOf } from './rota-routes.ts';
import type { Rotas } from './rotas.ts';

interface Services {
	rotas: Rotas;
	rotaChanges: RotaChanges;
}

export const rotaChangeRoutes: ReadonlyArray<Route<Services>> = [
	...routesOf('overrides', {
		schema: PersonHoursIn,
		summary: 'Put a person on call in some hours. Everybody who may decide may take over a shift',
		add: (changes, place, hours) => changes.override(place, hours),
		removal: 'Remove an override'
	}),
	...routesOf('swaps', {
		schema: SwapIn,
		summary: 'Exchange two shifts of two people',
		add: (changes, place, swap) => changes.swap(place, swap),
		removal: 'Undo a swap'
	}),
	...routesOf('absences', {
		schema: PersonHoursIn,
		summary: 'Note that a person is away; the next person of each layer covers',
		add: (changes, place, hours) => changes.absence(place, hours),
		removal: 'Remove an absence'
	})
];

function routesOf<In>(
	list: ChangeList,
	{
		schema,
		summary,
		add,
		removal
	}: {
		schema: z.ZodType<In>;
		summary: string;
		add: (changes: RotaChanges, place: ChangePlace, change: In) => Promise<RotaRefusal | null>;
		removal: string;
	}
): Route<Services>[] {
	const shared = { scope: 'manage', action: 'change-shifts', refuses: [409, 422], gives: RotaView } as const;
	return [
		{
			...shared,
			method: 'POST',
			path: `/on-call/rotas/{name}/${list}`,
			summary,
			takes: jsonBody(schema),
			handle: (call) =>
				changed(call, (place) => add(call.services.rotaChanges, place, parse(schema, readJson(call.body))))
		},
		{
			...shared,
			method: 'DELETE',
			path: `/on-call/rotas/{name}/${list}/{id}`,
			summary: removal,
			handle: (call) =>
				changed(call, (place) => call.services.rotaChanges.remove(place, list, call.params['id']!))
		}
	];
}

/** Makes a change and answers with the rota as it is then. */
async function changed(
	{ services, caller, params }: Call<Services>,
	work: (place: ChangePlace) => Promise<RotaRefusal | null>
) {
	const place = { supplierId: requireSupplier(caller), caller, name: nameIn(params) };
	const refusal = await work(place);
	if (refusal) throw problemOf(refusal);
	return { status: 200, body: await services.rotas.get(place.supplierId, place.name, {}) };
}

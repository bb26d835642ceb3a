// Keeps a route as the fields of its form, and turns the fields into the route that the API takes.
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import type { Route, RouteIn, RouteStep } from '#lib/domain/on-call/route.ts';
import { listOf } from '../list-text.ts';

export interface RouteDraft {
	explanation: ExplanationKind[];
	category: string[];
	codes: string;
	areas: string;
	/** The least urgent priority. Empty: any. */
	priority: string;
	/** The least number of Devices of the episode. `null`: the field is empty. */
	minDevices: number | null;
	contradicted: boolean;
	feedFault: boolean;
	/** Empty: no rota. */
	rota: string;
	channels: string[];
	acknowledgeMinutes: number | null;
	/** The further steps as `rota NAME` or `channel NAME`. */
	then: string[];
	quietFrom: string;
	quietTo: string;
	enabled: boolean;
}

/** Returns the fields of a route. `null`: a new route, for the first rota and all channels. */
export function draftOf(
	route: Route | null,
	rotas: readonly string[],
	channels: readonly string[]
): RouteDraft {
	const when = route?.when ?? {};
	return {
		explanation: when.explanation ?? [],
		category: when.category ?? [],
		codes: when.codes?.join(', ') ?? '',
		areas: when.areas?.join(', ') ?? '',
		priority: when.priority?.toString() ?? '',
		minDevices: when.minDevices ?? null,
		contradicted: when.contradicted ?? false,
		feedFault: when.feedFault ?? false,
		rota: route ? (route.rota ?? '') : (rotas[0] ?? ''),
		channels: route?.channels ?? [...channels],
		acknowledgeMinutes: route?.acknowledgeMinutes ?? 10,
		then: route?.then.map(textOf) ?? [],
		quietFrom: route?.quietHours?.from ?? '',
		quietTo: route?.quietHours?.to ?? '',
		enabled: route?.enabled ?? true
	};
}

/** Returns the route that the fields describe. The API checks it. */
export function routeOf(draft: RouteDraft): RouteIn {
	const orUndefined = <T>(list: T[]): T[] | undefined => (list.length > 0 ? [...list] : undefined);
	return {
		when: draft.feedFault
			? { feedFault: true }
			: {
					explanation: orUndefined(draft.explanation),
					category: orUndefined(draft.category),
					codes: listOf(draft.codes),
					areas: listOf(draft.areas),
					priority: draft.priority === '' ? undefined : Number(draft.priority),
					minDevices: draft.minDevices ?? undefined,
					contradicted: draft.contradicted ? true : undefined
				},
		rota: draft.rota || null,
		channels: [...draft.channels],
		acknowledgeMinutes: draft.acknowledgeMinutes ?? 10,
		then: draft.then.map(stepOf),
		quietHours: draft.quietFrom || draft.quietTo ? { from: draft.quietFrom, to: draft.quietTo } : null,
		enabled: draft.enabled
	};
}

/* eslint-disable no-restricted-syntax -- the fields of a form hold this form of a step; nobody reads it. */
const textOf = (step: RouteStep): string =>
	'rota' in step ? `rota ${step.rota}` : `channel ${step.channel}`;
const stepOf = (text: string): RouteStep =>
	text.startsWith('rota ') ? { rota: text.slice(5) } : { channel: text.slice(8) };

// Calls the API of rotas from the browser. The answers are not checked here: their schemas would bring the library of
// time zones into the console, and the page loads its data again after each change.
import type { CalendarAddress, CalendarImport } from '#lib/domain/on-call/calendar.ts';
import type { PersonHoursIn, RotaIn, SwapIn } from '#lib/domain/on-call/rota.ts';
import type { RotaView } from '#lib/domain/on-call/rota-view.ts';
import { callApi, type Answer } from './call-api.ts';

const pathOf = (name: string): string => `/on-call/rotas/${encodeURIComponent(name)}`;
const asRota = (body: unknown): RotaView => body as RotaView;
const asAddress = (body: unknown): CalendarAddress => body as CalendarAddress;

export const saveRota = (name: string, rota: RotaIn): Promise<Answer<RotaView>> =>
	callApi(pathOf(name), asRota, { method: 'PUT', body: rota });

export const deleteRota = (name: string): Promise<Answer<null>> =>
	callApi(pathOf(name), () => null, { method: 'DELETE' });

export const addHours = (
	name: string,
	list: 'overrides' | 'absences',
	hours: PersonHoursIn
): Promise<Answer<RotaView>> => callApi(`${pathOf(name)}/${list}`, asRota, { method: 'POST', body: hours });

export const addSwap = (name: string, swap: SwapIn): Promise<Answer<RotaView>> =>
	callApi(`${pathOf(name)}/swaps`, asRota, { method: 'POST', body: swap });

export const removeChange = (
	name: string,
	list: 'overrides' | 'swaps' | 'absences',
	id: string
): Promise<Answer<RotaView>> => callApi(`${pathOf(name)}/${list}/${id}`, asRota, { method: 'DELETE' });

/** Gives a calendar a new address. `name: null`: the calendar of the person itself. */
export const resetAddress = (name: string | null): Promise<Answer<CalendarAddress>> =>
	callApi(`${name === null ? '/on-call' : pathOf(name)}/calendar/reset`, asAddress, { method: 'POST' });

export const importCalendar = (
	name: string,
	as: CalendarImport['as'],
	text: string,
	preview: boolean
): Promise<Answer<CalendarImport>> =>
	callApi(`${pathOf(name)}/calendar?as=${as}&preview=${preview}`, (body) => body as CalendarImport, {
		method: 'POST',
		text: { text, type: 'text/calendar' }
	});

/**
 * Returns the instant of a local time such as `2026-11-02T09:00` in a time zone. The library of time zones is loaded
 * only when somebody writes a time.
 */
export async function instantOf(local: string, zone: string): Promise<string> {
	const { Temporal } = await import('temporal-polyfill');
	return new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds).toISOString();
}

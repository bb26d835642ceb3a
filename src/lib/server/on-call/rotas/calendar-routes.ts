// Serves the calendars of on call: their private addresses, the calendars behind them, and the import of a calendar.
import { createHash } from 'node:crypto';
import { CalendarAddress, CalendarImport, CalendarImportQuery } from '#lib/domain/on-call/calendar.ts';
import { requirePerson, requireSupplier } from '#lib/server/access/caller.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Call, Caller, Route } from '#lib/server/http/route.ts';
import { REFRESH_SECONDS } from './calendar-text.ts';
import type { Calendars } from './calendars.ts';
import type { RotaChanges } from './rota-changes.ts';
import { NO_SUCH_ROTA } from './rota-refusals.ts';
import { nameIn, problemOf } from './rota-routes.ts';
import type { Rotas } from './rotas.ts';

interface Services {
	calendars: Calendars;
	rotas: Rotas;
	rotaChanges: RotaChanges;
}

export const calendarRoutes: ReadonlyArray<Route<Services>> = [
	{
		method: 'GET',
		path: '/on-call/rotas/{name}/calendar',
		scope: 'read',
		summary: 'Read the private address of the calendar of a rota. Who has the address needs no sign-in',
		gives: CalendarAddress,
		handle: async ({ services, caller, params }) =>
			address(await services.calendars.rotaAddress(requireSupplier(caller), nameIn(params)))
	},
	{
		method: 'POST',
		path: '/on-call/rotas/{name}/calendar/reset',
		scope: 'manage',
		summary: 'Give the calendar of a rota a new address. The old address ends',
		gives: CalendarAddress,
		handle: async ({ services, caller, params }) =>
			address(await services.calendars.resetRotaAddress(requireSupplier(caller), nameIn(params)))
	},
	{
		method: 'POST',
		path: '/on-call/rotas/{name}/calendar',
		scope: 'manage',
		refuses: [409, 422],
		summary:
			'Import the coming events of a calendar as overrides or absences. An event names its person by ATTENDEE or by an e-mail address in SUMMARY',
		query: CalendarImportQuery,
		takes: { types: ['text/calendar'], bytes: 1024 * 1024 },
		gives: CalendarImport,
		handle: importCalendar
	},
	{
		method: 'GET',
		path: '/on-call/calendar',
		scope: 'read',
		summary: 'Read the private address of your own calendar, with your shifts of all rotas',
		gives: CalendarAddress,
		handle: async ({ services, caller }) =>
			address(await services.calendars.personAddress(requireSupplier(caller), ownerOf(caller)))
	},
	{
		method: 'POST',
		path: '/on-call/calendar/reset',
		scope: 'read',
		summary: 'Give your own calendar its first address, or a new one. The old address ends',
		gives: CalendarAddress,
		handle: async ({ services, caller }) =>
			address(await services.calendars.resetPersonAddress(requireSupplier(caller), ownerOf(caller)))
	},
	{
		method: 'GET',
		path: '/on-call/calendars/{token}.ics',
		scope: null,
		givesText: 'text/calendar',
		summary: 'Read a calendar by its private address',
		handle: sendCalendar
	}
];

function address(found: CalendarAddress | null) {
	if (!found) throw problemOf(NO_SUCH_ROTA);
	return { status: 200, body: found };
}

const ownerOf = (caller: Caller): string => requirePerson(caller, 'shifts and no calendar of its own');

async function importCalendar({ services, caller, params, query, body }: Call<Services>) {
	const { as = 'overrides', preview } = readQuery(CalendarImportQuery, query);
	const place = { supplierId: requireSupplier(caller), caller, name: nameIn(params) };
	const outcome = await services.rotaChanges.import(place, as, body.toString('utf8'), preview !== 'true');
	if ('refused' in outcome) throw problemOf(outcome);
	const rota = outcome.saved ? await services.rotas.get(place.supplierId, place.name, {}) : null;
	return { status: 200, body: { ...outcome, rota } satisfies CalendarImport };
}

/** Sends a calendar. Calendar programs ask often, so an unchanged calendar is not sent again. */
async function sendCalendar({ services, params, req, res }: Call<Services>): Promise<undefined> {
	const text = await services.calendars.read(params['token']!);
	if (text === null)
		throw new Problem(404, 'There is no calendar at this address; it was reset, or it was not copied whole');
	const etag = `"${createHash('sha256').update(text).digest('base64url')}"`;
	const headers = { etag, 'cache-control': `private, max-age=${REFRESH_SECONDS}` };
	if (req.headers['if-none-match'] === etag) return void res.writeHead(304, headers).end();
	res
		.writeHead(200, {
			...headers,
			'content-type': 'text/calendar; charset=utf-8',
			'content-length': Buffer.byteLength(text),
			'content-disposition': 'inline; filename="on-call.ics"',
			'x-content-type-options': 'nosniff'
		})
		.end(text);
}

// Loads the rotas, and one rota with the shifts of a month or of a week. Rotas of the reader come first.
import { mayDo, whyNot } from '#lib/domain/access.ts';
import { calendarWeeks, dateIn, readDate, turnPage } from '#lib/domain/on-call/calendar-days.ts';
import { OnCallName } from '#lib/domain/on-call/name.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:on-call');
	const { rotas, calendars } = locals.services;
	const viewer = locals.viewer!;
	const supplierId = supplierOf(viewer);
	const holder = { ...viewer, scopes: [] };
	const isMine = ({ people }: { people: { email: string }[] }): boolean =>
		people.some(({ email }) => email === viewer.email);
	const { items } = await rotas.list(supplierId);
	const list = items.toSorted((a, b) => Number(isMine(b)) - Number(isMine(a)));
	const asked = OnCallName.safeParse(url.searchParams.get('rota'));
	const chosen = list.find(({ name }) => name === asked.data) ?? list[0];

	const zone = chosen?.timeZone ?? 'Europe/London';
	const view = url.searchParams.get('view') === 'week' ? ('week' as const) : ('month' as const);
	const today = dateIn(zone, new Date().toISOString());
	const day = readDate(url.searchParams.get('day') ?? '') ?? today;
	const weeks = calendarWeeks(zone, day, view);
	const range = { from: weeks[0]![0]!.from, to: weeks.at(-1)!.at(-1)!.to };
	const [rota, coming, people, rotaAddress, ownAddress] = await Promise.all([
		chosen ? rotas.get(supplierId, chosen.name, range) : null,
		chosen ? rotas.get(supplierId, chosen.name, {}) : null,
		rotas.people(supplierId),
		chosen ? calendars.rotaAddress(supplierId, chosen.name) : null,
		calendars.personAddress(supplierId, viewer.userId)
	]);
	return {
		list,
		rota,
		/** The shifts of the coming weeks, with which a shift can be swapped. */
		coming: coming?.shifts ?? [],
		people: people.items,
		calendar: {
			view,
			day,
			today,
			weeks,
			previous: turnPage(day, view, -1),
			following: turnPage(day, view, 1)
		},
		addresses: { rota: rotaAddress?.url ?? null, own: ownAddress.url },
		me: viewer.email,
		whyNotManage: whyNot('manage', holder),
		mayTakeOver: mayDo('change-shifts', holder)
	};
};

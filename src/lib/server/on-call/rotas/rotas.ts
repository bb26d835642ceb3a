// Keeps the rotas of a Supplier, and says who is on call. A rota is saved only if it names active people and covers all
// hours.
import { randomBytes, randomUUID } from 'node:crypto';
import type pg from 'pg';
import { isInstant, MOST_CHANGES, peopleOf, type Rota, type RotaIn } from '#lib/domain/on-call/rota.ts';
import { comingGaps } from '#lib/domain/on-call/rota-gaps.ts';
import { onCallAt, shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import type {
	OnCallNow,
	OnCallNowList,
	OnCallPeople,
	RotaList,
	RotaView
} from '#lib/domain/on-call/rota-view.ts';
import type { Caller } from '#lib/server/http/route.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { allPeople, findPeople } from './people.ts';
import { NO_SUCH_ROTA, uncovered, unknownPeople, type RotaRefusal } from './rota-refusals.ts';
import { deleteRota, lockRotaRow, readRotaRow, readRotaRows, saveRota, type RotaRow } from './rota-rows.ts';

const DAY_MS = 24 * 3_600_000;
const SHOWN_DAYS = 28;
/** Changes that ended longer ago are removed when the rota is saved next. */
const KEPT_DAYS = 400;

export type Rotas = ReturnType<typeof createRotas>;

/** The time of the shifts to show. */
interface Range {
	from?: string | undefined;
	to?: string | undefined;
}

interface Deps {
	pool: pg.Pool;
	/** Returns the present time in milliseconds since 1970. */
	now?: () => number;
}

export function createRotas({ pool, now = Date.now }: Deps) {
	const nowText = (): string => new Date(now()).toISOString();

	/** Returns what the list and the view of a rota have in common. */
	function overview(row: RotaRow, found: readonly Person[]): RotaList['items'][number] {
		const people = peopleOf(row.rota).map((email) => {
			const person = found.find((one) => one.email === email);
			return { email, name: person?.name ?? null, active: person?.active ?? false };
		});
		return {
			name: row.name,
			timeZone: row.rota.timeZone,
			people,
			now: withNames(row.rota, nowText(), found),
			savedBy: row.savedBy,
			savedAt: row.savedAt.toISOString()
		};
	}

	async function show(
		client: pg.ClientBase,
		supplierId: number,
		row: RotaRow,
		{ from, to }: Range = {}
	): Promise<RotaView> {
		const begin = from ?? (to ? iso(Date.parse(to) - SHOWN_DAYS * DAY_MS) : nowText());
		const end = to ?? iso(Date.parse(begin) + SHOWN_DAYS * DAY_MS);
		const found = await peopleIn(client, supplierId, [row]);
		return {
			...row.rota,
			...overview(row, found),
			shifts: shiftsOf(row.rota, begin, end).map((shift) => ({
				...shift,
				name: nameIn(found, shift.person)
			})),
			gaps: comingGaps(row.rota, nowText())
		};
	}

	return {
		list: (supplierId: number): Promise<RotaList> =>
			asSupplier(pool, supplierId, async (client) => {
				const rows = await readRotaRows(client, supplierId);
				const found = await peopleIn(client, supplierId, rows);
				return { items: rows.map((row) => overview(row, found)) };
			}),

		get: (supplierId: number, name: string, range: Range): Promise<RotaView | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const row = await readRotaRow(client, supplierId, name);
				return row && show(client, supplierId, row, range);
			}),

		/** Returns who is on call at an instant. `null`: there is no rota of this name. */
		onCall: (supplierId: number, name: string, at = nowText()): Promise<OnCallNow | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const row = await readRotaRow(client, supplierId, name);
				return row && withNames(row.rota, at, await peopleIn(client, supplierId, [row]));
			}),

		/** Returns who is on call at an instant in each rota. */
		allOnCall: (supplierId: number, at = nowText()): Promise<OnCallNowList> =>
			asSupplier(pool, supplierId, async (client) => {
				const rows = await readRotaRows(client, supplierId);
				const found = await peopleIn(client, supplierId, rows);
				return { items: rows.map(({ name, rota }) => ({ rota: name, ...withNames(rota, at, found) })) };
			}),

		/** Saves a rota. Lists of changes that are left out stay as they are. */
		put: (supplierId: number, caller: Caller, name: string, given: RotaIn): Promise<RotaView | RotaRefusal> =>
			asSupplier(pool, supplierId, async (client) => {
				const stored = await lockRotaRow(client, supplierId, name);
				const rota = completed(given, stored?.rota ?? null, caller.name);
				const refusal =
					(await checkPeople(client, supplierId, rota, stored?.rota ?? null)) ?? checkGaps(rota, nowText());
				if (refusal) return refusal;
				const row = await saveRota(client, {
					supplierId,
					name,
					rota: withoutOld(rota, now()),
					nonce: randomBytes(16).toString('hex'),
					savedBy: caller.name
				});
				return show(client, supplierId, row);
			}),

		async remove(supplierId: number, name: string): Promise<RotaRefusal | null> {
			const routes = await asSupplier(pool, supplierId, (client) => deleteRota(client, supplierId, name));
			if (routes === null) return NO_SUCH_ROTA;
			if (routes.length === 0) return null;
			return {
				refused: 409,
				why: `These routes use the rota: ${routes.join(', ')}. Take the rota out of them first`
			};
		},

		/** Lists the people of the Supplier who may be on call. */
		people: (supplierId: number): Promise<OnCallPeople> =>
			asSupplier(pool, supplierId, async (client) => ({
				items: (await allPeople(client, supplierId)).map(({ email, name, role }) => ({ email, name, role }))
			}))
	};
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

type Person = Awaited<ReturnType<typeof findPeople>>[number];

/** Finds the people whom some rotas name. */
const peopleIn = (client: pg.ClientBase, supplierId: number, rows: readonly RotaRow[]): Promise<Person[]> =>
	findPeople(client, supplierId, [...new Set(rows.flatMap(({ rota }) => peopleOf(rota)))]);

const nameIn = (people: readonly Person[], email: string | null): string | null =>
	people.find((person) => person.email === email)?.name ?? null;

function withNames(rota: Rota, at: string, people: readonly Person[]): OnCallNow {
	const { person, until, next } = onCallAt(rota, at);
	return {
		person,
		name: nameIn(people, person),
		until,
		next: next && { ...next, name: nameIn(people, next.person) }
	};
}

/** Completes a rota with the stored lists that the call leaves out, and with the authors of changes. */
function completed(given: RotaIn, stored: Rota | null, by: string): Rota {
	const withAuthors = <T extends { id?: string | undefined }, S extends { id: string; by: string }>(
		changes: readonly T[] | undefined,
		known: readonly S[] = []
	) =>
		changes?.map((change) => {
			const before = known.find(({ id }) => id === change.id);
			return { ...change, id: before?.id ?? randomUUID(), by: before?.by ?? by };
		});
	return {
		timeZone: given.timeZone,
		layers: given.layers.map((layer) => ({
			...layer,
			start: isInstant(layer.start) ? new Date(layer.start).toISOString() : layer.start
		})),
		overrides: withAuthors(given.overrides, stored?.overrides) ?? stored?.overrides ?? [],
		swaps: withAuthors(given.swaps, stored?.swaps) ?? stored?.swaps ?? [],
		absences: withAuthors(given.absences, stored?.absences) ?? stored?.absences ?? []
	};
}

/** Refuses people who cannot be on call. Stored changes may still name people who have left since. */
async function checkPeople(
	client: pg.ClientBase,
	supplierId: number,
	rota: Rota,
	stored: Rota | null
): Promise<RotaRefusal | null> {
	const places = placesOf(rota, stored);
	const emails = [...new Set(places.map(({ email }) => email))];
	const found = await findPeople(client, supplierId, emails);
	const unknown = emails.filter((email) => !found.some((person) => person.active && person.email === email));
	if (unknown.length === 0) return null;
	return unknownPeople(
		unknown,
		places
			.filter(({ email }) => unknown.includes(email))
			.map(({ path }) => ({ path, message: 'is no active person of your Supplier who may decide' }))
	);
}

function placesOf({ layers, overrides, swaps, absences }: Rota, stored: Rota | null) {
	const isNew = (list: 'overrides' | 'swaps' | 'absences', id: string): boolean =>
		!stored?.[list].some((change) => change.id === id);
	return [
		...layers.flatMap(({ people }, l) =>
			people.map((email, p) => ({ email, path: `layers.${l}.people.${p}` }))
		),
		...overrides.flatMap(({ id, person }, i) =>
			isNew('overrides', id) ? [{ email: person, path: `overrides.${i}.person` }] : []
		),
		...swaps.flatMap(({ id, first, second }, i) =>
			isNew('swaps', id)
				? [
						{ email: first.person, path: `swaps.${i}.first.person` },
						{ email: second.person, path: `swaps.${i}.second.person` }
					]
				: []
		),
		...absences.flatMap(({ id, person }, i) =>
			isNew('absences', id) ? [{ email: person, path: `absences.${i}.person` }] : []
		)
	];
}

function checkGaps(rota: Rota, now: string): RotaRefusal | null {
	const gaps = comingGaps(rota, now);
	return gaps.length > 0 ? uncovered(gaps) : null;
}

/** Removes changes that ended long ago. */
function withoutOld(rota: Rota, nowMs: number): Rota {
	const since = iso(nowMs - KEPT_DAYS * DAY_MS);
	return {
		...rota,
		overrides: rota.overrides.filter(({ to }) => to > since).slice(-MOST_CHANGES),
		swaps: rota.swaps
			.filter(({ first, second }) => first.to > since || second.to > since)
			.slice(-MOST_CHANGES),
		absences: rota.absences.filter(({ to }) => to > since).slice(-MOST_CHANGES)
	};
}

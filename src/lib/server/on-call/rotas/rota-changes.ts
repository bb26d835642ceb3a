// Changes single hours of a rota: overrides, swaps of two shifts, and absences. A change is refused if it leaves hours
// without a person that had a person before.
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { mayDo } from '#lib/domain/access.ts';
import type { CalendarImport, EventFault, ImportedHours } from '#lib/domain/on-call/calendar.ts';
import { comingGaps } from '#lib/domain/on-call/rota-gaps.ts';
import { shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import { MOST_CHANGES, type PersonHoursIn, type Rota, type SwapIn } from '#lib/domain/on-call/rota.ts';
import type { Caller } from '#lib/server/http/route.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { readEvents, type CalendarEvents } from './calendar-events.ts';
import { emailOf, findPeople } from './people.ts';
import { NO_SUCH_ROTA, uncovered, unknownPeople, type RotaRefusal } from './rota-refusals.ts';
import { lockRotaRow, saveRota } from './rota-rows.ts';

/** The lists of a rota that change single hours. */
export type ChangeList = 'overrides' | 'swaps' | 'absences';

/** Where a change is made, and by whom. */
export interface ChangePlace {
	supplierId: number;
	caller: Caller;
	name: string;
}

export type RotaChanges = ReturnType<typeof createRotaChanges>;

interface Deps {
	pool: pg.Pool;
	/** Returns the present time in milliseconds since 1970. */
	now?: () => number;
}

export function createRotaChanges({ pool, now = Date.now }: Deps) {
	/** Saves the rota that `work` returns, under a lock of the row. `null`: the rota is saved. */
	const change = (
		{ supplierId, caller, name }: ChangePlace,
		work: (rota: Rota, client: pg.ClientBase) => Promise<Rota | RotaRefusal> | Rota | RotaRefusal
	): Promise<RotaRefusal | null> =>
		asSupplier(pool, supplierId, async (client) => {
			const row = await lockRotaRow(client, supplierId, name);
			if (!row) return NO_SUCH_ROTA;
			const changed = await work(row.rota, client);
			if ('refused' in changed) return changed;
			const refusal = newGaps(row.rota, changed, new Date(now()).toISOString());
			if (refusal) return refusal;
			await saveRota(client, { supplierId, name, rota: changed, nonce: row.nonce, savedBy: caller.name });
			return null;
		});

	/** Refuses people who cannot be on call, hours that are over, and a full list. */
	async function check(
		client: pg.ClientBase,
		supplierId: number,
		list: readonly unknown[],
		hours: readonly Pick<PersonHoursIn, 'person' | 'to'>[]
	): Promise<RotaRefusal | null> {
		const emails = hours.map(({ person }) => person);
		const found = await findPeople(client, supplierId, emails);
		const unknown = emails.filter((email) => !found.some((one) => one.active && one.email === email));
		if (unknown.length > 0) return unknownPeople(unknown, []);
		if (hours.some(({ to }) => Date.parse(to) <= now())) return OVER;
		return list.length >= MOST_CHANGES ? FULL : null;
	}

	return {
		/** Puts a person on call in some hours. Without the right to manage, a person may put only itself on call. */
		override: (place: ChangePlace, hours: PersonHoursIn): Promise<RotaRefusal | null> =>
			change(place, async (rota, client) => {
				if (!(await isOwnOrManaged(client, place.caller, hours.person))) return ONLY_OWN;
				const refusal = await check(client, place.supplierId, rota.overrides, [hours]);
				return refusal ?? { ...rota, overrides: [...rota.overrides, { ...hours, ...author(place) }] };
			}),

		swap: (place: ChangePlace, swap: SwapIn): Promise<RotaRefusal | null> =>
			change(place, async (rota, client) => {
				if (!mayDo('manage', place.caller)) return MANAGERS_ONLY;
				const sides = [swap.first, swap.second];
				const refusal = await check(client, place.supplierId, rota.swaps, sides);
				if (refusal) return refusal;
				const idle = sides.find(
					({ person, from, to }) => !shiftsOf(rota, from, to).some((shift) => shift.person === person)
				);
				return idle
					? notOnCall(idle.person)
					: { ...rota, swaps: [...rota.swaps, { ...swap, ...author(place) }] };
			}),

		absence: (place: ChangePlace, hours: PersonHoursIn): Promise<RotaRefusal | null> =>
			change(place, async (rota, client) => {
				if (!mayDo('manage', place.caller)) return MANAGERS_ONLY;
				const refusal = await check(client, place.supplierId, rota.absences, [hours]);
				return refusal ?? { ...rota, absences: [...rota.absences, { ...hours, ...author(place) }] };
			}),

		/**
		 * Adds the hours of a calendar that the rota does not have yet. `saves: false`: saves nothing. Hours of people who
		 * cannot be on call are faults, and a calendar with faults is not saved.
		 */
		async import(
			place: ChangePlace,
			as: 'overrides' | 'absences',
			text: string,
			saves: boolean
		): Promise<Omit<CalendarImport, 'rota'> | RotaRefusal> {
			let outcome: Omit<CalendarImport, 'rota'> | undefined;
			const refusal = await change(place, async (rota, client) => {
				if (!mayDo('manage', place.caller)) return MANAGERS_ONLY;
				const read = readEvents(text, rota.timeZone, now());
				if ('unusable' in read) return { refused: 422, why: read.unusable };
				const sorted = await sortHours(client, place.supplierId, read, rota[as]);
				outcome = { as, saved: false, past: read.past, ...sorted };
				if (!saves) return NOT_SAVED;
				if (sorted.faults.length > 0) return faulty(sorted.faults);
				if (rota[as].length + sorted.changes.length > MOST_CHANGES) return FULL;
				outcome.saved = true;
				return {
					...rota,
					[as]: [...rota[as], ...sorted.changes.map((hours) => ({ ...hours, ...author(place) }))]
				};
			});
			return outcome && (refusal === null || refusal === NOT_SAVED) ? outcome : refusal!;
		},

		/** Removes a change. Without the right to manage, a person may remove only overrides that name it. */
		remove: (place: ChangePlace, list: ChangeList, id: string): Promise<RotaRefusal | null> =>
			change(place, async (rota, client) => {
				const found = rota[list].find((one) => one.id === id);
				if (!found) return NO_SUCH_CHANGE;
				const isAllowed =
					'person' in found && list === 'overrides'
						? await isOwnOrManaged(client, place.caller, found.person)
						: mayDo('manage', place.caller);
				if (!isAllowed) return list === 'overrides' ? ONLY_OWN : MANAGERS_ONLY;
				return { ...rota, [list]: rota[list].filter((one) => one !== found) };
			})
	};
}

/** Leaves out hours that the rota has, and names the events whose people cannot be on call. */
async function sortHours(
	client: pg.ClientBase,
	supplierId: number,
	read: CalendarEvents,
	stored: readonly ImportedHours[]
): Promise<Pick<CalendarImport, 'changes' | 'known' | 'faults'>> {
	const found = await findPeople(client, supplierId, [...new Set(read.hours.map(({ person }) => person))]);
	const isActive = (email: string) => found.some((person) => person.active && person.email === email);
	const keyOf = ({ person, from, to }: ImportedHours): string => `${person} ${from} ${to}`;
	const known = new Set(stored.map(keyOf));
	const unknown = new Set(read.hours.filter(({ person }) => !isActive(person)).map(({ event }) => event));
	const usable = read.hours.filter(({ event }) => !unknown.has(event));
	const added = usable.filter((hours) => !known.has(keyOf(hours)));
	const faults = [
		...read.faults,
		...[...unknown].map((event) => ({
			event,
			message: 'names no active person of your Supplier who may decide'
		}))
	];
	return {
		changes: added.map(({ person, from, to }) => ({ person, from, to })),
		known: usable.length - added.length,
		faults: faults.sort((a, b) => a.event - b.event)
	};
}

const author = ({ caller }: ChangePlace) => ({ id: randomUUID(), by: caller.name });

async function isOwnOrManaged(client: pg.ClientBase, caller: Caller, person: string): Promise<boolean> {
	return mayDo('manage', caller) || (await emailOf(client, caller.id)) === person;
}

/** Refuses a rota with more uncovered hours than before. A rota that already has a gap may be mended step by step. */
function newGaps(before: Rota, after: Rota, now: string): RotaRefusal | null {
	const gaps = comingGaps(after, now);
	if (gaps.length === 0) return null;
	const known = new Set(comingGaps(before, now).map(({ from, to }) => `${from} ${to}`));
	const added = gaps.filter(({ from, to }) => !known.has(`${from} ${to}`));
	return added.length > 0 ? uncovered(added) : null;
}

/** Ends the transaction of a preview without a change. */
const NOT_SAVED: RotaRefusal = { refused: 409, why: 'Nothing is saved' };
const faulty = (faults: readonly EventFault[]): RotaRefusal => ({
	refused: 422,
	why: `Some events cannot be imported, so nothing is saved; see errors. Correct the calendar, and look at it with preview=true first`,
	errors: faults.map(({ event, message }) => ({ path: `event ${event}`, message }))
});
const NO_SUCH_CHANGE: RotaRefusal = {
	refused: 404,
	why: 'The rota has no such change; somebody may have removed it. Read the rota again'
};
const OVER: RotaRefusal = { refused: 422, why: 'These hours are over; only coming hours can be changed' };
const FULL: RotaRefusal = {
	refused: 409,
	why: `The rota already has ${MOST_CHANGES} changes of this kind; remove old ones, or change its layers`
};
const ONLY_OWN: RotaRefusal = {
	refused: 403,
	why: 'You may take over a shift yourself. A lead, an engineer or a key with the scope manage may put other people on call'
};
const MANAGERS_ONLY: RotaRefusal = {
	refused: 403,
	why: 'A lead, an engineer or a key with the scope manage may swap shifts and note absences'
};
const notOnCall = (person: string): RotaRefusal => ({
	refused: 422,
	why: `${person} has no shift in these hours; read the rota again and choose a shift that it shows`
});

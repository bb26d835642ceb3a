// Gives the private addresses of calendars, and the calendars behind them: the shifts of a rota, or those of one person
// over all rotas.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { CalendarAddress } from '#lib/domain/on-call/calendar.ts';
import { peopleOf } from '#lib/domain/on-call/rota.ts';
import { shiftsOf, type Shift } from '#lib/domain/on-call/rota-shifts.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { calendarText, type CalendarShift } from './calendar-text.ts';
import { createCalendarTokens, type CalendarRef } from './calendar-token.ts';
import { findPeople } from './people.ts';
import { readRotaRow, readRotaRows, type RotaRow } from './rota-rows.ts';

const DAY_MS = 24 * 3_600_000;
/** The days before and after now that a calendar has. */
const PAST_DAYS = 28;
const COMING_DAYS = 182;

const RESET_ROTA = query<{ supplierId: number; name: string; nonce: string }>(`
	update on_call_rota set calendar_nonce = :nonce where supplier_id = :supplierId and name = :name
	returning id`);
const PERSONAL = query<{ userId: string }>('select nonce from on_call_calendar where user_id = :userId');
const RESET_PERSONAL = query<{ supplierId: number; userId: string; nonce: string }>(`
	insert into on_call_calendar (user_id, supplier_id, nonce) values (:userId, :supplierId, :nonce)
	on conflict (user_id) do update set nonce = excluded.nonce, supplier_id = excluded.supplier_id`);
const OWNER = query<{ supplierId: number; userId: string; nonce: string }>(`
	select u."email", u."name" from on_call_calendar c
	join "user" u on u."id" = c.user_id join member m on m.user_id = c.user_id
	where c.user_id = :userId and c.supplier_id = :supplierId and c.nonce = :nonce
		and m.supplier_id = :supplierId and m.disabled_at is null`);

export type Calendars = ReturnType<typeof createCalendars>;

interface Deps {
	pool: pg.Pool;
	authSecret: string;
	/** The address of this installation, such as `https://causeway.example`. */
	origin: string;
	/** Returns the present time in milliseconds since 1970. */
	now?: () => number;
}

export function createCalendars({ pool, authSecret, origin, now = Date.now }: Deps) {
	const tokens = createCalendarTokens(authSecret);
	const addressOf = (ref: CalendarRef): string =>
		`${origin}/api/v1/on-call/calendars/${tokens.make(ref)}.ics`;
	const newNonce = (): string => randomBytes(16).toString('hex');

	return {
		/** Returns the address of the calendar of a rota. `null`: there is no such rota. */
		rotaAddress: (supplierId: number, name: string): Promise<CalendarAddress | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const row = await readRotaRow(client, supplierId, name);
				return row && { url: addressOf({ kind: 'rota', supplierId, id: String(row.id), nonce: row.nonce }) };
			}),

		/** Gives the calendar of a rota a new address and ends the old one. `null`: there is no such rota. */
		resetRotaAddress: (supplierId: number, name: string): Promise<CalendarAddress | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const nonce = newNonce();
				const { rows } = await client.query<{ id: number }>(RESET_ROTA({ supplierId, name, nonce }));
				return rows[0]
					? { url: addressOf({ kind: 'rota', supplierId, id: String(rows[0].id), nonce }) }
					: null;
			}),

		/** Returns the address of the calendar of one person. */
		personAddress: (supplierId: number, userId: string): Promise<CalendarAddress> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<{ nonce: string }>(PERSONAL({ userId }));
				const nonce = rows[0]?.nonce;
				return { url: nonce ? addressOf({ kind: 'person', supplierId, id: userId, nonce }) : null };
			}),

		/** Gives the calendar of one person a new address and ends the old one. */
		resetPersonAddress: (supplierId: number, userId: string): Promise<CalendarAddress> =>
			asSupplier(pool, supplierId, async (client) => {
				const nonce = newNonce();
				await client.query(RESET_PERSONAL({ supplierId, userId, nonce }));
				return { url: addressOf({ kind: 'person', supplierId, id: userId, nonce }) };
			}),

		/** Returns the text of the calendar with this token. `null`: the token is wrong or has ended. */
		async read(token: string): Promise<string | null> {
			const ref = tokens.read(token);
			if (!ref) return null;
			return asSupplier(pool, ref.supplierId, (client) =>
				ref.kind === 'rota' ? ofRota(client, ref) : ofPerson(client, ref)
			);
		}
	};

	async function ofRota(
		client: pg.ClientBase,
		{ supplierId, id, nonce }: CalendarRef
	): Promise<string | null> {
		const row = (await readRotaRows(client, supplierId)).find((one) => String(one.id) === id);
		if (row?.nonce !== nonce) return null;
		const people = await findPeople(client, supplierId, peopleOf(row.rota));
		const nameOf = (email: string) => people.find((person) => person.email === email)?.name ?? email;
		return calendarText(
			`On call: ${row.name}`,
			shiftsNear(row).map((shift) => inCalendar(row, shift, `${nameOf(shift.person)} on call`)),
			`${origin}/on-call/rotas`
		);
	}

	async function ofPerson(
		client: pg.ClientBase,
		{ supplierId, id, nonce }: CalendarRef
	): Promise<string | null> {
		const { rows } = await client.query<{ email: string; name: string }>(
			OWNER({ supplierId, userId: id, nonce })
		);
		const owner = rows[0];
		if (!owner) return null;
		const shifts = (await readRotaRows(client, supplierId)).flatMap((row) =>
			shiftsNear(row)
				.filter(({ person }) => person === owner.email)
				.map((shift) => inCalendar(row, shift, `On call: ${row.name}`))
		);
		return calendarText(`On call: ${owner.name}`, shifts, `${origin}/on-call/rotas`);
	}

	function shiftsNear({ rota }: RotaRow): Shift[] {
		const at = (days: number): string => new Date(now() + days * DAY_MS).toISOString();
		return shiftsOf(rota, at(-PAST_DAYS), at(COMING_DAYS));
	}

	function inCalendar(row: RotaRow, { from, to, why }: Shift, summary: string): CalendarShift {
		return {
			uid: `rota-${row.id}-${Date.parse(from)}@${new URL(origin).hostname}`,
			from,
			to,
			summary,
			description: `Rota ${row.name}${WHY[why]}`,
			savedAt: row.savedAt
		};
	}
}

const WHY: Readonly<Record<Shift['why'], string>> = {
	layer: '',
	cover: ', covers an absence',
	swap: ', swapped',
	override: ', override'
};

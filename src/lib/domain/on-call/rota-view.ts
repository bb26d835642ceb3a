// Defines what the API says about rotas: who is on call, the shifts with the names of people, and who may be on call.
import { z } from 'zod';
import { MEMBER_ROLES } from '../access.ts';
import { Instant } from '../eui64.ts';
import { OnCallName } from './name.ts';
import { Rota } from './rota.ts';
import { RotaGap } from './rota-gaps.ts';
import { Shift } from './rota-shifts.ts';

const LONGEST_RANGE_DAYS = 400;

/** A person whom a rota names. `name: null`: nobody here has this address. */
const RotaPerson = z.object({
	email: z.string(),
	name: z.string().nullable(),
	/** Whether the person may answer pages. A person who was disabled, or who may only look, does not get pages. */
	active: z.boolean()
});
export type RotaPerson = z.infer<typeof RotaPerson>;

const onCall = {
	/** The e-mail address. `null`: nobody is on call. */
	person: z.string().nullable(),
	name: z.string().nullable(),
	/** When somebody else takes over, or nobody does. `null`: not within the next months. */
	until: z.string().nullable(),
	/** The next other person. `null`: nobody else is on call within the next months. */
	next: z
		.object({
			person: z.string(),
			name: z.string().nullable(),
			from: z.string(),
			until: z.string().nullable()
		})
		.nullable()
};

/** Who is on call at an instant. */
export const OnCallNow = z.object(onCall).meta({ id: 'OnCallNow' });
export type OnCallNow = z.infer<typeof OnCallNow>;

export const OnCallNowList = z.object({ items: z.array(z.object({ rota: z.string(), ...onCall })) });
export type OnCallNowList = z.infer<typeof OnCallNowList>;

export const OnCallNowQuery = z.object({
	/** The name of the rota; absent: all rotas. */
	rota: OnCallName.optional(),
	/** The instant; absent: now. */
	at: Instant.optional()
});

const NamedShift = Shift.extend({ name: z.string().nullable() });
export type NamedShift = z.infer<typeof NamedShift>;

export const RotaView = Rota.extend({
	name: z.string(),
	people: z.array(RotaPerson),
	now: OnCallNow,
	/** The shifts of the asked time, in order and without overlap. The first may begin before the asked time. */
	shifts: z.array(NamedShift),
	/** The coming hours that nobody covers. A rota is saved without such hours, but the clock and the calendar go on. */
	gaps: z.array(RotaGap),
	savedBy: z.string(),
	savedAt: z.string()
}).meta({ id: 'RotaView' });
export type RotaView = z.infer<typeof RotaView>;

export const RotaQuery = z
	.object({
		/** The time of the shifts; absent: four weeks from now. */
		from: Instant.optional(),
		to: Instant.optional()
	})
	.refine(({ from, to }) => from === undefined || to === undefined || from < to, {
		path: ['to'],
		message: 'must be after from'
	})
	.refine(
		({ from, to }) =>
			from === undefined ||
			to === undefined ||
			Date.parse(to) - Date.parse(from) <= LONGEST_RANGE_DAYS * 24 * 3_600_000,
		{ path: ['to'], message: `must be at most ${LONGEST_RANGE_DAYS} days after from` }
	);

export const RotaList = z.object({
	items: z.array(
		RotaView.pick({ name: true, timeZone: true, people: true, now: true, savedBy: true, savedAt: true })
	)
});
export type RotaList = z.infer<typeof RotaList>;

/** The people of the Supplier who may be on call. */
export const OnCallPeople = z.object({
	items: z.array(z.object({ email: z.string(), name: z.string(), role: z.enum(MEMBER_ROLES) }))
});
export type OnCallPeople = z.infer<typeof OnCallPeople>;

// Defines a rota: who is on call when. Layers say who is on call in turn. Swaps, overrides and absences change single
// hours.
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { Instant } from '../eui64.ts';

/** The limits of one rota. They bound the work of each call. */
const MOST_LAYERS = 10;
const MOST_PEOPLE = 50;
const MOST_RESTRICTIONS = 20;
export const MOST_CHANGES = 500;
const LONGEST_CHANGE_DAYS = 400;
const SHORTEST_TURN = Temporal.Duration.from('PT1H');
const LONGEST_TURN = Temporal.Duration.from('P84D');

const PERSON_RULE = 'must be the e-mail address of a person';
/** The e-mail address of a person of the Supplier. The server checks that the person works there. */
export const PersonEmail = z
	.string(PERSON_RULE)
	.trim()
	.toLowerCase()
	.max(254)
	.regex(/^[^\s@]+@[^\s@]+$/, PERSON_RULE);

const ZONE_RULE = 'must be a time zone such as Europe/London';
export const TimeZone = z.string(ZONE_RULE).max(60).refine(isTimeZone, ZONE_RULE);

const TURN_RULE =
	'must be an ISO 8601 duration in weeks, days and hours, such as P1W, P1D or PT12H, from 1 hour to 84 days';
const START_RULE =
	'must be a local time such as 2026-11-02T09:00, or an RFC 3339 time with an offset such as 2026-11-02T09:00:00Z';
const TIME_RULE = 'must be a time such as 17:30';

export const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** Hours of the week in which a layer applies. Hours that end at or before their beginning end on the next day. */
const Restriction = z.strictObject({
	/** The days on which the hours begin; absent: every day. */
	days: z.array(z.enum(WEEKDAYS)).min(1).max(7).optional(),
	from: z.string(TIME_RULE).regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_RULE),
	to: z.string(TIME_RULE).regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, TIME_RULE)
});
export type Restriction = z.infer<typeof Restriction>;

/** People who are on call in turn. A later layer takes precedence over the layers before it. */
const Layer = z.strictObject({
	people: z.array(PersonEmail).min(1).max(MOST_PEOPLE),
	/** When the first turn begins: a local time in the zone of the layer, or an instant. */
	start: z.string(START_RULE).refine(isStart, START_RULE),
	/** How long a turn lasts on the local clock (ISO 8601), so a hand-off keeps its local hour. */
	handoff: z.string(TURN_RULE).refine(isTurn, TURN_RULE),
	/** The hours in which the layer applies; absent: all hours. */
	restrictions: z.array(Restriction).min(1).max(MOST_RESTRICTIONS).optional(),
	/** The time zone of the layer; absent: the time zone of the rota. */
	timeZone: TimeZone.optional()
});
export type Layer = z.infer<typeof Layer>;

const isForward = ({ from, to }: { from: string; to: string }): boolean => from < to;
const FORWARD_RULE = 'must end after it begins';
const isShort = ({ from, to }: { from: string; to: string }): boolean =>
	Date.parse(to) - Date.parse(from) <= LONGEST_CHANGE_DAYS * 24 * 3_600_000;
const SHORT_RULE = `must not last longer than ${LONGEST_CHANGE_DAYS} days`;
/** The id of a stored change. A PUT that names the id keeps the author of the change. */
const changeId = { id: z.string().max(40).optional() };

/** One person in some hours: an override or an absence. */
export const PersonHoursIn = z
	.object({ person: PersonEmail, from: Instant, to: Instant, ...changeId })
	.refine(isForward, FORWARD_RULE)
	.refine(isShort, SHORT_RULE)
	.meta({ id: 'PersonHoursIn' });
export type PersonHoursIn = z.infer<typeof PersonHoursIn>;

const SideIn = z
	.object({ person: PersonEmail, from: Instant, to: Instant })
	.refine(isForward, FORWARD_RULE)
	.refine(isShort, SHORT_RULE);
/**
 * Two people exchange two shifts. Where the layers name the person of one side in the hours of that side, the person of
 * the other side is on call.
 */
export const SwapIn = z
	.object({ first: SideIn, second: SideIn, ...changeId })
	.refine(({ first, second }) => first.person !== second.person, 'must name two people')
	.refine(
		({ first, second }) => first.to <= second.from || second.to <= first.from,
		'must name shifts that do not overlap'
	)
	.meta({ id: 'SwapIn' });
export type SwapIn = z.infer<typeof SwapIn>;

export const RotaIn = z
	.object({
		timeZone: TimeZone,
		layers: z.array(Layer).min(1).max(MOST_LAYERS),
		/** A person is on call in these hours, whatever the layers say. Of two overrides, the later in the list applies. */
		overrides: z.array(PersonHoursIn).max(MOST_CHANGES).optional(),
		swaps: z.array(SwapIn).max(MOST_CHANGES).optional(),
		/** A person is away in these hours. The next person of the layer covers. */
		absences: z.array(PersonHoursIn).max(MOST_CHANGES).optional()
	})
	.meta({ id: 'RotaIn' });
export type RotaIn = z.infer<typeof RotaIn>;

/** `id`: the id of the change in its rota. `by`: the name of the person who made the change. */
const author = { id: z.string(), by: z.string() };
const Side = z.object({ person: z.string(), from: z.string(), to: z.string() });
export const PersonHours = Side.extend(author).meta({ id: 'PersonHours' });
export type PersonHours = z.infer<typeof PersonHours>;
export const Swap = z.object({ first: Side, second: Side, ...author }).meta({ id: 'Swap' });
export type Swap = z.infer<typeof Swap>;

/** A rota as it is stored. */
export const Rota = z
	.object({
		timeZone: z.string(),
		layers: z.array(Layer),
		overrides: z.array(PersonHours),
		swaps: z.array(Swap),
		absences: z.array(PersonHours)
	})
	.meta({ id: 'Rota' });
export type Rota = z.infer<typeof Rota>;

/** Returns the e-mail addresses of all people whom the rota may name, each once. */
export function peopleOf({ layers, overrides, swaps }: Rota): string[] {
	return [
		...new Set([
			...layers.flatMap(({ people }) => people),
			...overrides.map(({ person }) => person),
			...swaps.flatMap(({ first, second }) => [first.person, second.person])
		])
	];
}

function isTimeZone(zone: string): boolean {
	// An offset such as +01:00 is no zone: its clock never changes. `Temporal` would accept it.
	return (
		/^[A-Za-z]/.test(zone) && succeeds(() => Temporal.PlainDate.from('2026-01-01').toZonedDateTime(zone))
	);
}

/** A local time has no offset. An instant has one. */
export const isInstant = (start: string): boolean => /(?:Z|[+-]\d\d:\d\d)$/i.test(start);

function isStart(text: string): boolean {
	if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)?)?$/i.test(text)) return false;
	if (text < '1970' || text > '2200') return false;
	return succeeds(() => (isInstant(text) ? Temporal.Instant.from(text) : Temporal.PlainDateTime.from(text)));
}

function isTurn(text: string): boolean {
	if (!/^P(?!$)(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?)?$/.test(text)) return false;
	const zone = { relativeTo: '2026-01-01' };
	return succeeds(() => {
		const turn = Temporal.Duration.from(text);
		if (Temporal.Duration.compare(turn, SHORTEST_TURN, zone) < 0) throw new RangeError();
		if (Temporal.Duration.compare(turn, LONGEST_TURN, zone) > 0) throw new RangeError();
	});
}

function succeeds(read: () => unknown): boolean {
	try {
		read();
		return true;
	} catch {
		return false;
	}
}

// Defines the filters of a list of Alerts: one schema for the API and the address bar, one predicate for live rows.
import { z } from 'zod';
import { Tier, type Alert } from './alert.ts';
import { Eui64, Instant } from './eui64.ts';
import { ExplanationKind } from './explanation-kind.ts';
import { RecordId } from './record-id.ts';

/** A list of values that contain no comma: one text with commas, or a list. */
const list = <T extends z.ZodType>(item: T) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
		z.array(item)
	);
/** A list of values that may contain commas: one value, or a list. The address repeats the parameter. */
const texts = <T extends z.ZodType>(item: T) =>
	z.preprocess((value) => (typeof value === 'string' ? [value] : value), z.array(item));

/** PostgreSQL refuses the NUL character. */
const text = z
	.string()
	.trim()
	.min(1)
	.max(80)
	.regex(/^[^\0]*$/, 'must not have a NUL character');
const code = text.transform((value) => value.replace(/^0x/i, '').toUpperCase());

const DURATION_RULE = 'must be a number of minutes, hours or days, such as 30m, 2h or 7d';
/** A length of time, such as `2h`. */
const Duration = z.string(DURATION_RULE).regex(/^\d{1,4}[mhd]$/, DURATION_RULE);

/** The role that stands for a candidate of the Supplier itself, beside the User Roles. */
export const OWN_ROLE = 'own';

/** The filters by values of a facet. An Alert passes if it has one of the values. */
const VALUES = {
	code: list(code),
	category: list(text),
	explanation: list(ExplanationKind),
	/** The tier of the best candidate. */
	tier: list(Tier),
	/** The role of any candidate; `own`: a candidate of the Supplier itself. */
	role: list(text),
	/** The User of any candidate. */
	user: list(Eui64),
	/** The model of the Device, if the Supplier has the Device now. */
	model: texts(text),
	/** The firmware of the Device, if the Supplier has the Device now. */
	firmware: texts(text),
	area: texts(text)
};
export type ValueFilter = keyof typeof VALUES;
export const VALUE_FILTERS = Object.keys(VALUES) as ValueFilter[];

/** Returns the filter that lets an Alert through only if it has none of the values. */
export const exclusionOf = <N extends ValueFilter>(name: N): `not${Capitalize<N>}` =>
	`not${name[0]!.toUpperCase()}${name.slice(1)}` as `not${Capitalize<N>}`;

type Exclusions = { [N in ValueFilter as `not${Capitalize<N>}`]: (typeof VALUES)[N] };
const EXCLUSIONS = Object.fromEntries(
	VALUE_FILTERS.map((name) => [exclusionOf(name), VALUES[name]])
) as Exclusions;

export const AlertFilters = z
	.object({ ...VALUES, ...EXCLUSIONS })
	.partial()
	.extend({
		/**
		 * `open`: the Alert is undecided, or its decision is contradicted. `contradicted`: new evidence contradicts the
		 * decision.
		 */
		decision: z.enum(['none', 'open', 'contradicted', 'any', 'actionable', 'ignorable']).optional(),
		/**
		 * `true`: only shelved Alerts. `false`: no shelved Alerts. Without this filter, and with `any`, the list has both,
		 * because a shelved Alert is still undecided.
		 */
		shelved: z.enum(['true', 'false', 'any']).optional(),
		/** The id of a person; `me`: the person who calls; `none`: the Alert is assigned to nobody. */
		assignee: text.optional(),
		/** The least urgent priority that the filter lets through. 3 excludes the journal (priority 4). */
		priority: z.coerce.number().int().min(1).max(4).optional(),
		/** The most urgent priority that the filter lets through. 4 leaves only the journal. */
		priorityFrom: z.coerce.number().int().min(1).max(4).optional(),
		device: Eui64.optional(),
		hub: Eui64.optional(),
		episode: RecordId.optional(),
		since: Instant.optional(),
		until: Instant.optional(),
		/** The Alert happened this long ago or earlier. */
		olderThan: Duration.optional(),
		/** The Alert happened less than this long ago. */
		newerThan: Duration.optional(),
		/** The Alert was decided before this time. */
		decidedUntil: Instant.optional(),
		/** The Alert was decided this long ago or earlier. */
		decidedOlderThan: Duration.optional(),
		/** A part of the code, of the Device id, of the name or of the summary. */
		q: text.transform((q) => Eui64.safeParse(q).data ?? q).optional(),
		sort: z.enum(['newest', 'oldest']).optional(),
		limit: z.coerce.number().int().min(1).max(500).optional(),
		/** The `nextCursor` of a page. */
		cursor: RecordId.optional()
	})
	.meta({ id: 'AlertFilters' });
export type AlertFilters = z.infer<typeof AlertFilters>;

/**
 * The filters that only the server can judge, because an Alert does not carry the model and the firmware of its Device.
 */
const SERVER_FILTERS = ['model', 'notModel', 'firmware', 'notFirmware'] as const satisfies Array<
	keyof AlertFilters
>;

/** Returns whether `matches` leaves a part of the filters to the server. */
export const needsServer = (filters: AlertFilters): boolean =>
	SERVER_FILTERS.some((name) => filters[name] !== undefined);

/** Returns whether a person must decide the Alert: the Alert is undecided, or new evidence contradicts the decision. */
export const needsDecision = (alert: Pick<Alert, 'decision' | 'notice'>): boolean =>
	alert.decision === null || alert.notice !== null;

const MS_OF_UNIT: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const msOf = (duration: string): number => parseInt(duration, 10) * MS_OF_UNIT[duration.at(-1)!]!;

type Relative = Pick<
	AlertFilters,
	'assignee' | 'since' | 'until' | 'decidedUntil' | 'olderThan' | 'newerThan' | 'decidedOlderThan'
>;

/**
 * Returns the filters as they are for one caller at one instant: with the id of the caller in the place of `me`, and with
 * instants in the place of ages. `matches` and the queries of the server read only such filters.
 */
export function resolveFilters<F extends Relative>(
	{ olderThan, newerThan, decidedOlderThan, ...filters }: F,
	{ callerId, nowMs }: { callerId: string; nowMs: number }
): Omit<F, 'olderThan' | 'newerThan' | 'decidedOlderThan'> {
	const ago = (duration: string): string => new Date(nowMs - msOf(duration)).toISOString();
	const earlier = (a: string | undefined, b: string): string => (a !== undefined && a < b ? a : b);
	const later = (a: string | undefined, b: string): string => (a !== undefined && a > b ? a : b);
	return {
		...filters,
		...(filters.assignee === 'me' && { assignee: callerId }),
		...(newerThan !== undefined && { since: later(filters.since, ago(newerThan)) }),
		...(olderThan !== undefined && { until: earlier(filters.until, ago(olderThan)) }),
		...(decidedOlderThan !== undefined && {
			decidedUntil: earlier(filters.decidedUntil, ago(decidedOlderThan))
		})
	};
}

type Judged = Exclude<ValueFilter, 'model' | 'firmware'>;
/** Returns the values that an Alert has for a filter. */
const VALUES_OF: { [N in Judged]: (alert: Alert) => ReadonlyArray<string | null> } = {
	code: (alert) => [alert.code],
	category: (alert) => [alert.category],
	explanation: (alert) => [alert.explanation],
	tier: (alert) => [alert.candidates[0]?.tier ?? null],
	role: (alert) => alert.candidates.flatMap((c) => (c.own ? [c.userRole, OWN_ROLE] : [c.userRole])),
	user: (alert) => alert.candidates.map((c) => c.userId),
	area: (alert) => [alert.area]
};
const JUDGED = (Object.keys(VALUES_OF) as Judged[]).map((name) => ({
	name,
	not: exclusionOf(name),
	valuesOf: VALUES_OF[name]
}));

function matchesValues(alert: Alert, filters: AlertFilters): boolean {
	return JUDGED.every(({ name, not, valuesOf }) => {
		const wanted: readonly string[] | undefined = filters[name];
		const unwanted: readonly string[] | undefined = filters[not];
		if (!wanted?.length && !unwanted?.length) return true;
		const values = valuesOf(alert);
		const hasOne = (of: readonly string[]) => values.some((value) => value !== null && of.includes(value));
		return (!wanted?.length || hasOne(wanted)) && !(unwanted?.length && hasOne(unwanted));
	});
}

/**
 * Returns whether an Alert belongs to the filtered list. The query of the server applies the same rule. The filters name
 * no `me` and no age (`resolveFilters`). The filters of `needsServer` let every Alert through here.
 */
export function matches(alert: Alert, f: AlertFilters): boolean {
	if (!matchesValues(alert, f)) return false;
	if (f.decision === 'none' && alert.decision) return false;
	if (f.decision === 'open' && !needsDecision(alert)) return false;
	if (f.decision === 'contradicted' && alert.notice === null) return false;
	if (f.decision === 'any' && !alert.decision) return false;
	if ((f.decision === 'actionable' || f.decision === 'ignorable') && alert.decision?.verdict !== f.decision)
		return false;
	if (f.shelved === 'true' && !alert.shelved) return false;
	if (f.shelved === 'false' && alert.shelved) return false;
	if (f.assignee === 'none' && alert.assignee) return false;
	if (f.assignee && f.assignee !== 'none' && alert.assignee?.id !== f.assignee) return false;
	if (f.priority && alert.priority > f.priority) return false;
	if (f.priorityFrom && alert.priority < f.priorityFrom) return false;
	if (f.device && alert.deviceId !== f.device) return false;
	if (f.hub && alert.hubId !== f.hub) return false;
	if (f.episode && alert.episodeId !== f.episode) return false;
	if (f.since && alert.effectiveAt < f.since) return false;
	if (f.until && alert.effectiveAt >= f.until) return false;
	if (f.decidedUntil && !(alert.decision && alert.decision.at < f.decidedUntil)) return false;
	if (!f.q) return true;
	const q = f.q.toLowerCase();
	return [alert.code, alert.deviceId, alert.name, alert.summary].some((field) =>
		field.toLowerCase().includes(q)
	);
}

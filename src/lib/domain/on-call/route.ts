// Defines a route: which Alerts, episodes and faults open a page, for which rota, by which channels, and how the page
// escalates while nobody acknowledges it.
import { z } from 'zod';
import { ExplanationKind } from '../explanation-kind.ts';
import { OnCallName } from './name.ts';
import { AlertCodes } from './alert-codes.ts';

const MOST_STEPS = 10;

/** The conditions of a route. An Alert must meet all of them. In a list, one value must fit. */
export const RouteWhen = z
	.strictObject({
		explanation: z.array(ExplanationKind).min(1).optional(),
		category: z.array(z.string().trim().min(1).max(40)).min(1).optional(),
		codes: AlertCodes.optional(),
		/** The Alert is at least this urgent: its priority is this number or less. */
		priority: z.number().int().min(1).max(4).optional(),
		areas: z.array(z.string().trim().min(1).max(40)).min(1).optional(),
		/** The Alert belongs to an episode with at least this number of Devices. */
		minDevices: z.number().int().min(2).optional(),
		/** New evidence contradicts a person's decision on the Alert. */
		contradicted: z.literal(true).optional(),
		/** A feed has stopped, or its audit data is too far behind. No other condition fits such a route. */
		feedFault: z.literal(true).optional()
	})
	.refine(
		(when) => Object.values(when).some((value) => value !== undefined),
		'must have at least one condition'
	)
	.refine(
		({ feedFault, ...others }) => !feedFault || Object.values(others).every((value) => value === undefined),
		'feedFault fits no other condition: write two routes'
	);
export type RouteWhen = z.infer<typeof RouteWhen>;

/** A step of the escalation: the person on call of a rota, or the target of a channel. */
export const RouteStep = z.union([
	z.strictObject({ rota: OnCallName }),
	z.strictObject({ channel: OnCallName })
]);
export type RouteStep = z.infer<typeof RouteStep>;

const TIME_RULE = 'must be a time such as 22:00';
const LocalTime = z.string(TIME_RULE).regex(/^([01]\d|2[0-3]):[0-5]\d$/, TIME_RULE);

/**
 * The hours in which a page waits until the end of the hours, in the time zone of the rota. A page of priority 1 never
 * waits.
 */
export const QuietHours = z
	.strictObject({ from: LocalTime, to: LocalTime })
	.refine(({ from, to }) => from !== to, 'must not begin and end at the same time');
export type QuietHours = z.infer<typeof QuietHours>;

export const RouteIn = z
	.object({
		when: RouteWhen,
		rota: OnCallName.nullish().transform((rota) => rota ?? null),
		channels: z.array(OnCallName).min(1).max(10),
		/** The minutes that a step waits for an acknowledgement. */
		acknowledgeMinutes: z.number().int().min(1).max(1440).default(10),
		// A zod default would hide from people that the list may be left out.
		then: z.array(RouteStep).max(MOST_STEPS).default([]),
		quietHours: QuietHours.nullish().transform((hours) => hours ?? null),
		enabled: z.boolean().default(true),
		/** The place in the order of routes. The first route that matches opens the page. Default: the last. */
		place: z.number().int().min(1).max(1000).optional()
	})
	.meta({ id: 'RouteIn' });
export type RouteIn = z.infer<typeof RouteIn>;

export const Route = RouteIn.omit({ place: true })
	.extend({
		name: z.string(),
		place: z.number().int(),
		rota: z.string().nullable(),
		quietHours: QuietHours.nullable(),
		savedBy: z.string(),
		savedAt: z.string()
	})
	.meta({ id: 'Route' });
export type Route = z.infer<typeof Route>;

/** The facts of an Alert that the conditions of a route read. `devices`: the Devices of its episode; 0: no episode. */
export interface RouteFacts {
	explanation: ExplanationKind;
	category: string;
	code: string;
	priority: number;
	area: string | null;
	contradicted: boolean;
	/** Whether a person has decided the Alert. */
	decided: boolean;
	devices: number;
}

/**
 * Returns whether an Alert meets the conditions. A decided Alert meets only the condition of a contradiction, because
 * somebody has looked at it already.
 */
export function matches(when: RouteWhen, facts: RouteFacts): boolean {
	if (when.feedFault) return false;
	if (when.contradicted ? !facts.contradicted : facts.decided) return false;
	return (
		(!when.explanation || when.explanation.includes(facts.explanation)) &&
		(!when.category || when.category.includes(facts.category)) &&
		(!when.codes || when.codes.includes(facts.code)) &&
		(when.priority === undefined || facts.priority <= when.priority) &&
		(!when.areas || (facts.area !== null && when.areas.includes(facts.area))) &&
		(when.minDevices === undefined || facts.devices >= when.minDevices)
	);
}

/** Who gets a page, and when it escalates. A page keeps the plan of the moment at which it opened. */
export const PagePlan = z.object({
	rota: z.string().nullable(),
	channels: z.array(z.string()),
	acknowledgeSeconds: z.number(),
	then: z.array(RouteStep),
	/** Whether only the person on call is told, and then the leads. A test page wakes nobody else. */
	once: z.boolean().optional()
});
export type PagePlan = z.infer<typeof PagePlan>;

/** One rung of the ladder: who is told when the page gets there. */
export type Rung =
	| { who: 'current' }
	| { who: 'rota'; rota: string }
	| { who: 'channel'; channel: string }
	| { who: 'next' }
	| { who: 'again' }
	| { who: 'everybody' }
	| { who: 'leads' };

/**
 * Returns the steps of a page: the person on call, the steps of the route, the next person of the rota, both again,
 * everybody of the rota, and at last the alarm in the console of the leads. The last steps always follow, so that
 * nobody is missed.
 */
export function ladderOf(plan: Pick<PagePlan, 'rota' | 'then' | 'once'>): Rung[] {
	if (plan.once) return [{ who: 'current' }, { who: 'leads' }];
	const own = plan.then.map((step): Rung =>
		'rota' in step ? { who: 'rota', rota: step.rota } : { who: 'channel', channel: step.channel }
	);
	const people: Rung[] = plan.rota
		? [{ who: 'next' }, { who: 'again' }, { who: 'everybody' }]
		: [{ who: 'again' }];
	return [{ who: 'current' }, ...own, ...people, { who: 'leads' }];
}

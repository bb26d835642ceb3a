// Defines what a Supplier reads of a User as a sender: its Service Requests to the Devices of the Supplier, and the Alerts
// that followed.
import { z } from 'zod';
import { Tier } from './alert.ts';
import { Instant } from './eui64.ts';
import { outcomeOf } from './response-code.ts';

/** The greatest number of days of one answer. */
export const MAX_SENDER_DAYS = 30;
const DAY_MS = 86_400_000;

export const SenderQuery = z.object({
	/** The number of days, in UTC. The last day is that of `until`. */
	days: z.coerce.number().int().min(1).max(MAX_SENDER_DAYS).default(MAX_SENDER_DAYS),
	/** The end of the time. Without it, the time ends now. */
	until: Instant.optional()
});

const count = z.number().int();
const Outcomes = z.object({ success: count, failure: count, 'no-answer': count, 'never-sent': count });
export type Outcomes = z.infer<typeof Outcomes>;
/** The outcomes of Service Requests, in the order in which pages show them. */
export const OUTCOMES = ['success', 'failure', 'no-answer', 'never-sent'] as const;

export const Sender = z
	.object({
		userId: z.string(),
		/** Whether the User is the Supplier's own. */
		own: z.boolean(),
		/** The names and the roles that the requests give to the User. */
		names: z.array(z.string()),
		roles: z.array(z.string()),
		/** The answer counts requests and Alerts within `[since, until)`. */
		since: z.string(),
		until: z.string(),
		requests: z.object({
			total: count,
			devices: count,
			/** Whether there are more requests than were counted. The numbers then count the newest requests. */
			atLeast: z.boolean(),
			/** The most frequent first. */
			byVariant: z.array(
				z.object({
					serviceReferenceVariant: z.string(),
					userRole: z.string(),
					requests: count,
					devices: count,
					outcomes: Outcomes
				})
			),
			/** One entry for each day, in UTC, the oldest first. */
			byDay: z.array(z.object({ day: z.iso.date(), outcomes: Outcomes }))
		}),
		alerts: z.object({
			/** The Alerts that have a request of the User among their candidates. */
			total: count,
			/** The Alerts whose suspect, the best candidate, is a request of the User. */
			suspect: count,
			/** Whether there are more Alerts than were counted. The numbers then count the newest Alerts. */
			atLeast: z.boolean(),
			/** The code with the most suspected Alerts first. */
			byCode: z.array(
				z.object({
					code: z.string(),
					name: z.string(),
					total: count,
					/** The suspected Alerts by the tier of the suspect. */
					tiers: z.record(Tier, count),
					/** How people decided the suspected Alerts. */
					actionable: count,
					ignorable: count,
					undecided: count
				})
			)
		})
	})
	.meta({ id: 'Sender' });
export type Sender = z.infer<typeof Sender>;

/** Requests of one SRV, one role, one day and one response code. */
export interface RequestCount {
	variant: string;
	role: string;
	day: string;
	/** `null`: there is no response. */
	code: string | null;
	requests: number;
}

const noOutcomes = (): Outcomes => ({ success: 0, failure: 0, 'no-answer': 0, 'never-sent': 0 });

/** Returns the first instant (epoch ms) of the time of `days` days that ends at `until` (epoch ms). */
export const sinceOf = (until: number, days: number): number =>
	Math.floor((until - 1) / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;

/** Adds the counts up by SRV and role, and by day. `devices`: the number of Devices of an SRV and a role. */
export function sumRequests(
	counts: readonly RequestCount[],
	{ since, until }: { since: number; until: number },
	devices: (variant: string, role: string) => number
): Pick<Sender['requests'], 'total' | 'byVariant' | 'byDay'> {
	const byVariant = new Map<string, Sender['requests']['byVariant'][number]>();
	const byDay = new Map<string, Outcomes>();
	for (let at = since; at < until; at += DAY_MS)
		byDay.set(new Date(at).toISOString().slice(0, 10), noOutcomes());
	let total = 0;
	for (const { variant, role, day, code, requests } of counts) {
		const outcome = outcomeOf(code);
		const key = `${variant} ${role}`;
		const row = byVariant.get(key) ?? {
			serviceReferenceVariant: variant,
			userRole: role,
			requests: 0,
			devices: devices(variant, role),
			outcomes: noOutcomes()
		};
		row.requests += requests;
		row.outcomes[outcome] += requests;
		byVariant.set(key, row);
		byDay.get(day)![outcome] += requests;
		total += requests;
	}
	return {
		total,
		byVariant: [...byVariant.values()].sort(
			(a, b) => b.requests - a.requests || (a.serviceReferenceVariant < b.serviceReferenceVariant ? -1 : 1)
		),
		byDay: [...byDay].map(([day, outcomes]) => ({ day, outcomes }))
	};
}

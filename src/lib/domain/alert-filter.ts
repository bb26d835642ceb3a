// Defines the filters of a list of Alerts: one schema for the API and the address bar, one predicate for live rows.
import { z } from 'zod';
import type { Alert } from './alert.ts';
import { Eui64, Instant } from './eui64.ts';
import { ExplanationKind } from './explanation-kind.ts';
import { RecordId } from './record-id.ts';

const list = <T extends z.ZodType>(item: T) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
		z.array(item)
	);
/** PostgreSQL refuses the NUL character. */
const text = z
	.string()
	.trim()
	.min(1)
	.max(80)
	.regex(/^[^\0]*$/, 'must not have a NUL character');

export const AlertFilters = z
	.object({
		explanation: list(ExplanationKind).optional(),
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
		code: text.transform((code) => code.replace(/^0x/i, '').toUpperCase()).optional(),
		category: text.optional(),
		/** The least urgent priority that the filter lets through. 3 excludes the journal (priority 4). */
		priority: z.coerce.number().int().min(1).max(4).optional(),
		device: Eui64.optional(),
		hub: Eui64.optional(),
		user: Eui64.optional(),
		role: text.optional(),
		episode: RecordId.optional(),
		since: Instant.optional(),
		until: Instant.optional(),
		/** A part of the code, of the Device id, of the name or of the summary. */
		q: text.transform((q) => Eui64.safeParse(q).data ?? q).optional(),
		sort: z.enum(['newest', 'oldest']).optional(),
		limit: z.coerce.number().int().min(1).max(500).optional(),
		/** The `nextCursor` of a page. */
		cursor: RecordId.optional()
	})
	.meta({ id: 'AlertFilters' });
export type AlertFilters = z.infer<typeof AlertFilters>;

/** Returns whether a person must decide the Alert: the Alert is undecided, or new evidence contradicts the decision. */
export const needsDecision = (alert: Pick<Alert, 'decision' | 'notice'>): boolean =>
	alert.decision === null || alert.notice !== null;

/** Returns the filters with the id of the person who calls in the place of `me`. */
export const forCaller = <F extends Pick<AlertFilters, 'assignee'>>(filters: F, callerId: string): F =>
	filters.assignee === 'me' ? { ...filters, assignee: callerId } : filters;

/**
 * Returns whether an Alert belongs to the filtered list. The query of the server applies the same rule. The filters name
 * no `me` (`forCaller`).
 */
export function matches(alert: Alert, f: AlertFilters): boolean {
	if (f.explanation?.length && !f.explanation.includes(alert.explanation)) return false;
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
	if (f.code && alert.code !== f.code) return false;
	if (f.category && alert.category !== f.category) return false;
	if (f.priority && alert.priority > f.priority) return false;
	if (f.device && alert.deviceId !== f.device) return false;
	if (f.hub && alert.hubId !== f.hub) return false;
	if (f.episode && alert.episodeId !== f.episode) return false;
	if (f.user && !alert.candidates.some((c) => c.userId === f.user)) return false;
	if (f.role && !alert.candidates.some((c) => c.userRole === f.role)) return false;
	if (f.since && alert.effectiveAt < f.since) return false;
	if (f.until && alert.effectiveAt >= f.until) return false;
	if (!f.q) return true;
	const q = f.q.toLowerCase();
	return [alert.code, alert.deviceId, alert.name, alert.summary].some((field) =>
		field.toLowerCase().includes(q)
	);
}

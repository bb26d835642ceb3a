// Precedents: what people decided before on the same pattern. They are shown, counter-examples first, and never applied.
import { z } from 'zod';
import type { Verdict } from './decision.ts';
import { Decision } from './decision.ts';

/** How far back decisions count as precedents. */
export const PRECEDENT_DAYS = 90;
/** How many are shown of each verdict. */
export const MOST_SHOWN = 5;

/** One act of deciding: an episode that was decided as a whole is one, with one of its Alerts to look at. */
export const Precedent = z.object({
	alertId: z.string(),
	deviceId: z.string(),
	effectiveAt: z.string(),
	decision: Decision,
	/** How many Alerts it decided. */
	alerts: z.number().int()
});
export type Precedent = z.infer<typeof Precedent>;

export const Precedents = z
	.object({
		since: z.string(),
		/** The candidate that the pattern is about; `null`: the code and the kind of explanation are. */
		serviceReferenceVariant: z.string().nullable(),
		userRole: z.string().nullable(),
		ignorable: z.number().int(),
		actionable: z.number().int(),
		/** The rarer verdict first, the newest of each first. */
		examples: z.array(Precedent)
	})
	.meta({ id: 'Precedents' });
export type Precedents = z.infer<typeof Precedents>;

/** The rarer verdict: what speaks against doing as always. */
export const rarer = ({ ignorable, actionable }: Pick<Precedents, 'ignorable' | 'actionable'>): Verdict =>
	ignorable < actionable ? 'ignorable' : 'actionable';

/** "48 of 50 ignorable, 2 actionable", the commoner first. */
export function spellPrecedents({
	ignorable,
	actionable
}: Pick<Precedents, 'ignorable' | 'actionable'>): string {
	const all = ignorable + actionable;
	if (all === 0) return 'nobody has decided such a one yet';
	if (all === 1) return `decided once, ${ignorable === 1 ? 'ignorable' : 'actionable'}`;
	const common: Verdict = ignorable >= actionable ? 'ignorable' : 'actionable';
	const few = rarer({ ignorable, actionable });
	const [most, least] = [Math.max(ignorable, actionable), Math.min(ignorable, actionable)];
	return least === 0 ? `all ${all} ${common}` : `${most} of ${all} ${common}, ${least} ${few}`;
}

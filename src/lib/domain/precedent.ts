// Defines precedents: earlier decisions of people on the same pattern. People see them, counter-examples first. The
// machine never applies them.
import { z } from 'zod';
import type { Verdict } from './decision.ts';
import { Decision } from './decision.ts';

/** How far back decisions count as precedents (days). */
export const PRECEDENT_DAYS = 90;
/** The largest number of examples shown for each verdict. */
export const MAX_EXAMPLES_PER_VERDICT = 5;

/** One act of deciding. An episode that was decided as a whole is one precedent, shown with one of its Alerts. */
const Precedent = z.object({
	alertId: z.string(),
	deviceId: z.string(),
	effectiveAt: z.string(),
	decision: Decision,
	/** The number of Alerts that this act decided. */
	alerts: z.number().int()
});

export const Precedents = z
	.object({
		since: z.string(),
		/** SRV and role of the candidate in the pattern. `null`: the pattern is the code and the kind of explanation. */
		serviceReferenceVariant: z.string().nullable(),
		userRole: z.string().nullable(),
		ignorable: z.number().int(),
		actionable: z.number().int(),
		/** The examples of the rarer verdict come first; within a verdict, the newest first. */
		examples: z.array(Precedent)
	})
	.meta({ id: 'Precedents' });
export type Precedents = z.infer<typeof Precedents>;

/** The rarer verdict: its examples are the counter-examples. If both are equally frequent, `actionable`. */
export const rarerVerdict = ({
	ignorable,
	actionable
}: Pick<Precedents, 'ignorable' | 'actionable'>): Verdict =>
	ignorable < actionable ? 'ignorable' : 'actionable';

/** "48 of 50 ignorable, 2 actionable": the more frequent verdict comes first. */
export function formatPrecedents({
	ignorable,
	actionable
}: Pick<Precedents, 'ignorable' | 'actionable'>): string {
	const all = ignorable + actionable;
	if (all === 0) return 'nobody has decided such an Alert yet';
	if (all === 1) return `decided once, ${ignorable === 1 ? 'ignorable' : 'actionable'}`;
	const common: Verdict = ignorable >= actionable ? 'ignorable' : 'actionable';
	const rare = rarerVerdict({ ignorable, actionable });
	const [commonCount, rareCount] = [Math.max(ignorable, actionable), Math.min(ignorable, actionable)];
	return rareCount === 0
		? `all ${all} ${common}`
		: `${commonCount} of ${all} ${common}, ${rareCount} ${rare}`;
}

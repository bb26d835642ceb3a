// Defines precedents: earlier decisions of people on the same pattern. People see precedents with the counter-examples
// first. The machine never applies a precedent.
import { z } from 'zod';
import type { Verdict } from './decision.ts';
import { Decision } from './decision.ts';

/** How far back decisions count as precedents (days). */
export const PRECEDENT_DAYS = 90;
/** The largest number of examples shown for each verdict. */
export const MAX_EXAMPLES_PER_VERDICT = 5;

/** One act of deciding. A decision on a whole episode is one precedent, shown with one Alert of the episode. */
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
		/**
		 * SRV and role of the candidate in the pattern. `null`: the pattern is only the Alert code and the kind of
		 * explanation.
		 */
		serviceReferenceVariant: z.string().nullable(),
		userRole: z.string().nullable(),
		ignorable: z.number().int(),
		actionable: z.number().int(),
		/** The examples of the rarer verdict first; within a verdict, the newest example first. */
		examples: z.array(Precedent)
	})
	.meta({ id: 'Precedents' });
export type Precedents = z.infer<typeof Precedents>;

/**
 * Returns the rarer verdict, whose examples are the counter-examples. Returns `actionable` if both verdicts are equally
 * frequent.
 */
export const rarerVerdict = ({
	ignorable,
	actionable
}: Pick<Precedents, 'ignorable' | 'actionable'>): Verdict =>
	ignorable < actionable ? 'ignorable' : 'actionable';

/** Writes the numbers with the more frequent verdict first: "48 of 50 ignorable, 2 actionable". */
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

// Turns a learned pattern into a cause of the cause table. A person may propose the cause after a review.
import type { LearnedPattern, Pattern } from '../learned-pattern.ts';
import { formatSeconds } from '../wording.ts';
import { Role, type Cause, type CauseFile } from './cause-table.ts';

/**
 * Returns whether a table already covers the pattern. A table covers the pattern if it lists the pattern's SRV for the
 * pattern's Alert code, or says that no command can cause the code.
 */
export function tableKnows({ entries, notCommand }: CauseFile, pattern: Pattern): boolean {
	const entry = entries.find(({ alert }) => alert === pattern.code);
	return (
		entry?.causes.some(({ variants }) => variants.includes(pattern.serviceReferenceVariant)) === true ||
		notCommand.some(({ alerts }) => alerts.includes(pattern.code))
	);
}

/** Returns the cause that a pattern suggests. The caller adds the id of the cause. */
export function causeFrom(pattern: LearnedPattern): Omit<Cause, 'id'> {
	const { serviceReferenceVariant, userRole, relation, withinSeconds, seen, of } = pattern;
	const role = Role.safeParse(userRole);
	return {
		variants: [serviceReferenceVariant],
		roles: role.success ? [role.data] : [],
		outcome: 'any',
		relation,
		targetTypes: [],
		anchor: 'requested',
		minSeconds: 0,
		typicalSeconds: Math.max(1, Math.round(withinSeconds / 2)),
		maxSeconds: withinSeconds,
		condition: null,
		prior: 0.6,
		confidence: 'strong',
		mechanism: `People reviewed this learned cause. It was seen before ${seen} of ${of} such Alerts within ${formatSeconds(withinSeconds)}.`
	};
}

// From a learned pattern to a row of the cause table: what a person may propose after a review.
import { Role, type Cause, type CauseFile } from './cause-table.ts';
import { spellSeconds } from '../wording.ts';
import type { LearnedPattern, Pattern } from '../learned-pattern.ts';

/** Whether a table lists the SRV of a pattern as a cause of its code, or calls the code beyond any command. */
export function tableKnows({ entries, notCommand }: CauseFile, pattern: Pattern): boolean {
	const entry = entries.find(({ alert }) => alert === pattern.code);
	return (
		entry?.causes.some(({ variants }) => variants.includes(pattern.serviceReferenceVariant)) === true ||
		notCommand.some(({ alerts }) => alerts.includes(pattern.code))
	);
}

/** The cause that a pattern suggests; its id is given by whoever adds it. */
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
		mechanism: `Learned and reviewed: seen before ${seen} of ${of} such Alerts within ${spellSeconds(withinSeconds)}.`
	};
}

// Writes standing decisions as people read them: the rule in one sentence, its facts and its state.
import { reasonName } from './alert-words.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import type { StandingDecision, StandingState } from '#lib/domain/standing-decision/standing-decision.ts';

const EXPLANATIONS: Record<StandingWhen['explanation'], string> = {
	exact: 'exact',
	likely: 'likely',
	'not-command': 'no command can cause it',
	unexplained: 'unexplained'
};

export const STATES: Record<StandingState, string> = {
	proposed: 'Proposed',
	active: 'Active',
	paused: 'Paused',
	ended: 'Ended',
	expired: 'Expired'
};

/** The address of a standing decision. */
export const standingHref = (id: string): string => `/standing-decisions/${id}`;

/** Writes the conditions: `8F3E, likely, after 8.11 by GS, on ESME`. */
export function conditionsText(when: StandingWhen): string {
	const sender = [
		when.userRole && `by ${when.userRole}`,
		when.own !== undefined && (when.own ? '(our own)' : '(another User)')
	].filter(Boolean);
	const request = when.serviceReferenceVariant
		? ['after', when.serviceReferenceVariant, ...sender]
		: sender.length > 0
			? ['after a Service Request', ...sender]
			: [];
	return [
		when.code,
		EXPLANATIONS[when.explanation],
		request.join(' '),
		when.responseCode && `answered ${when.responseCode}`,
		when.deviceType && `on ${when.deviceType}`,
		when.area && `in ${when.area}`
	]
		.filter(Boolean)
		.join(', ');
}

/** Writes the whole rule in one sentence. */
export const ruleText = ({
	when,
	verdict,
	reason
}: Pick<StandingDecision, 'when' | 'verdict' | 'reason'>): string =>
	`${conditionsText(when)}: ${verdict}, ${reasonName({ reason })}`;

/** The conditions that a person may leave out. */
export const OPTIONAL_FACTS = [
	'serviceReferenceVariant',
	'userRole',
	'own',
	'responseCode',
	'deviceType',
	'area'
] as const satisfies ReadonlyArray<keyof StandingWhen>;
type OptionalFact = (typeof OPTIONAL_FACTS)[number];

const FACT_LABELS: Record<keyof StandingWhen, string> = {
	code: 'Alert code',
	explanation: 'Explanation',
	serviceReferenceVariant: 'Service Request',
	userRole: 'Role of the sender',
	own: 'Sender',
	responseCode: 'Response code',
	deviceType: 'Type of Device',
	area: 'Area'
};

/** Lists the facts that the conditions name. `optional`: whether a person may leave the fact out. */
export const factsOf = (
	when: StandingWhen
): Array<{ field: keyof StandingWhen; label: string; text: string; optional: boolean }> =>
	(['code', 'explanation', ...OPTIONAL_FACTS] as const)
		.filter((field) => when[field] !== undefined)
		.map((field) => ({
			field,
			label: FACT_LABELS[field],
			text: factText(when, field),
			optional: field !== 'code' && field !== 'explanation'
		}));

function factText(when: StandingWhen, field: keyof StandingWhen): string {
	if (field === 'explanation') return EXPLANATIONS[when.explanation];
	if (field === 'own') return when.own ? 'us' : 'another User';
	return String(when[field]);
}

/** Returns the conditions without the dropped facts. */
export function withoutFacts(when: StandingWhen, dropped: ReadonlySet<keyof StandingWhen>): StandingWhen {
	const kept = { ...when };
	for (const field of OPTIONAL_FACTS) if (dropped.has(field)) delete kept[field as OptionalFact];
	return kept;
}

const isOver = ({ state }: Pick<StandingDecision, 'state'>): boolean =>
	state === 'ended' || state === 'expired';

/**
 * Sorts standing decisions as people look at them: those whose Alerts people reopened, then the others that are not
 * over, then those that are over. The newest come first.
 */
export const inReadingOrder = <T extends Pick<StandingDecision, 'id' | 'state' | 'use'>>(
	items: readonly T[]
): T[] =>
	[...items].sort(
		(a, b) =>
			Number(isOver(a)) - Number(isOver(b)) ||
			(isOver(a) ? 0 : b.use.reopened - a.use.reopened) ||
			Number(b.id) - Number(a.id)
	);

/** Writes how long a standing decision still lasts. */
export const endText = ({ state, daysLeft }: Pick<StandingDecision, 'state' | 'daysLeft'>): string =>
	isOver({ state }) ? 'over' : daysLeft === 1 ? '1 day left' : `${daysLeft} days left`;

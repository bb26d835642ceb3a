// Writes standing decisions as people read them: the rule in one sentence, its facts and its state.
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import type { StandingDecision, StandingState } from '#lib/domain/standing-decision/standing-decision.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/standing.ts';
import { explanationName, reasonName, verdictName } from './alert-words.ts';

export const STATES: Record<StandingState, () => string> = {
	proposed: messages.state_proposed,
	active: messages.state_active,
	paused: messages.state_paused,
	ended: messages.state_ended,
	expired: messages.state_expired
};

const explanationText = ({ explanation }: StandingWhen): string => explanationName(explanation).toLowerCase();

/** Writes the condition on the Service Request: `after 8.11 by GS (our own)`. `null`: there is none. */
function requestText({ serviceReferenceVariant, userRole, own }: StandingWhen): string | null {
	if (!serviceReferenceVariant && !userRole && own === undefined) return null;
	const words = {
		request: serviceReferenceVariant ?? messages.a_service_request(),
		own: own === undefined ? 'any' : own ? 'own' : 'another'
	};
	return userRole
		? messages.after_request_by_role({ ...words, role: userRole })
		: messages.after_request(words);
}

/** Writes the conditions: `8F3E, likely, after 8.11 by GS, on ESME`. */
export const conditionsText = (when: StandingWhen): string =>
	[
		when.code,
		explanationText(when),
		requestText(when),
		when.responseCode && messages.answered({ code: when.responseCode }),
		when.deviceType && messages.on_device_type({ type: when.deviceType }),
		when.area && messages.in_area({ area: when.area })
	]
		.filter(Boolean)
		.join(', ');

/** Writes the whole rule in one sentence. */
export const ruleText = ({
	when,
	verdict,
	reason
}: Pick<StandingDecision, 'when' | 'verdict' | 'reason'>): string =>
	messages.rule_text({
		conditions: conditionsText(when),
		verdict: verdictName(verdict).toLowerCase(),
		reason: reasonName({ reason })
	});

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

const FACT_LABELS: Record<keyof StandingWhen, () => string> = {
	code: messages.fact_code,
	explanation: messages.fact_explanation,
	serviceReferenceVariant: common.service_request,
	userRole: messages.fact_role,
	own: messages.fact_sender,
	responseCode: messages.fact_response_code,
	deviceType: messages.fact_device_type,
	area: common.area
};

/** Lists the facts that the conditions name. `optional`: whether a person may leave the fact out. */
export const factsOf = (
	when: StandingWhen
): Array<{ field: keyof StandingWhen; label: string; text: string; optional: boolean }> =>
	(['code', 'explanation', ...OPTIONAL_FACTS] as const)
		.filter((field) => when[field] !== undefined)
		.map((field) => ({
			field,
			label: FACT_LABELS[field](),
			text: factText(when, field),
			optional: field !== 'code' && field !== 'explanation'
		}));

function factText(when: StandingWhen, field: keyof StandingWhen): string {
	if (field === 'explanation') return explanationText(when);
	if (field === 'own') return when.own ? messages.us() : common.another_user();
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
	isOver({ state }) ? messages.over() : messages.days_left({ count: daysLeft });

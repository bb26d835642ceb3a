// Decides whether an Alert fits the conditions of a standing decision, and makes conditions of the facts of an Alert.
import type { Alert } from '../alert.ts';
import type { CauseTable } from '../cause-table/cause-table.ts';
import { namesSuspect } from '../explanation-kind.ts';
import { StandingWhen, whyNeverCovered } from './rule.ts';

/** The facts of an Alert that the conditions read. The suspect is the first candidate. */
export type StandingFacts = Pick<
	Alert,
	'code' | 'category' | 'explanation' | 'candidates' | 'deviceType' | 'area'
>;

/** Returns whether the Alert fits the conditions and may be covered. */
export function covers(when: StandingWhen, alert: StandingFacts, table: CauseTable): boolean {
	return fits(when, alert) && whyNeverCovered(alert, table) === null;
}

/** Returns whether the Alert meets all conditions. */
function fits(when: StandingWhen, alert: StandingFacts): boolean {
	if (alert.code !== when.code || alert.explanation !== when.explanation) return false;
	if (when.deviceType !== undefined && alert.deviceType !== when.deviceType) return false;
	if (when.area !== undefined && alert.area !== when.area) return false;
	if (!namesSuspect(when.explanation)) return true;
	const [suspect] = alert.candidates;
	return (
		suspect !== undefined &&
		(when.serviceReferenceVariant === undefined ||
			suspect.serviceReferenceVariant === when.serviceReferenceVariant) &&
		(when.userRole === undefined || suspect.userRole === when.userRole) &&
		(when.own === undefined || suspect.own === when.own) &&
		(when.responseCode === undefined || suspect.responseCode === when.responseCode)
	);
}

/**
 * Makes the conditions "always like this" of the facts of an Alert: its code, its explanation, the SRV, role and
 * outcome of its suspect, and the type of its Device. Returns `null` if the explanation is not settled or no standing
 * decision may cover the Alert.
 */
export function alwaysLikeThis(alert: StandingFacts, table: CauseTable): StandingWhen | null {
	const explanation = StandingWhen.shape.explanation.safeParse(alert.explanation);
	if (!explanation.success || whyNeverCovered(alert, table) !== null) return null;
	const when: StandingWhen = { code: alert.code, explanation: explanation.data };
	if (alert.deviceType !== null) when.deviceType = alert.deviceType;
	if (!namesSuspect(alert.explanation)) return when;
	const [suspect] = alert.candidates;
	if (!suspect) return null;
	when.serviceReferenceVariant = suspect.serviceReferenceVariant;
	when.userRole = suspect.userRole;
	when.own = suspect.own;
	if (suspect.responseCode !== null) when.responseCode = suspect.responseCode;
	return when;
}

/**
 * Makes conditions of the Alerts of an episode: the facts that all of them share. Returns `null` if their codes or
 * explanations differ, or if one of them may not be covered.
 */
export function alwaysLikeThese(alerts: readonly StandingFacts[], table: CauseTable): StandingWhen | null {
	const all = alerts.map((alert) => alwaysLikeThis(alert, table));
	const [first] = all;
	if (!first || all.some((when) => when?.code !== first.code || when.explanation !== first.explanation))
		return null;
	const shared = Object.entries(first).filter(([field, value]) =>
		all.every((when) => when?.[field as keyof StandingWhen] === value)
	);
	return Object.fromEntries(shared) as StandingWhen;
}

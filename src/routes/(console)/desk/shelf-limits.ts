// Says in words what the limits of shelving mean for some Alerts. The server holds the limits
// (src/lib/domain/desk/shelving.ts); these words only prepare the person for its answer.
import type { Alert } from '#lib/domain/alert.ts';
import * as messages from '#messages/desk.ts';
import type { ShiftHours } from '#lib/domain/desk/shift-hours.ts';

interface ShelfWords {
	/** Why none of the Alerts can be shelved; `null`: some can. */
	never: string | null;
	/** Why none of them can be shelved for 2 hours; `null`: some can. */
	tooLong: string | null;
	/** Whether the times that have no fixed end are 30 minutes at most for all of them. */
	isShort: boolean;
	/** What happens to those Alerts that differ from the others; `null`: nothing. */
	note: string | null;
}

const isTamper = ({ category }: Alert): boolean => category === 'tamper';
const isUrgent = ({ priority, explanation }: Alert): boolean =>
	priority === 1 || explanation === 'not-command';

export function shelfLimits(alerts: readonly Alert[], isFrozen: boolean): ShelfWords {
	const tamper = alerts.filter(isTamper).length;
	const urgent = alerts.filter((alert) => !isTamper(alert) && isUrgent(alert)).length;
	const others = alerts.length - tamper - urgent;
	const isAllUrgent = !isFrozen && others === 0;
	const notes = [
		isFrozen || (urgent > 0 && others > 0) ? messages.limits_urgent() : '',
		isFrozen || (tamper > 0 && tamper < alerts.length) ? messages.limits_tamper() : ''
	].filter(Boolean);
	return {
		never: !isFrozen && tamper === alerts.length ? messages.never_shelved() : null,
		tooLong: isAllUrgent ? messages.at_most_30_minutes() : null,
		isShort: isAllUrgent,
		note: notes.join(' ') || null
	};
}

/** Returns the time of day at which the next shift starts, such as `14:00`, in the time zone of the shifts. */
export function nextStart({ timeZone, starts }: ShiftHours, nowMs: number): string {
	const now = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
		nowMs
	);
	const sorted = starts.toSorted();
	return sorted.find((start) => start > now) ?? sorted[0]!;
}

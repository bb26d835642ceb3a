// Says in words what the limits of shelving mean for some Alerts. The server holds the limits
// (src/lib/domain/desk/shelving.ts); these words only prepare the person for its answer.
import type { Alert } from '#lib/domain/alert.ts';
import type { ShiftHours } from '#lib/domain/desk/shift-hours.ts';

interface ShelfWords {
	/** Why none of the Alerts can be shelved; `null`: some can. */
	never: string | null;
	/** Why none of them can be shelved for 2 hours; `null`: some can. */
	tooLong: string | null;
	/** What follows the times that have no fixed end. */
	atMost: string;
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
		isFrozen || (urgent > 0 && others > 0)
			? 'Alerts of priority 1 and of guard codes stay on the shelf for 30 minutes at most; 2 hours are refused for them.'
			: '',
		isFrozen || (tamper > 0 && tamper < alerts.length) ? 'Physical tamper is never shelved.' : ''
	].filter(Boolean);
	return {
		never: !isFrozen && tamper === alerts.length ? 'physical tamper is never shelved' : null,
		tooLong: isAllUrgent ? '30 minutes at most for priority 1 and guard codes' : null,
		atMost: isAllUrgent ? ', 30 minutes at most' : '',
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

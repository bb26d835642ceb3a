// Counts the Alerts of a Device in each of the last 24 hours.
import type { TimelineItem } from '#lib/domain/timeline.ts';

const HOUR_MS = 3_600_000;

/** Returns the numbers of Alerts, the oldest hour first. `now`: the end of the newest hour (epoch ms). */
export function hoursOf(items: readonly TimelineItem[], now: number): number[] {
	const hours = Array.from({ length: 24 }, () => 0);
	for (const item of items) {
		if (item.kind !== 'alert') continue;
		const back = Math.floor((now - Date.parse(item.at)) / HOUR_MS);
		if (back >= 0 && back < 24) hours[23 - back]!++;
	}
	return hours;
}

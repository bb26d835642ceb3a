// Frames of the feed on their way to a room: few large ones instead of many small ones.
import type { AlertChanged } from '#lib/domain/live-events.ts';

/** Joins frames whose numbers follow each other; workers may publish out of order. */
export function coalesce(frames: readonly AlertChanged[]): AlertChanged[] {
	const joined: AlertChanged[] = [];
	for (const frame of [...frames].sort((a, b) => a.from - b.from)) {
		const last = joined.at(-1);
		if (last && last.to + 1 === frame.from) {
			last.to = frame.to;
			last.items.push(...frame.items);
			last.retracted.push(...frame.retracted);
		} else joined.push({ ...frame, items: [...frame.items], retracted: [...frame.retracted] });
	}
	return joined;
}

// Figures of several rounds, and how much to send for a measurement of a given length.

/** The middle one, or the mean of the two in the middle; `null` of none. */
export function median(values: readonly number[]): number | null {
	if (values.length === 0) return null;
	const sorted = values.toSorted((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The median of each field by itself; `null` of none. */
export function medians<K extends string>(rows: ReadonlyArray<Record<K, number>>): Record<K, number> | null {
	const [first] = rows;
	if (!first) return null;
	const keys = Object.keys(first) as K[];
	return Object.fromEntries(keys.map((key) => [key, median(rows.map((row) => row[key]))!])) as Record<
		K,
		number
	>;
}

/** Records for so many seconds at this rate: whole calls, and two at least. */
export const countFor = (perSecond: number, seconds: number, perCall: number): number =>
	perCall * Math.max(2, Math.round((perSecond * seconds) / perCall));

/** Records a call, so that a sender with this pace makes about a hundred calls a second. */
export const callSize = (perSecond: number): number => Math.max(1, Math.round(perSecond / 100));

/** Adds up what several stages counted by name. */
export function addedUp(counts: ReadonlyArray<Record<string, number>>): Record<string, number> {
	const sum: Record<string, number> = {};
	for (const count of counts)
		for (const [name, number] of Object.entries(count)) sum[name] = (sum[name] ?? 0) + number;
	return sum;
}

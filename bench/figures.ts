// Combines the figures of several rounds, and computes how many records a measurement of a given length needs.

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns the middle value, or the mean of the two middle values. Returns `null` if there are no values. */
export function median(values: readonly number[]): number | null {
	if (values.length === 0) return null;
	const sorted = values.toSorted((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Returns the median of each field over all rows. Returns `null` if there are no rows. */
export function medians<K extends string>(rows: ReadonlyArray<Record<K, number>>): Record<K, number> | null {
	const [first] = rows;
	if (!first) return null;
	const keys = Object.keys(first) as K[];
	return Object.fromEntries(keys.map((key) => [key, median(rows.map((row) => row[key]))!])) as Record<
		K,
		number
	>;
}

/** Returns the number of records for `seconds` at the rate `perSecond`, in whole calls and at least two calls. */
export const countFor = (perSecond: number, seconds: number, perCall: number): number =>
	perCall * Math.max(2, Math.round((perSecond * seconds) / perCall));

/** Returns the records per call with which a sender at the rate `perSecond` makes about a hundred calls a second. */
export const callSize = (perSecond: number): number => Math.max(1, Math.round(perSecond / 100));

/** Adds up the counts of several stages, name by name. */
export function sumByName(counts: ReadonlyArray<Record<string, number>>): Record<string, number> {
	const totals: Record<string, number> = {};
	for (const count of counts)
		for (const [name, number] of Object.entries(count)) totals[name] = (totals[name] ?? 0) + number;
	return totals;
}

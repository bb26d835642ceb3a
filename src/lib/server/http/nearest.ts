// Finds the known name that a misspelt name of a column, a field or a query parameter most likely stands for.
import { distance } from 'fastest-levenshtein';

/** At most this share of the letters of the longer name may differ. */
const MAX_DIFFERENT_SHARE = 1 / 3;

/** Returns a name without case, spaces, underscores and dashes: `Device ID` and `device_id` become `deviceid`. */
export const plainName = (name: string): string => name.replace(/[\s_-]+/g, '').toLowerCase();

/** Returns the known name that is most similar to `name`; `null`: no known name is similar enough. */
export function nearest(name: string, known: Iterable<string>): string | null {
	const plain = plainName(name);
	let best: string | null = null;
	let bestDistance = Infinity;
	for (const candidate of known) {
		const plainCandidate = plainName(candidate);
		const longer = Math.max(plain.length, plainCandidate.length);
		// The length of a name from outside has no limit, and the distance costs the product of both lengths.
		if (longer - Math.min(plain.length, plainCandidate.length) > longer * MAX_DIFFERENT_SHARE) continue;
		const different = distance(plain, plainCandidate);
		if (different > longer * MAX_DIFFERENT_SHARE || different >= bestDistance) continue;
		best = candidate;
		bestDistance = different;
	}
	return best;
}

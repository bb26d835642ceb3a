// Decides in which order the records of the corpus are sent, and which of them are sent twice. In the first run the
// late records come last, as on a bad real day. In the second run all records are shuffled together.
import { DUPLICATE_SHARE, type AlertBody } from '../demo/events.ts';
import { createRandom, type Random } from '../demo/random.ts';
import type { DeviceBody } from '../demo/world.ts';
import type { Ledger, RequestPart } from './ledger.ts';

export type Item = { path: '/service-requests'; body: RequestPart } | { path: '/alerts'; body: AlertBody };

export interface Delivery {
	devices: DeviceBody[];
	/** Records to send while the completeness mark is before the end of the day. */
	first: Item[];
	/** Records to send after the records of `first`. Then the audit data is complete. */
	late: Item[];
}

/** Orders all records. `together`: late records are shuffled with all other records and do not come last. */
export function deliver(worlds: readonly Ledger[], seed: number, together: boolean): Delivery {
	const random = createRandom(seed);
	const first: Item[] = [];
	const late: Item[] = [];
	const add = (to: Item[], item: Item): void => {
		to.push(item);
		if (random.chance(DUPLICATE_SHARE)) to.push(item);
	};
	for (const world of worlds) {
		for (const { parts, late: isLate, missing } of world.requests) {
			if (missing) continue;
			// If a late request has two records, only the second record is late.
			parts.forEach((body, i) =>
				add(isLate && i === parts.length - 1 && !together ? late : first, {
					path: '/service-requests',
					body
				})
			);
		}
		for (const body of world.alerts) add(first, { path: '/alerts', body });
	}
	const devices = worlds.flatMap((world) => world.devices);
	return { devices: shuffle(devices, random), first: shuffle(first, random), late: shuffle(late, random) };
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
	const shuffled = [...items];
	for (let i = shuffled.length - 1; i > 0; i--) {
		const j = random.whole(0, i);
		[shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
	}
	return shuffled;
}

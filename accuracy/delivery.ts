// In which order the corpus reaches Causeway, and what of it comes twice. The order of the first run is that of a real
// day's trouble: late records come last. The second run deals all of it anew.
import { DUPLICATE_SHARE, type AlertBody } from '../demo/events.ts';
import { createRandom, type Random } from '../demo/random.ts';
import type { DeviceBody } from '../demo/world.ts';
import type { Ledger, RequestPart } from './ledger.ts';

export type Item = { path: '/service-requests'; body: RequestPart } | { path: '/alerts'; body: AlertBody };

export interface Delivery {
	devices: DeviceBody[];
	/** Sent while the audit data is said to be incomplete. */
	first: Item[];
	/** Sent then; after it the audit data is complete. */
	then: Item[];
}

/** `together`: late records are shuffled in with all others, instead of coming last. */
export function deliver(worlds: readonly Ledger[], seed: number, together: boolean): Delivery {
	const random = createRandom(seed);
	const first: Item[] = [];
	const late: Item[] = [];
	const give = (to: Item[], item: Item): void => {
		to.push(item);
		if (random.chance(DUPLICATE_SHARE)) to.push(item);
	};
	for (const world of worlds) {
		for (const { parts, late: isLate, missing } of world.requests) {
			if (missing) continue;
			// Of a late request in two records, the second is the late one.
			parts.forEach((body, i) =>
				give(isLate && i === parts.length - 1 && !together ? late : first, {
					path: '/service-requests',
					body
				})
			);
		}
		for (const body of world.alerts) give(first, { path: '/alerts', body });
	}
	const devices = worlds.flatMap((world) => world.devices);
	return { devices: shuffle(devices, random), first: shuffle(first, random), then: shuffle(late, random) };
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
	const dealt = [...items];
	for (let i = dealt.length - 1; i > 0; i--) {
		const j = random.whole(0, i);
		[dealt[i], dealt[j]] = [dealt[j]!, dealt[i]!];
	}
	return dealt;
}

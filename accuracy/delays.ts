// How long things take in the simulated world, in seconds. Skewed with long tails, as radio networks, sleeping meters
// and people are; nothing here is taken from the product's cause table.
import type { Random } from '../demo/random.ts';

/** Log-normal: half of the values lie below `median`; `sigma` 0.5 is tight, 1.5 spans hours. */
export function skewed(random: Random, median: number, sigma: number, most = Infinity): number {
	const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
	return Math.min(most, median * Math.exp(sigma * normal));
}

const between = (random: Random, low: number, high: number): number => low + random.next() * (high - low);

/** From the DCC's record of a request to the moment the Device acts: seconds on mains, a wake-up cycle on gas. */
export function untilDeviceActs(random: Random, gas: boolean): number {
	if (gas) return random.chance(0.06) ? between(random, 1800, 7000) : between(random, 4, 1800);
	return random.chance(0.03) ? between(random, 25, 170) : skewed(random, 6, 0.6, 120);
}

/** From the Device's act to the DCC's record of its response. */
export const untilResponse = (random: Random, gas: boolean): number =>
	gas ? skewed(random, 8, 0.7, 300) : skewed(random, 4, 0.5, 60);

/** From the Device's act to its Alert. */
export const untilAlert = (random: Random): number => skewed(random, 0.8, 0.8, 20);

/** From the Alert to its receipt; now and then the wide-area network is down and the hub keeps it. */
export const transit = (random: Random): number =>
	random.chance(0.02) ? between(random, 600, 6 * 3600) : skewed(random, 4, 0.8, 300);

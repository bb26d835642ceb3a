// Draws the delays of the simulated world, in seconds. Delays are skewed with long tails, because radio networks,
// sleeping meters and people are sometimes very slow. No delay is taken from the product's cause table.
import type { Random } from '../demo/random.ts';

/** Draws from a log-normal distribution. A `sigma` of 0.5 stays close to the median, 1.5 spans hours. */
export function skewed(random: Random, median: number, sigma: number, maximum = Infinity): number {
	const normal = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
	return Math.min(maximum, median * Math.exp(sigma * normal));
}

const between = (random: Random, low: number, high: number): number => low + random.next() * (high - low);

/** Draws the delay from the DCC's record of a request to the Device's action: seconds on mains, a wake-up on gas. */
export function secondsUntilAction(random: Random, isGas: boolean): number {
	if (isGas) return random.chance(0.06) ? between(random, 1800, 7000) : between(random, 4, 1800);
	return random.chance(0.03) ? between(random, 25, 170) : skewed(random, 6, 0.6, 120);
}

/** Draws the seconds from the action of the Device to the DCC's record of the response. */
export const secondsUntilResponse = (random: Random, isGas: boolean): number =>
	isGas ? skewed(random, 8, 0.7, 300) : skewed(random, 4, 0.5, 60);

/** Draws the seconds from the action of the Device to the Alert of the Device. */
export const secondsUntilAlert = (random: Random): number => skewed(random, 0.8, 0.8, 20);

/** Draws the seconds from the Alert to its receipt. In 2 % of the cases the wide-area network is down and the hub stores the Alert. */
export const secondsInTransit = (random: Random): number =>
	random.chance(0.02) ? between(random, 600, 6 * 3600) : skewed(random, 4, 0.8, 300);

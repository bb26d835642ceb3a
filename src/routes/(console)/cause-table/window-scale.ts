// Places delays on a logarithmic scale, because windows reach from hours before the anchor to a month after the anchor.

/** Returns the logarithm of a delay, with the sign of the delay. The anchor is at 0. */
const toScale = (seconds: number): number => Math.sign(seconds) * Math.log10(1 + Math.abs(seconds));
const LEFT = toScale(-86_400);
const RIGHT = toScale(31 * 86_400);

/** Returns the position of a delay in per cent, from a day before the anchor (0) to a month after the anchor (100). */
export const percentAt = (seconds: number): number =>
	Math.min(100, Math.max(0, ((toScale(seconds) - LEFT) / (RIGHT - LEFT)) * 100));

export const TICKS = [
	{ seconds: -3600, label: '−1 h' },
	{ seconds: 0, label: '0' },
	{ seconds: 60, label: '1 m' },
	{ seconds: 3600, label: '1 h' },
	{ seconds: 86_400, label: '1 d' }
];

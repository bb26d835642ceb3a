// Places delays on a logarithmic scale, because windows reach from hours before the anchor to a month after it.

/** Logarithm of a delay, with its sign. The anchor is at 0. */
const toScale = (seconds: number): number => Math.sign(seconds) * Math.log10(1 + Math.abs(seconds));
const LEFT = toScale(-86_400);
const RIGHT = toScale(31 * 86_400);

/** The position in per cent, from a day before the anchor (0) to a month after it (100). */
export const percentAt = (seconds: number): number =>
	Math.min(100, Math.max(0, ((toScale(seconds) - LEFT) / (RIGHT - LEFT)) * 100));

export const TICKS = [
	{ seconds: -3600, label: '−1 h' },
	{ seconds: 0, label: '0' },
	{ seconds: 60, label: '1 m' },
	{ seconds: 3600, label: '1 h' },
	{ seconds: 86_400, label: '1 d' }
];

// Windows reach from hours before to a month after: drawn on a scale of powers, with the anchor at its zero.

const place = (seconds: number): number => Math.sign(seconds) * Math.log10(1 + Math.abs(seconds));
const LEFT = place(-86_400);
const RIGHT = place(31 * 86_400);

/** 0 to 100, from a day before the anchor to a month after it. */
export const across = (seconds: number): number =>
	Math.min(100, Math.max(0, ((place(seconds) - LEFT) / (RIGHT - LEFT)) * 100));

export const TICKS = [
	{ seconds: -3600, label: '−1 h' },
	{ seconds: 0, label: '0' },
	{ seconds: 60, label: '1 m' },
	{ seconds: 3600, label: '1 h' },
	{ seconds: 86_400, label: '1 d' }
];

// Measures the throughput of an operation: several lanes repeat it at the same time, and the count starts after a
// warm-up.
import type { OnProgress } from '../progress.ts';

export interface MeasureOptions {
	/** Length of the measurement in seconds, without the warm-up. */
	seconds: number;
	/** A callback that gets the passed and the total seconds of the measurement, a few times a second. */
	onProgress?: OnProgress | undefined;
}

const PROGRESS_INTERVAL_MS = 250;
/** Length of the warm-up as a share of the measurement. */
const WARM_UP_SHARE = 0.2;

/** Splits one progress bar over two measurements of the same length. */
export function inTwoHalves({ seconds, onProgress }: MeasureOptions): [MeasureOptions, MeasureOptions] {
	return [
		{ seconds, onProgress: (done, total) => onProgress?.(done, 2 * total) },
		{ seconds, onProgress: (done, total) => onProgress?.(total + done, 2 * total) }
	];
}

/**
 * Repeats `turn` on `lanes` lanes. Each turn returns the amount of work it did. Returns the amount of work per second.
 */
export async function measureThroughput(
	lanes: number,
	turn: () => Promise<number>,
	{ seconds, onProgress }: MeasureOptions
): Promise<number> {
	const begin = performance.now();
	const from = begin + WARM_UP_SHARE * seconds * 1000;
	const until = from + seconds * 1000;
	const total = (until - begin) / 1000;
	let done = 0;
	let lastReport = begin;
	const lane = async (): Promise<void> => {
		for (;;) {
			const amount = await turn();
			const now = performance.now();
			if (now >= until) return;
			if (now >= from) done += amount;
			if (now - lastReport < PROGRESS_INTERVAL_MS) continue;
			lastReport = now;
			onProgress?.((now - begin) / 1000, total);
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	onProgress?.(total, total);
	return done / seconds;
}

// How fast something goes: lanes that work side by side for a time, counted after a warm-up.

export interface Measuring {
	/** How long is measured. */
	seconds: number;
	/** Told now and then how many seconds of all have passed. */
	onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Warm-up before what counts, as a share of it. */
const WARM_UP = 0.2;

/** Takes turns on `lanes` lanes; a turn says how much it has done. Returns how much is done in a second. */
export async function throughput(
	lanes: number,
	turn: () => Promise<number>,
	{ seconds, onProgress }: Measuring
): Promise<number> {
	const begin = performance.now();
	const from = begin + WARM_UP * seconds * 1000;
	const until = from + seconds * 1000;
	const total = (until - begin) / 1000;
	let done = 0;
	let told = begin;
	const lane = async (): Promise<void> => {
		for (;;) {
			const amount = await turn();
			const now = performance.now();
			if (now >= until) return;
			if (now >= from) done += amount;
			if (now - told < 250) continue;
			told = now;
			onProgress?.((now - begin) / 1000, total);
		}
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	onProgress?.(total, total);
	return done / seconds;
}

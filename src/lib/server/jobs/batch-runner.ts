// Runs a job in batches: calls that arrive close together share one run. Consoles get changes 50 times a second, so
// more frequent runs would cost much and show no change sooner. A run costs a fixed part beside its items. So on a busy or
// slow machine, where runs take long, they come less often and get larger.

/**
 * The work of one run. The run calls `runAnother` when work is left, and a further run starts beside it. Resolves with
 * the number of items that the run handled.
 */
export type BatchWork = (runAnother: () => void) => Promise<number>;

interface Options {
	/**
	 * The shortest time between the starts of two runs, in ms. It grows with the time that the last run took. The first
	 * run after a quiet time starts at once.
	 */
	everyMs: number;
	/** The greatest number of runs at the same time. */
	mostAtOnce: number;
	work: BatchWork;
}

/** The time between the starts of two runs is at least this many times the time of the last run. */
const TIMES_LAST_RUN = 2;
/** The time between the starts of two runs grows to this at most, in ms. A run that waits for a lock holds up no other. */
const LONGEST_MS = 250;

/**
 * Returns a function that asks for a run. The function resolves or rejects with the result of a run that started after
 * the call.
 */
export function createBatchRunner({ everyMs, mostAtOnce, work }: Options): () => Promise<number> {
	let next: PromiseWithResolvers<number> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let running = 0;
	let startedAt = -Infinity;
	let lastMs = 0;

	function ask(): Promise<number> {
		next ??= Promise.withResolvers();
		const { promise } = next;
		plan();
		return promise;
	}

	function plan(): void {
		if (!next || running >= mostAtOnce) return;
		clearTimeout(timer);
		const elapsedMs = performance.now() - startedAt;
		const tookMs = running > 0 ? Math.max(lastMs, elapsedMs) : lastMs;
		const waitMs = Math.max(everyMs, Math.min(TIMES_LAST_RUN * tookMs, LONGEST_MS)) - elapsedMs;
		if (waitMs <= 0) void run();
		else timer = setTimeout(plan, waitMs);
	}

	async function run(): Promise<void> {
		const current = next!;
		next = undefined;
		running++;
		const ownStart = (startedAt = performance.now());
		try {
			current.resolve(await work(runAnother));
		} catch (error) {
			current.reject(error);
		} finally {
			running--;
			lastMs = performance.now() - ownStart;
			plan();
		}
	}

	function runAnother(): void {
		startedAt = -Infinity; // so that the next run starts at once
		ask().catch(() => {}); // The job that asked reports the error, or the sweeper enqueues a job again.
	}

	return ask;
}

// Runs a job in batches: calls that arrive close together share one run. Consoles get changes 50 times a second, so
// more frequent runs would cost much and show no change sooner.

/**
 * The work of one run. The run calls `runAnother` when work is left, and a further run starts beside it. Resolves with
 * the number of items that the run handled.
 */
export type BatchWork = (runAnother: () => void) => Promise<number>;

interface Options {
	/** The shortest time between the starts of two runs, in ms. The first run after a quiet time starts at once. */
	everyMs: number;
	/** The greatest number of runs at the same time. */
	mostAtOnce: number;
	work: BatchWork;
}

/**
 * Returns a function that asks for a run. The function resolves or rejects with the result of a run that started after
 * the call.
 */
export function createBatchRunner({ everyMs, mostAtOnce, work }: Options): () => Promise<number> {
	let next: PromiseWithResolvers<number> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let running = 0;
	let startedAt = -Infinity;

	function ask(): Promise<number> {
		next ??= Promise.withResolvers();
		const { promise } = next;
		plan();
		return promise;
	}

	function plan(): void {
		if (!next || running >= mostAtOnce) return;
		const waitMs = startedAt + everyMs - performance.now();
		if (waitMs <= 0) void run();
		else timer ??= setTimeout(run, waitMs);
	}

	async function run(): Promise<void> {
		clearTimeout(timer);
		const current = next!;
		[timer, next] = [undefined, undefined];
		running++;
		startedAt = performance.now();
		try {
			current.resolve(await work(runAnother));
		} catch (error) {
			current.reject(error);
		} finally {
			running--;
			plan();
		}
	}

	function runAnother(): void {
		startedAt = -Infinity; // so that the next run starts at once
		ask().catch(() => {}); // The job that asked reports the error, or the sweeper enqueues a job again.
	}

	return ask;
}

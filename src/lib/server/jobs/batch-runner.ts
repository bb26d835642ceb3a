// Runs a job in batches: all calls within a moment share one run. Consoles get changes twenty times a second, so that more
// frequent runs would cost much and show nobody anything sooner.

/**
 * `runAnother` starts one more run beside this one, because this one leaves work. Resolves with the number of items that the run
 * handled.
 */
export type BatchWork = (runAnother: () => void) => Promise<number>;

interface Options {
	/** The least time between the starts of two runs. The first run after a quiet time starts at once. */
	everyMs: number;
	/** How many runs may go on side by side. */
	mostAtOnce: number;
	work: BatchWork;
}

/** Returns a function that asks for a run. It resolves, or rejects, with a run that started after the call. */
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
		startedAt = -Infinity; // do not wait for the next moment
		ask().catch(() => {}); // the job that asked reports the error, or the sweeper enqueues a job again
	}

	return ask;
}

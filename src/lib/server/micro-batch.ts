// Micro-batches: concurrent callers within a few milliseconds share one commit. Each gets its own item's result.

export interface MicroBatch<In, Out> {
	/** Resolves with the results in the order of `items`, after commit. */
	add(items: readonly In[]): Promise<Out[]>;
	/** How many items wait or are being written: the measure for back-pressure. */
	readonly waiting: number;
	close(): Promise<void>;
}

interface Options<In, Out> {
	lingerMs: number;
	/** The most items of one write. */
	size: number;
	/** How many writes may run at once. */
	concurrency: number;
	write(items: In[]): Promise<Out[]>;
}

interface Waiting<In, Out> {
	item: In;
	resolve(result: Out): void;
	reject(error: unknown): void;
}

export function createMicroBatch<In, Out>({
	lingerMs,
	size,
	concurrency,
	write
}: Options<In, Out>): MicroBatch<In, Out> {
	let queue: Array<Waiting<In, Out>> = [];
	let timer: NodeJS.Timeout | undefined;
	let running = 0;
	let pending = 0;
	let idle: (() => void) | undefined;

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		while (queue.length > 0 && running < concurrency) {
			const batch = queue.slice(0, size);
			queue = queue.slice(size);
			running++;
			void run(batch);
		}
	}

	async function run(batch: Array<Waiting<In, Out>>): Promise<void> {
		try {
			const results = await write(batch.map((w) => w.item));
			batch.forEach((w, i) => w.resolve(results[i]!));
		} catch (error) {
			for (const w of batch) w.reject(error);
		} finally {
			running--;
			pending -= batch.length;
			if (queue.length > 0) flush();
			else if (pending === 0) idle?.();
		}
	}

	return {
		get waiting() {
			return pending;
		},
		add(items) {
			pending += items.length;
			const results = items.map(
				(item) => new Promise<Out>((resolve, reject) => queue.push({ item, resolve, reject }))
			);
			if (queue.length >= size) flush();
			else timer ??= setTimeout(flush, lingerMs);
			return Promise.all(results);
		},
		async close() {
			flush();
			if (pending > 0) await new Promise<void>((resolve) => (idle = resolve));
		}
	};
}

// Micro-batches: concurrent callers within a few milliseconds share one commit. Each gets its own items' results. Where
// more waits than one write takes, those who wait take turns, so that the flood of one is not the silence of another.

/** Who sends: a Supplier's number, or `null` for a feed of the whole installation. */
export type Lane = number | null;

export interface MicroBatch<In, Out> {
	/** Resolves with the results in the order of `items`, after commit. */
	add(items: readonly In[], lane?: Lane): Promise<Out[]>;
	/** How many items wait or are being written: the measure for back-pressure. */
	readonly waiting: number;
	/** How many of them are of this lane, and how many lanes there are, this one counted. */
	standing(lane: Lane): { own: number; lanes: number };
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

/** What one call has added. */
interface Call<In, Out> {
	lane: Lane;
	items: readonly In[];
	results: Out[];
	/** How many items have been taken into writes, and how many are not written yet. */
	taken: number;
	left: number;
	resolve(results: Out[]): void;
	reject(error: unknown): void;
}

/** Items `from` up to `to` of a call, in one write. */
interface Slice<In, Out> {
	call: Call<In, Out>;
	from: number;
	to: number;
}

export function createMicroBatch<In, Out>({
	lingerMs,
	size,
	concurrency,
	write
}: Options<In, Out>): MicroBatch<In, Out> {
	/** Calls with items that no write has taken, by lane; the lane at the front has waited longest for its turn. */
	const queues = new Map<Lane, Array<Call<In, Out>>>();
	const pendingOf = new Map<Lane, number>();
	let queued = 0;
	let timer: NodeJS.Timeout | undefined;
	let running = 0;
	let pending = 0;
	let idle: (() => void) | undefined;

	function flush(): void {
		clearTimeout(timer);
		timer = undefined;
		while (queued > 0 && running < concurrency) {
			running++;
			void run(take());
		}
	}

	/** The next write: each lane that waits gives its share, and goes to the end of the line. */
	function take(): Array<Slice<In, Out>> {
		const batch: Array<Slice<In, Out>> = [];
		let room = size;
		while (room > 0 && queued > 0) {
			const share = Math.max(1, Math.floor(room / queues.size));
			for (const [lane, calls] of [...queues]) {
				const taken = takeFrom(calls, Math.min(share, room), batch);
				room -= taken;
				queued -= taken;
				queues.delete(lane);
				if (calls.length > 0) queues.set(lane, calls);
				if (room === 0) break;
			}
		}
		return batch;
	}

	/** Returns how many items it took. */
	function takeFrom(calls: Array<Call<In, Out>>, most: number, batch: Array<Slice<In, Out>>): number {
		let left = most;
		while (left > 0 && calls[0]) {
			const [call] = calls;
			const from = call.taken;
			const to = Math.min(call.items.length, from + left);
			batch.push({ call, from, to });
			call.taken = to;
			left -= to - from;
			if (to === call.items.length) calls.shift();
		}
		return most - left;
	}

	async function run(batch: Array<Slice<In, Out>>): Promise<void> {
		const items = batch.flatMap(({ call, from, to }) => call.items.slice(from, to));
		try {
			const results = await write(items);
			let at = 0;
			for (const { call, from, to } of batch) {
				for (let i = from; i < to; i++) call.results[i] = results[at++]!;
				call.left -= to - from;
				if (call.left === 0) call.resolve(call.results);
			}
		} catch (error) {
			for (const { call } of batch) call.reject(error);
		} finally {
			running--;
			for (const { call, from, to } of batch) settle(call.lane, to - from);
			if (queued > 0) flush();
			else if (pending === 0) idle?.();
		}
	}

	function settle(lane: Lane, count: number): void {
		pending -= count;
		const left = pendingOf.get(lane)! - count;
		if (left === 0) pendingOf.delete(lane);
		else pendingOf.set(lane, left);
	}

	return {
		get waiting() {
			return pending;
		},
		standing: (lane) => ({
			own: pendingOf.get(lane) ?? 0,
			lanes: pendingOf.size + (pendingOf.has(lane) ? 0 : 1)
		}),
		add(items, lane = null) {
			if (items.length === 0) return Promise.resolve([]);
			pending += items.length;
			queued += items.length;
			pendingOf.set(lane, (pendingOf.get(lane) ?? 0) + items.length);
			return new Promise<Out[]>((resolve, reject) => {
				const call = { lane, items, results: [], taken: 0, left: items.length, resolve, reject };
				const calls = queues.get(lane);
				if (calls) calls.push(call);
				else queues.set(lane, [call]);
				if (queued >= size) flush();
				else timer ??= setTimeout(flush, lingerMs);
			});
		},
		async close() {
			flush();
			if (pending > 0) await new Promise<void>((resolve) => (idle = resolve));
		}
	};
}

// Gathers the items of concurrent callers into micro-batches, so that they share one commit. Each caller gets the
// results of its own items. When more items wait than one write can take, the lanes take turns. So a flood of records
// from one Supplier does not delay the records of the other Suppliers.

/** The sender of items: the id of a Supplier, or `null` for a key of the whole installation. */
export type Lane = number | null;

export interface MicroBatch<In, Out> {
	/** Adds items, and resolves after the commit with the results in the order of `items`. */
	add(items: readonly In[], lane?: Lane): Promise<Out[]>;
	/** The number of items that wait or are being written. */
	readonly waiting: number;
	/**
	 * Returns the load of a lane. `own`: the number of unfinished items of this lane. `lanes`: the number of lanes with
	 * unfinished items, with this lane included.
	 */
	loadOf(lane: Lane): { own: number; lanes: number };
	close(): Promise<void>;
}

interface Options<In, Out> {
	/** The time in ms that an item waits for other items before it is written. */
	lingerMs: number;
	/** The greatest number of items in one write. */
	size: number;
	/** The greatest number of writes that run at the same time. */
	concurrency: number;
	write(items: In[]): Promise<Out[]>;
}

/** A call of `add` with its items. */
interface Call<In, Out> {
	lane: Lane;
	items: readonly In[];
	results: Out[];
	/** The number of items of this call that a write has taken. */
	taken: number;
	/** The number of items of this call that are not written yet. */
	unwritten: number;
	resolve(results: Out[]): void;
	reject(error: unknown): void;
}

/** The part of a call's items that one write takes: from index `from` to before index `to`. */
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
	/**
	 * The calls with items that no write has taken, by lane. The first lane in the map has waited longest for its turn.
	 */
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
			void run(takeBatch());
		}
	}

	/** Takes the items of the next write. Each waiting lane gives an equal share and moves to the end of `queues`. */
	function takeBatch(): Array<Slice<In, Out>> {
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

	/** Takes up to `max` items of these calls into the batch, and returns the number of items taken. */
	function takeFrom(calls: Array<Call<In, Out>>, max: number, batch: Array<Slice<In, Out>>): number {
		let left = max;
		while (left > 0 && calls[0]) {
			const [call] = calls;
			const from = call.taken;
			const to = Math.min(call.items.length, from + left);
			batch.push({ call, from, to });
			call.taken = to;
			left -= to - from;
			if (to === call.items.length) calls.shift();
		}
		return max - left;
	}

	async function run(batch: Array<Slice<In, Out>>): Promise<void> {
		const items = batch.flatMap(({ call, from, to }) => call.items.slice(from, to));
		try {
			const results = await write(items);
			let at = 0;
			for (const { call, from, to } of batch) {
				for (let i = from; i < to; i++) call.results[i] = results[at++]!;
				call.unwritten -= to - from;
				if (call.unwritten === 0) call.resolve(call.results);
			}
		} catch (error) {
			for (const { call } of batch) call.reject(error);
		} finally {
			running--;
			for (const { call, from, to } of batch) release(call.lane, to - from);
			if (queued > 0) flush();
			else if (pending === 0) idle?.();
		}
	}

	function release(lane: Lane, count: number): void {
		pending -= count;
		const remaining = pendingOf.get(lane)! - count;
		if (remaining === 0) pendingOf.delete(lane);
		else pendingOf.set(lane, remaining);
	}

	return {
		get waiting() {
			return pending;
		},
		loadOf: (lane) => ({
			own: pendingOf.get(lane) ?? 0,
			lanes: pendingOf.size + (pendingOf.has(lane) ? 0 : 1)
		}),
		add(items, lane = null) {
			if (items.length === 0) return Promise.resolve([]);
			pending += items.length;
			queued += items.length;
			pendingOf.set(lane, (pendingOf.get(lane) ?? 0) + items.length);
			return new Promise<Out[]>((resolve, reject) => {
				const call = { lane, items, results: [], taken: 0, unwritten: items.length, resolve, reject };
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

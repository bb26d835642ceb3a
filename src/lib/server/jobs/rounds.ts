// Rounds: what is rung for within a moment is worked on at once. Consoles are told of changes twenty times a second, so
// that to look for work more often than that would cost much and show nobody anything sooner.

/** `more`: begin another round beside this one, for there is more than this one takes. Returns how much it has done. */
export type Round = (more: () => void) => Promise<number>;

interface Options {
	/** The least time between two beginnings (ms); the first after a quiet moment begins at once. */
	everyMs: number;
	/** How many rounds run side by side when there is much to do. */
	most: number;
	work: Round;
}

/** Returns a call that has a round begun; it resolves when one that began after the call has ended, or rejects with it. */
export function createRounds({ everyMs, most, work }: Options): () => Promise<number> {
	let next: PromiseWithResolvers<number> | undefined;
	let timer: NodeJS.Timeout | undefined;
	let running = 0;
	let began = -Infinity;

	function call(): Promise<number> {
		next ??= Promise.withResolvers();
		const { promise } = next;
		plan();
		return promise;
	}

	function plan(): void {
		if (!next || running >= most) return;
		const wait = began + everyMs - performance.now();
		if (wait <= 0) void begin();
		else timer ??= setTimeout(begin, wait);
	}

	async function begin(): Promise<void> {
		clearTimeout(timer);
		const mine = next!;
		[timer, next] = [undefined, undefined];
		running++;
		began = performance.now();
		try {
			mine.resolve(await work(more));
		} catch (error) {
			mine.reject(error);
		} finally {
			running--;
			plan();
		}
	}

	function more(): void {
		began = -Infinity; // there is no quiet moment to wait for
		call().catch(() => {}); // who has rung for it hears of it, and else the sweeper rings again
	}

	return call;
}

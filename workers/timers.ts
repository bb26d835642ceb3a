// Starts the work of the worker process that no job asks for: every so often, and never twice at once.
import type { Log } from '#lib/server/process/log.ts';

/**
 * Starts `work` every `ms` milliseconds, and skips a start while the run before still works. A failed run is logged,
 * and the next start tries again.
 */
export type Every = (ms: number, what: string, work: () => Promise<unknown>) => void;

export function createTimers(log: Log) {
	const timers: NodeJS.Timeout[] = [];
	const running = new Map<string, Promise<void>>();

	const every: Every = (ms, what, work) => {
		timers.push(
			setInterval(() => {
				if (running.has(what)) return;
				const run = work()
					.catch((error: Error) =>
						log.warn({ error: error.message }, `${what} failed; the worker tries again`)
					)
					.then(() => void running.delete(what));
				running.set(what, run);
			}, ms)
		);
	};

	return {
		every,
		/** Starts nothing any more, and resolves when the work that runs has ended. */
		async stop(): Promise<void> {
			timers.forEach(clearInterval);
			await Promise.all(running.values());
		}
	};
}

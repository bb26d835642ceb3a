// How a process stops: on a signal, or when the launcher that started it is gone. A second signal does not wait.
import type { Log } from './log.ts';

const LIMIT_MS = 20_000;

/** Runs `close` once, then ends the process; ends it anyway when that takes too long. */
export function onStop(log: Log, close: () => Promise<void>): void {
	let stopping = false;
	const stop = (why: string) => {
		if (stopping) return void (why === 'disconnect' || process.exit(1));
		stopping = true;
		log.info({ why }, 'stopping');
		setTimeout(() => process.exit(1), LIMIT_MS).unref();
		close().then(
			() => process.exit(0),
			(error: Error) => {
				log.error({ error: error.message }, 'stopping failed');
				process.exit(1);
			}
		);
	};
	process.on('SIGTERM', () => stop('SIGTERM'));
	process.on('SIGINT', () => stop('SIGINT'));
	process.on('disconnect', () => stop('disconnect'));
}

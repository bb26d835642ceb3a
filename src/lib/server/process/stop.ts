// Stops a process cleanly on a signal, or when the launcher that started the process has ended. A second signal ends
// the process at once.
import type { Log } from './log.ts';

const STOP_TIMEOUT_MS = 20_000;

/**
 * Runs `close` once when the process must stop, and then ends the process. If `close` takes longer than 20 seconds, the
 * process ends without waiting.
 */
export function onStop(log: Log, close: () => Promise<void>): void {
	let isStopping = false;
	const stop = (cause: 'SIGTERM' | 'SIGINT' | 'disconnect') => {
		if (isStopping) return void (cause === 'disconnect' || process.exit(1));
		isStopping = true;
		log.info({ why: cause }, 'the process stops');
		setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
		close().then(
			() => process.exit(0),
			(error: Error) => {
				log.error({ error: error.message }, 'the process could not stop cleanly');
				process.exit(1);
			}
		);
	};
	process.on('SIGTERM', () => stop('SIGTERM'));
	process.on('SIGINT', () => stop('SIGINT'));
	process.on('disconnect', () => stop('disconnect'));
}

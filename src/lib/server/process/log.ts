// Creates the log: JSON lines on standard output. Callers pass ids and counts, never the body of a message.
import { pino, type DestinationStream, type Logger } from 'pino';
import { foldRepeats, type OutageFields } from './repeats.ts';

export type Log = Logger;

/**
 * Creates a log. `redact` is a second guard: it removes secrets and payload if a caller passes them by mistake. A warning
 * that repeats is counted (`repeats.ts`).
 */
export const createLog = (level: string, name: string, destination?: DestinationStream): Log =>
	pino(
		{
			name,
			level,
			hooks: { logMethod: foldRepeats() },
			redact: [
				'req.headers.authorization',
				'req.headers.cookie',
				'password',
				'key',
				'payload',
				'body',
				'GBCSPayload'
			]
		},
		...(destination ? [destination] : [])
	);

/** Logs the begin and the end of each outage of the database, as a pool of sessions sees it. */
export const watchDatabase = (log: Log) => ({
	lost: (error: Error): void =>
		log.warn(
			{ outage: 'PostgreSQL', error: error.message } satisfies OutageFields,
			'PostgreSQL ended sessions or cannot be reached; the process connects again'
		),
	connected: (): void =>
		log.warn({ outage: 'PostgreSQL', over: true } satisfies OutageFields, 'PostgreSQL can be reached again')
});

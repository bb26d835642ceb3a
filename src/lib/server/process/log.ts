// Creates the log: JSON lines on standard output. Callers pass ids and counts, never the body of a message.
import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Creates a log. `redact` is a second guard: it removes secrets and payload if a caller passes them by mistake. */
export const createLog = (level: string, name: string): Log =>
	pino({
		name,
		level,
		redact: [
			'req.headers.authorization',
			'req.headers.cookie',
			'password',
			'key',
			'payload',
			'body',
			'GBCSPayload'
		]
	});

// The log: JSON lines on standard output. It is given ids and counts, never the body of a message.
import { pino, type Logger } from 'pino';

export type Log = Logger;

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

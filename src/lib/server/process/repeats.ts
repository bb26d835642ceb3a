// Writes a repeated warning once and then counts it, so that an outage does not fill the log. The count follows after 10
// seconds, then after a minute, then every ten minutes, and one line says when it is over.
import type { Logger, LoggerOptions } from 'pino';

type LogMethod = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;
type Write = (fields: object, message: string) => void;

/**
 * The fields of a log entry about a service that cannot be reached. While the outage lasts, all warnings about a lost
 * connection to the service count as repeats of the first entry. An entry with `over` ends the outage, and is not
 * written if there was none.
 */
export interface OutageFields {
	outage: 'PostgreSQL' | 'Redis';
	over?: true;
	error?: string;
}

const WARN = 40;
const FATAL = 60;
const FIRST_INTERVAL_MS = 10_000;
const INTERVAL_GROWTH = 6;
const LONGEST_INTERVAL_MS = 600_000;
/** After the end of an outage, failures of other connections still arrive for this time (ms). */
const SETTLING_MS = 2500;
/** The number of different warnings that are counted at once. Further ones are written each time. */
const MOST_SERIES = 200;

const LOST_POSTGRESQL =
	/PGSQL|Connection terminated|terminating connection|the database system is|not queryable/i;
const LOST_REDIS = /Socket closed|client is (closed|offline)|Connection is closed|LOADING|Redis is/i;
const LOST = /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|time(d )?out/i;

interface Series {
	/** The repeats since the last written entry, and since the first entry. */
	count: number;
	total: number;
	startedAt: number;
	intervalMs: number;
	timer: NodeJS.Timeout;
	write: Write;
	message: string;
	fields: Record<string, unknown>;
}

/** Returns the hook of pino that every entry of a log passes. */
export function foldRepeats(): LogMethod {
	const series = new Map<string, Series>();

	return function (this: Logger, args, method, level) {
		const [fields, message] = (typeof args[0] === 'object' ? args : [{}, args[0]]) as unknown as [
			Record<string, unknown>,
			string
		];
		if (level < WARN || level >= FATAL) return method.apply(this, args);
		const write: Write = (more, text) => method.call(this, more, text);
		const error = typeof fields['error'] === 'string' ? fields['error'].split('\n')[0]! : '';
		const key = keyOf(fields, message, error, level);
		const open = series.get(key);
		if (fields['over']) {
			if (!open) return;
			clearTimeout(open.timer);
			open.timer = later(SETTLING_MS, () => end(key, open, message));
			return;
		}
		if (open) {
			open.count++;
			open.total++;
			open.fields = fields;
			return;
		}
		method.apply(this, args);
		if (series.size >= MOST_SERIES) return;
		const opened: Series = {
			count: 0,
			total: 0,
			startedAt: Date.now(),
			intervalMs: FIRST_INTERVAL_MS,
			timer: later(FIRST_INTERVAL_MS, () => report(key, opened)),
			write,
			message,
			fields
		};
		series.set(key, opened);
	};

	/** Returns the key of the warnings that count as one. A text in which only numbers differ is the same text. */
	function keyOf(fields: Record<string, unknown>, message: string, error: string, level: number): string {
		if (fields['outage']) return `outage ${String(fields['outage'])}`;
		if (LOST_POSTGRESQL.test(error)) return 'outage PostgreSQL';
		if (LOST_REDIS.test(error)) return 'outage Redis';
		// A refused connection does not name its service, so it counts to the outage that is known.
		if (LOST.test(error))
			for (const service of ['PostgreSQL', 'Redis'])
				if (series.has(`outage ${service}`)) return `outage ${service}`;
		return [level, fields['job'] ?? '', message, error].join(' ').replace(/\d+/g, '#').slice(0, 500);
	}

	/** Writes the count of an interval. A warning that did not come again in the interval is over. */
	function report(key: string, open: Series): void {
		if (open.count === 0) return end(key, open, `${open.message}: this did not happen again`);
		const { count, intervalMs, write, message, fields } = open;
		write(
			{ ...fields, times: count },
			`${message} (${count === 1 ? 'once' : `${count} times`} more in ${spell(intervalMs)})`
		);
		open.count = 0;
		open.intervalMs = Math.min(intervalMs * INTERVAL_GROWTH, LONGEST_INTERVAL_MS);
		open.timer = later(open.intervalMs, () => report(key, open));
	}

	/** Ends a series. One line says so, if the warning came more than once or was an outage. */
	function end(key: string, open: Series, message: string): void {
		series.delete(key);
		if (open.total === 0 && !key.startsWith('outage ')) return;
		const seconds = Math.round((Date.now() - open.startedAt) / 1000);
		open.write({ times: open.total + 1, seconds }, `${message} (${open.total + 1} failures in ${seconds} s)`);
	}
}

const later = (ms: number, run: () => void): NodeJS.Timeout => setTimeout(run, ms).unref();

const spell = (ms: number): string => (ms < 60_000 ? `${ms / 1000} s` : `${ms / 60_000} min`);

// Checks that the log writes a repeated warning once, counts it at growing intervals, and says when it is over.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, watchDatabase } from '#lib/server/process/log.ts';

let lines: string[] = [];
const newLog = () => {
	lines = [];
	return createLog('info', 'test', {
		write: (line) => lines.push((JSON.parse(line) as { msg: string }).msg)
	});
};

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

describe('a repeated warning', () => {
	it('is written once, then counted after 10 s, a minute and ten minutes, and once when it is over', () => {
		const log = newLog();
		const warn = () => log.warn({ error: 'division by zero' }, 'sweeping failed');
		for (let i = 0; i < 5; i++) warn();
		expect(lines).toEqual(['sweeping failed']);
		vi.advanceTimersByTime(10_000);
		expect(lines.at(-1)).toBe('sweeping failed (4 times more in 10 s)');
		for (let i = 0; i < 412; i++) warn();
		vi.advanceTimersByTime(60_000);
		expect(lines.at(-1)).toBe('sweeping failed (412 times more in 1 min)');
		warn();
		vi.advanceTimersByTime(360_000);
		expect(lines.at(-1)).toBe('sweeping failed (once more in 6 min)');
		vi.advanceTimersByTime(600_000);
		expect(lines.at(-1)).toBe('sweeping failed: this did not happen again (418 failures in 1030 s)');
		expect(lines).toHaveLength(5);
		warn();
		expect(lines).toHaveLength(6);
	});

	it('does not hide a warning with another cause, nor an entry that is no warning', () => {
		const log = newLog();
		for (const error of ['column a is missing', 'column b is missing', 'column a is missing'])
			log.error({ error }, 'an API call failed');
		log.info('ready');
		log.info('ready');
		expect(lines).toEqual(['an API call failed', 'an API call failed', 'ready', 'ready']);
	});

	it('counts as the same if only numbers in it differ, and needs no end if it came once', () => {
		const log = newLog();
		log.error({ job: 'correlate-alerts', error: 'row 17 is locked' }, 'a job failed');
		log.error({ job: 'correlate-alerts', error: 'row 18 is locked' }, 'a job failed');
		log.error({ job: 'what-if', error: 'row 18 is locked' }, 'a job failed');
		expect(lines).toEqual(['a job failed', 'a job failed']);
		vi.advanceTimersByTime(70_000);
		expect(lines.slice(2)).toEqual([
			'a job failed (once more in 10 s)',
			'a job failed: this did not happen again (2 failures in 70 s)'
		]);
	});
});

describe('an outage', () => {
	it('is one line at its begin and one at its end, whatever fails because of it', () => {
		const log = newLog();
		const database = watchDatabase(log);
		database.connected();
		expect(lines).toEqual([]);
		database.lost(new Error('terminating connection due to unexpected postmaster exit'));
		database.lost(new Error('Connection terminated unexpectedly'));
		log.warn({ error: 'connect ENOENT /home/postgres/.s.PGSQL.5432' }, 'grouping failed');
		log.error({ job: 'correlate-alerts', error: 'connect ECONNREFUSED 127.0.0.1:5432' }, 'a job failed');
		vi.advanceTimersByTime(3000);
		database.connected();
		log.error({ job: 'correlate-again', error: 'the database system is starting up' }, 'a job failed');
		vi.advanceTimersByTime(3000);
		expect(lines).toEqual([
			'PostgreSQL ended sessions or cannot be reached; the process connects again',
			'PostgreSQL can be reached again (5 failures in 6 s)'
		]);
	});

	it('of Redis does not hide an outage of PostgreSQL', () => {
		const log = newLog();
		log.warn({ outage: 'Redis', error: 'Socket closed unexpectedly' }, 'Redis cannot be reached');
		watchDatabase(log).lost(new Error('Connection terminated unexpectedly'));
		expect(lines).toHaveLength(2);
	});
});

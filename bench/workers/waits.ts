// Samples the waits of PostgreSQL's sessions while a stage runs.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { sum } from '../figures.ts';

/** What a busy session did at one moment: `ON_CPU`, `IN_TRANSACTION`, or the wait of pg_stat_activity such as "IO WalSync". */
export interface Wait {
	name: string;
	/** Share of the busy sessions over all samples, from 0 to 1. */
	share: number;
}

export interface Waits {
	/** The most frequent first. */
	waits: Wait[];
	/** Mean number of busy sessions: sessions that run a statement or hold a transaction open. */
	busySessions: number;
}

/** The session waits for nothing: it runs, or waits for a free core. */
export const ON_CPU = 'on CPU';
/** The session holds a transaction open and waits for the next statement of its process. */
export const IN_TRANSACTION = 'next statement';
const SAMPLE_INTERVAL_MS = 25;

/** A wait for a lock has the first words of its statement, because the name of the lock does not tell its place. */
const SAMPLE = `select case
		when state <> 'active' then '${IN_TRANSACTION}'
		when wait_event is null then '${ON_CPU}'
		when wait_event_type = 'Lock'
			then 'Lock ' || wait_event || ' of "' || left(regexp_replace(ltrim(query), '\\s+', ' ', 'g'), 28) || '"'
		else wait_event_type || ' ' || wait_event end as name, count(*)::int as sessions
	from pg_stat_activity
	where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and state <> 'idle'
	group by 1`;

/** Samples until `stop` is called. */
export function sampleWaits(pool: pg.Pool): { stop(): Promise<Waits> } {
	const sessions = new Map<string, number>();
	let samples = 0;
	let stopped = false;
	const sampling = (async () => {
		for (; !stopped; await pause(SAMPLE_INTERVAL_MS)) {
			const { rows } = await pool.query<{ name: string; sessions: number }>(SAMPLE);
			samples++;
			for (const { name, sessions: count } of rows) sessions.set(name, (sessions.get(name) ?? 0) + count);
		}
	})();
	// `stop` throws the error. Until then, the error must not end the run.
	sampling.catch(() => {});
	return {
		async stop() {
			stopped = true;
			await sampling;
			const total = sum([...sessions.values()]);
			const waits = [...sessions]
				.map(([name, count]) => ({ name, share: count / total }))
				.sort((a, b) => b.share - a.share);
			return { waits, busySessions: total / Math.max(1, samples) };
		}
	};
}

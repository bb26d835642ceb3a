// Reads the figures of the whole installation that a worker shows in its metrics: queues, pending Alerts, sources of
// audit data, pages, standing decisions, Redis and the index.
import type pg from 'pg';
import { StandingState } from '#lib/domain/standing-decision/standing-decision.ts';
import { stateSql } from '#lib/server/standing-decisions/stored-standing.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { readQueues } from '#lib/server/jobs/doorbells.ts';
import { JOBS } from '#lib/server/jobs/queues.ts';
import { instantOfId } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import type { InstallationFigures } from '#lib/server/process/worker-metrics.ts';

/** Pending Alerts are counted up to this number, those that end their waiting time first. */
const MOST_PENDING = 20_000;

export async function readFigures(deps: {
	pool: pg.Pool;
	redis: Redis;
	index: Pick<RequestIndex, 'isComplete'>;
}): Promise<InstallationFigures> {
	const { pool, redis, index } = deps;
	const [queues, pending, sources, pages, standing, memory, stats, isIndexComplete] = await Promise.all([
		readQueues(pool),
		pool.query<{ alerts: number; oldest: bigint | null }>(PENDING({ most: MOST_PENDING })),
		pool.query<{ source: string; owner: string; lagSeconds: number }>(SOURCES({})),
		pool.query<{ openPages: number; pageAlarms: number; deadLetters: number }>(PAGES({})),
		pool.query<{ state: string; count: number; matched: number }>(STANDING({})),
		redis.info('memory'),
		redis.info('stats'),
		index.isComplete()
	]);
	const { alerts, oldest } = pending.rows[0]!;
	return {
		pendingAlerts: alerts,
		pendingAgeSeconds: oldest === null ? 0 : Math.max(0, (Date.now() - instantOfId(oldest)) / 1000),
		completeness: sources.rows,
		...pages.rows[0]!,
		standing: STANDING_STATES.map((state) => ({
			state,
			count: standing.rows.find((row) => row.state === state)?.count ?? 0
		})),
		standingMatches: standing.rows.reduce((sum, { matched }) => sum + matched, 0),
		queues: JOBS.map((job) => ({ job, ...(queues.get(job) ?? { records: 0, ageSeconds: 0 }) })),
		redisBytes: figureOf(memory, 'used_memory'),
		redisEvictedKeys: figureOf(stats, 'evicted_keys'),
		isIndexComplete
	};
}

const figureOf = (info: string, name: string): number =>
	Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? NaN);

const PENDING = query(`
select count(*)::int as alerts, min(alert_id) as oldest
from (select alert_id from supplier_alert where explanation = 'pending' order by settles_at limit :most) waiting`);

const SOURCES = query(`
select source, coalesce(slug, '*') as owner,
	extract(epoch from now() - coalesce(complete_until, registered_at))::float8 as "lagSeconds"
from completeness_source left join supplier on supplier.id = supplier_id`);

const STANDING_STATES = StandingState.options;

const STANDING = query(`
select ${stateSql('now()')} as state, count(*)::int as count, sum(u.matched)::float8 as matched
from standing_decision d join standing_use u on u.standing_id = d.id group by 1`);

const PAGES = query(`
select (select count(*)::int from page where state = 'open') as "openPages",
	(select count(*)::int from page where alarm is not null) as "pageAlarms",
	(select count(*)::int from delivery where state = 'failed' and next_at is null and at > now() - interval '30 days') as "deadLetters"`);

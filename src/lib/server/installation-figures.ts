// Reads the figures of the whole installation that a worker shows in its metrics: queues, pending Alerts, sources of
// audit data, pages, Redis and the index.
import type pg from 'pg';
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
	const [queues, pending, sources, pages, memory, stats, isIndexComplete] = await Promise.all([
		readQueues(pool),
		pool.query<{ alerts: number; oldest: bigint | null }>(PENDING({ most: MOST_PENDING })),
		pool.query<{ source: string; owner: string; lagSeconds: number }>(SOURCES({})),
		pool.query<{ openPages: number; pageAlarms: number; deadLetters: number }>(PAGES({})),
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

const PAGES = query(`
select (select count(*)::int from page where state = 'open') as "openPages",
	(select count(*)::int from page where alarm is not null) as "pageAlarms",
	(select count(*)::int from delivery where state = 'failed' and next_at is null and at > now() - interval '30 days') as "deadLetters"`);

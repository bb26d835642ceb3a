// The wiring, by hand: what a process opens, in order, and closes in reverse.
import { randomInt } from 'node:crypto';
import { readAccuracyReport } from './accuracy-report.ts';
import { withFigures } from '#lib/server/feed/alert-figures.ts';
import { createAlertReader } from '#lib/server/feed/alert-reader.ts';
import { createAlertStore } from '#lib/server/ingest/alert-store.ts';
import { createApiKeys } from '#lib/server/access/api-keys.ts';
import { createAuth } from '#lib/server/access/auth.ts';
import { watchBacklog } from '#lib/server/jobs/backlog.ts';
import { followCauseTable, plantCauseTable } from '#lib/server/cause-table/active-table.ts';
import { createCauseTables } from '#lib/server/cause-table/cause-tables.ts';
import { createCompleteness } from '#lib/server/ingest/completeness.ts';
import type { Config } from '#lib/server/process/config.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { createDecisions } from '#lib/server/decisions/decisions.ts';
import { createDeviceStore } from '#lib/server/ingest/device-store.ts';
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createEpisodes } from '#lib/server/episodes/episodes.ts';
import { followSampling } from '#lib/server/learning/learned-counts.ts';
import { followLearned, readLearned } from '#lib/server/learning/learned-patterns.ts';
import { publishLive } from '#lib/server/live/live-channel.ts';
import { followLargeEpisodes } from '#lib/server/episodes/large-episodes.ts';
import { createLog, type Log } from '#lib/server/process/log.ts';
import { createPrecedents } from '#lib/server/decisions/precedents.ts';
import { bullConnection, createQueues } from '#lib/server/jobs/queues.ts';
import { createIds } from '#lib/server/postgres/record-id.ts';
import { openRedis, requireNoEviction } from '#lib/server/process/redis.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { createRequestStore } from '#lib/server/ingest/request-store.ts';
import { createTimeline } from '#lib/server/feed/timeline.ts';
import { createWhatIfs } from '#lib/server/cause-table/what-ifs.ts';

export type WebServices = Awaited<ReturnType<typeof openWebServices>>;
export type WorkerServices = Awaited<ReturnType<typeof openWorkerServices>>;

/** Where the web process leaves its services for Kit's handler, which is a second module graph. */
export const SERVICES = Symbol.for('causeway.services');

/** What the web process needs: ingest, reads, decisions, sessions, the doorbells. */
export async function openWebServices(config: Config, log: Log = createLog(config.logLevel, 'web')) {
	await using stack = new AsyncDisposableStack();
	const web = stack.adopt(openDatabase(config.databaseUrl, 'causeway_web', 6), (c) => c.close());
	const intake = stack.adopt(openDatabase(config.databaseUrl, 'causeway_ingest', 8), (c) => c.close());
	const redis = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	await requireNoEviction(redis);
	const subscriber = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	const queues = stack.adopt(createQueues(redis, log), (q) => q.close());
	const nextId = createIds(randomInt(1024));
	const writing = { pool: intake.pool, nextId, enqueue: queues.enqueue, lingerMs: config.ingestLingerMs };
	const backlog = stack.adopt(watchBacklog(intake.pool), (b) => b.close());
	const alertStore = stack.adopt(createAlertStore({ ...writing, backlog }), (s) => s.close());
	const requestStore = stack.adopt(createRequestStore(writing), (s) => s.close());
	const learned = readLearned(web.db);
	const alerts = withFigures(createAlertReader(web.db), learned);
	// Without the record there is nothing to serve yet: a worker seeds when it is there.
	await plantCauseTable(web.pool, log).catch((error: Error) =>
		log.warn({ error: error.message }, 'the cause table was not looked at')
	);
	const held = stack.move();
	return {
		config,
		log,
		redis,
		subscriber,
		queues,
		alertStore,
		requestStore,
		backlog,
		deviceStore: createDeviceStore({ pool: intake.pool, enqueue: queues.enqueue }),
		completeness: createCompleteness({ pool: intake.pool, enqueue: queues.enqueue }),
		alerts,
		episodes: createEpisodes(web.db),
		learned,
		/** What the last accuracy run on this installation found. */
		accuracy: () => readAccuracyReport(config.home),
		precedents: createPrecedents(web.db),
		timeline: createTimeline(web.db, config.roleOnly),
		decisions: createDecisions({ db: web.db, alerts, publish: (messages) => publishLive(redis, messages) }),
		causeTables: createCauseTables(web.pool),
		whatIfs: createWhatIfs({ ...web, enqueueReplay: queues.enqueueReplay }),
		apiKeys: createApiKeys(web.pool),
		auth: createAuth({ pool: web.pool, config }),
		/** Whether the record answers. */
		async isReady(): Promise<boolean> {
			return web.pool.query('select 1').then(
				() => true,
				() => false
			);
		},
		[Symbol.asyncDispose]: () => held[Symbol.asyncDispose]()
	};
}

/** What a worker process needs: the record, the index, the doorbells, the push. */
export async function openWorkerServices(config: Config, log: Log = createLog(config.logLevel, 'worker')) {
	await using stack = new AsyncDisposableStack();
	const worker = openDatabase(config.databaseUrl, 'causeway_worker', 8, { pipeline: true });
	const { pool } = stack.adopt(worker, (c) => c.close());
	const redis = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	await requireNoEviction(redis);
	const queues = stack.adopt(createQueues(redis, log), (q) => q.close());
	const backlog = stack.adopt(watchBacklog(pool), (b) => b.close());
	const dictionary = createDictionary(pool);
	await dictionary.recall();
	const index = createRequestIndex({ redis, dictionary, windowMs: config.indexWindowMs });
	await plantCauseTable(pool, log);
	const causeTable = await followCauseTable(pool);
	const largeEpisodes = followLargeEpisodes(pool);
	await largeEpisodes.refresh();
	const held = stack.move();
	return {
		config,
		log,
		pool,
		redis,
		queues,
		backlog,
		index,
		causeTable,
		learned: followLearned(),
		largeEpisodes,
		sampling: await followSampling(pool),
		connection: bullConnection(redis),
		[Symbol.asyncDispose]: () => held[Symbol.asyncDispose]()
	};
}

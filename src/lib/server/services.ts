// Opens the services of a web process or of a worker process one after the other, and closes them in reverse order.
import { createSeal } from '#lib/server/access/seal.ts';
import { createApiKeys } from '#lib/server/access/api-keys.ts';
import { createAuth } from '#lib/server/access/auth.ts';
import { followCauseTable, replayOffered, seedAtStart } from '#lib/server/cause-table/active-table.ts';
import { createCauseTables } from '#lib/server/cause-table/cause-tables.ts';
import { createTerms } from '#lib/server/cause-table/terms.ts';
import { createWhatIfs } from '#lib/server/cause-table/what-ifs.ts';
import { createDecisions } from '#lib/server/decisions/decisions.ts';
import { createPrecedents } from '#lib/server/decisions/precedents.ts';
import { createEpisodes } from '#lib/server/episodes/episodes.ts';
import { createRunIndex } from '#lib/server/runs/run-index.ts';
import { episodeIds } from '#lib/server/episodes/episode-ids.ts';
import { createAssignments } from '#lib/server/desk/assignments.ts';
import { createComments } from '#lib/server/desk/comments.ts';
import { createDeskCounter } from '#lib/server/desk/desk-counts.ts';
import { createDisagreements } from '#lib/server/desk/disagreements.ts';
import { createHistories } from '#lib/server/desk/history.ts';
import { createShelving } from '#lib/server/desk/shelving.ts';
import { createSavedViews } from '#lib/server/desk/saved-views.ts';
import { createShiftHours } from '#lib/server/desk/shift-hours.ts';
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { withFigures } from '#lib/server/feed/alert-figures.ts';
import { createAlertReader } from '#lib/server/feed/alert-reader.ts';
import { createDeviceReader } from '#lib/server/feed/device-reader.ts';
import { createFacetReader } from '#lib/server/feed/facet-reader.ts';
import { createSenderReader } from '#lib/server/feed/sender-reader.ts';
import { createTimeline } from '#lib/server/feed/timeline.ts';
import { createAlertStore } from '#lib/server/ingest/alert-store.ts';
import { createCompleteness } from '#lib/server/ingest/completeness.ts';
import { createDeviceStore } from '#lib/server/ingest/device-store.ts';
import { createFeedState } from '#lib/server/ingest/feed-state.ts';
import { createHeardFeeds } from '#lib/server/ingest/heard-feeds.ts';
import { createRefusedWriteLog } from '#lib/server/ingest/refused-writes.ts';
import { createRequestStore } from '#lib/server/ingest/request-store.ts';
import { createWriteCheck } from '#lib/server/ingest/write-check.ts';
import { createUnknownDevices } from '#lib/server/installation/unknown-devices.ts';
import { watchBacklog } from '#lib/server/jobs/backlog.ts';
import { bullConnection, createQueues } from '#lib/server/jobs/queues.ts';
import { followSampling } from '#lib/server/learning/learned-counts.ts';
import { cacheLearnedPatterns, createLearnedReader } from '#lib/server/learning/learned-patterns.ts';
import { channelOpener } from '#lib/server/on-call/channels/channel-rows.ts';
import { openSendDeps } from '#lib/server/on-call/channels/send-deps.ts';
import { publishLive, publishPages, type LiveMessage } from '#lib/server/live/live-channel.ts';
import { createOnCall } from '#lib/server/on-call/on-call.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { createStandingDecisions } from '#lib/server/standing-decisions/standing-decisions.ts';
import { createStandingMatches } from '#lib/server/standing-decisions/standing-matches.ts';
import { cacheStandingRules } from '#lib/server/standing-decisions/standing-rules.ts';
import { leaseIds } from '#lib/server/postgres/id-leases.ts';
import { createSelections } from '#lib/server/selections/selections.ts';
import type { Config } from '#lib/server/process/config.ts';
import { createLog, watchDatabase, type Log } from '#lib/server/process/log.ts';
import { watchPool, watchUnseenAlerts } from '#lib/server/process/metrics.ts';
import { openRedis } from '#lib/server/process/redis.ts';
import { readAccuracyReport } from './accuracy-report.ts';

export type WebServices = Awaited<ReturnType<typeof openWebServices>>;

/**
 * The global key under which the build of SvelteKit finds the services of the web process. The build is a separate
 * module graph.
 */
export const SERVICES = Symbol.for('causeway.services');

/** Opens the services of a web process: ingest, reads, decisions, sessions and queues. */
export async function openWebServices(config: Config, log: Log = createLog(config.logLevel, 'web')) {
	await using stack = new AsyncDisposableStack();
	const watch = watchDatabase(log);
	const web = stack.adopt(openDatabase(config.databaseUrl, 'causeway_web', 6, { watch }), (c) => c.close());
	const ingest = stack.adopt(openDatabase(config.databaseUrl, 'causeway_ingest', 8, { watch }), (c) =>
		c.close()
	);
	watchPool('web', web.pool);
	watchPool('ingest', ingest.pool);
	const redis = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	const subscriber = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	const queues = stack.adopt(createQueues(redis, log), (q) => q.close());
	const ids = await leaseIds(ingest.pool, {
		warn: (text, error) => log.warn({ error: error.message }, text)
	});
	stack.adopt(ids, (i) => i.close());
	const storeDeps = {
		pool: ingest.pool,
		nextId: ids.next,
		enqueue: queues.enqueue,
		lingerMs: config.ingestLingerMs
	};
	const backlog = stack.adopt(watchBacklog(ingest.pool), (b) => b.close());
	const silentAfterSeconds = config.feedSilentSeconds;
	const heardFeeds = stack.adopt(
		createHeardFeeds({
			pool: ingest.pool,
			silentAfterSeconds,
			warn: (error) => log.warn({ error: error.message }, 'the last arrivals of the feeds were not noted')
		}),
		(h) => h.close()
	);
	const alertStore = stack.adopt(heardFeeds.alerts(createAlertStore({ ...storeDeps, backlog })), (s) =>
		s.close()
	);
	const requestStore = stack.adopt(heardFeeds.requests(createRequestStore(storeDeps)), (s) => s.close());
	const completeness = createCompleteness({ pool: ingest.pool, enqueue: queues.enqueue });
	const refusedWrites = createRefusedWriteLog(ingest.pool);
	const learned = createLearnedReader(web.pool);
	const alerts = withFigures(createAlertReader(web.pool), learned);
	// The web process also starts while the database cannot be reached. In that case, the next worker that starts seeds
	// the cause table.
	await seedAtStart(web.pool, log)
		.then(() => replayOffered(web.pool))
		.catch((error: Error) =>
			log.warn(
				{ error: error.message },
				'the cause table was not seeded; the next worker that starts seeds it'
			)
		);
	const { deps: sendDeps } = stack.adopt(openSendDeps(config, web.pool), (s) => s.close());
	const unknownDevices = createUnknownDevices(web.pool);
	watchUnseenAlerts(async () => (await unknownDevices.countAlerts()).count);
	const changeDeps = {
		pool: web.pool,
		alerts,
		publish: (messages: LiveMessage[]) => publishLive(redis, messages)
	};
	const decisions = createDecisions(changeDeps);
	const onCall = createOnCall({
		config,
		pool: web.pool,
		decisions,
		sendDeps,
		redis,
		jobs: queues.onCall,
		publishPages: (changes) => publishPages(redis, changes)
	});
	const resources = stack.move();
	return {
		config,
		log,
		redis,
		subscriber,
		queues,
		alertStore,
		requestStore,
		backlog,
		writeCheck: createWriteCheck(ingest.pool, refusedWrites),
		refusedWrites,
		deviceStore: heardFeeds.devices(createDeviceStore({ pool: ingest.pool, enqueue: queues.enqueue })),
		completeness,
		feedState: createFeedState({ heardFeeds, completeness, silentAfterSeconds }),
		alerts,
		episodes: createEpisodes(web.pool),
		learned,
		/** Reads the report of the last accuracy run on this installation. */
		accuracy: () => readAccuracyReport(config.home),
		precedents: createPrecedents(web.pool),
		devices: createDeviceReader(web.pool),
		facets: createFacetReader(web.pool),
		senders: createSenderReader(web.pool, config.roleOnly),
		timeline: createTimeline(web.pool, config.roleOnly),
		decisions,
		shelving: createShelving(changeDeps),
		assignments: createAssignments(changeDeps),
		comments: createComments(changeDeps),
		disagreements: createDisagreements(web.pool),
		histories: createHistories(web.pool),
		deskCounts: createDeskCounter(web.pool),
		shiftHours: createShiftHours(web.pool),
		savedViews: createSavedViews(web.pool),
		selections: createSelections({ pool: web.pool, runSelection: queues.runSelection }),
		standingDecisions: createStandingDecisions(web.pool),
		standingMatches: createStandingMatches(web.pool),
		causeTables: createCauseTables(web.pool),
		terms: createTerms(web.pool),
		unknownDevices,
		...onCall,
		whatIfs: createWhatIfs({ pool: web.pool, enqueueReplay: queues.enqueueReplay }),
		apiKeys: createApiKeys(web.pool),
		auth: createAuth({ pool: web.pool, config }),
		/** Returns whether the database answers. */
		async isReady(): Promise<boolean> {
			return web.pool.query('select 1').then(
				() => true,
				() => false
			);
		},
		[Symbol.asyncDispose]: () => resources[Symbol.asyncDispose]()
	};
}

/** Opens the services of a worker process: the database, the index, the queues and the live channel. */
export async function openWorkerServices(config: Config, log: Log = createLog(config.logLevel, 'worker')) {
	await using stack = new AsyncDisposableStack();
	const worker = openDatabase(config.databaseUrl, 'causeway_worker', 8, {
		pipeline: true,
		watch: watchDatabase(log)
	});
	const { pool } = stack.adopt(worker, (c) => c.close());
	watchPool('worker', pool);
	const redis = stack.adopt(await openRedis(config.redisUrl, log), (r) => r.destroy());
	const queues = stack.adopt(createQueues(redis, log), (q) => q.close());
	const backlog = stack.adopt(watchBacklog(pool), (b) => b.close());
	const dictionary = createDictionary(pool);
	await dictionary.recall();
	const index = createRequestIndex({ redis, dictionary, windowMs: config.indexWindowMs });
	await seedAtStart(pool, log);
	const causeTable = await followCauseTable(pool);
	const takeEpisodeIds = episodeIds(pool);
	const runs = createRunIndex({ redis, takeIds: takeEpisodeIds });
	const sampling = await followSampling(pool);
	const { deps: sendDeps } = stack.adopt(openSendDeps(config, pool), (s) => s.close());
	const resources = stack.move();
	return {
		config,
		log,
		pool,
		redis,
		queues,
		backlog,
		index,
		causeTable,
		learned: cacheLearnedPatterns(),
		standing: cacheStandingRules(),
		runs,
		takeEpisodeIds,
		sampling,
		sendDeps,
		openChannel: channelOpener(createSeal(config.authSecret)),
		connection: bullConnection(redis),
		[Symbol.asyncDispose]: () => resources[Symbol.asyncDispose]()
	};
}

// Builds the dependencies of the worker's jobs from the services of a worker process.
import { withFrequencies } from '#lib/domain/learned-pattern.ts';
import type { Frame } from '#lib/server/feed/feed.ts';
import { withFigures } from '#lib/server/feed/alert-figures.ts';
import { createAlertReader } from '#lib/server/feed/alert-reader.ts';
import { publishLive, publishPages, type LiveMessage } from '#lib/server/live/live-channel.ts';
import type { AfterCommit } from '#lib/server/on-call/pages/after-commit.ts';
import type { openWorkerServices } from './services.ts';

export type WorkerDeps = ReturnType<typeof workerDeps>;

/** Builds the dependencies of the jobs of on call. */
export function onCallDeps(services: Awaited<ReturnType<typeof openWorkerServices>>) {
	const { pool, redis, queues, sendDeps, openChannel } = services;
	return {
		pool,
		jobs: queues.onCall,
		publishPages: (changes: AfterCommit['changes']) => publishPages(redis, changes),
		send: sendDeps,
		openChannel
	};
}

/** Builds the dependencies of the jobs that carry out actions of people on many Alerts. */
export function deskDeps(services: Awaited<ReturnType<typeof openWorkerServices>>) {
	const { pool, redis, queues, learned } = services;
	return {
		pool,
		runSelection: queues.runSelection,
		alerts: withFigures(createAlertReader(pool), { of: async (supplierId) => learned.of(supplierId) }),
		publish: (messages: LiveMessage[]) => publishLive(redis, messages)
	};
}

export function workerDeps(services: Awaited<ReturnType<typeof openWorkerServices>>) {
	const {
		config,
		pool,
		index,
		redis,
		queues,
		backlog,
		causeTable,
		learned,
		runs,
		takeEpisodeIds,
		sampling,
		standing
	} = services;
	return {
		pool,
		index,
		learned,
		standing,
		sampling,
		runs,
		takeEpisodeIds,
		/** The active cause table. A job reads this property once and uses the same table to its end. */
		get table() {
			return causeTable.current;
		},
		roleOnly: config.roleOnly,
		enqueue: queues.enqueue,
		enqueueReplay: queues.enqueueReplay,
		backlog,
		publish: (frames: readonly Frame[]) =>
			publishLive(
				redis,
				frames.map(({ supplierId, items, ...data }) => ({
					event: 'alert:changed' as const,
					supplierId,
					data: { ...data, items: items.map((alert) => withFrequencies(alert, learned.of(supplierId))) }
				}))
			)
	};
}

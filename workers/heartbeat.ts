// Writes the heartbeat of the worker process: touches a file while PostgreSQL, Redis and all queues answer.
import { writeFile } from 'node:fs/promises';
import type { Worker } from 'bullmq';
import type { Pool } from 'pg';
import type { Log } from '#lib/server/process/log.ts';
import type { Redis } from '#lib/server/process/redis.ts';

/** The pause between two heartbeats, in ms. */
const PAUSE_MS = 5000;
/** The age of the heartbeat (ms) from which the worker process hangs, or has lost PostgreSQL, Redis or a queue. */
export const LONGEST_SILENCE_MS = 6 * PAUSE_MS;

interface Beating {
	file: string;
	log: Log;
	pool: Pool;
	redis: Redis;
	workers: ReadonlyArray<Pick<Worker, 'isRunning' | 'name'>>;
}

/** Starts the heartbeat, and returns the function that ends it. A check that never ends is a heartbeat that never comes. */
export function startHeartbeat({ file, log, pool, redis, workers }: Beating): () => void {
	let timer: NodeJS.Timeout | undefined;
	let isEnded = false;
	let isSilent = false;

	async function beat(): Promise<void> {
		const stopped = workers.find((worker) => !worker.isRunning());
		if (stopped) throw new Error(`the queue ${stopped.name} has stopped`);
		await pool.query('select 1');
		await redis.ping();
		await writeFile(file, new Date().toISOString());
	}

	async function beatAgain(): Promise<void> {
		try {
			await beat();
			if (isSilent) log.info('the heartbeat of the worker is back');
			isSilent = false;
		} catch (error) {
			if (!isSilent)
				log.warn({ file, error: (error as Error).message }, 'the worker cannot write its heartbeat');
			isSilent = true;
		}
		if (!isEnded) timer = setTimeout(() => void beatAgain(), PAUSE_MS);
	}

	void beatAgain();
	return () => {
		isEnded = true;
		clearTimeout(timer);
	};
}

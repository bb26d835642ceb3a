// Empties the Redis of a test system. A system has one numbered database of the test Redis for itself, so FLUSHDB loses here
// what FLUSHALL would lose.
import { createClient } from 'redis';
import type { System } from './system.ts';

/** Deletes the keys of the index of runs at one instant. */
const DELETE_RUNS = `
for _, pattern in ipairs({ 'e:*', 'f:*' }) do
	for _, key in ipairs(redis.call('KEYS', pattern)) do redis.call('DEL', key) end
end`;

/** Opens a connection that empties the Redis of a system. */
export async function openLoss({ redisUrl }: Pick<System, 'redisUrl'>) {
	const redis = createClient({ url: redisUrl });
	await redis.connect();
	return {
		/** Loses everything: both indexes, the jobs and their locks. */
		loseAll: async (): Promise<void> => void (await redis.flushDb()),
		/** Loses the index of runs alone. The index promises to notice the loss of the whole, and not of a part. */
		loseRuns: async (): Promise<void> => void (await redis.eval(DELETE_RUNS)),
		/** Returns whether the index of runs says that it knows all Alerts. */
		areRunsFilled: async (): Promise<boolean> => (await redis.exists('e:filled')) === 1,
		[Symbol.dispose]: () => redis.destroy()
	};
}

/** Empties the Redis of a system once. */
export async function emptyRedis(system: Pick<System, 'redisUrl'>): Promise<void> {
	using loss = await openLoss(system);
	await loss.loseAll();
}

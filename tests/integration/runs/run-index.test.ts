// Tests the index of runs alone: a key that is being checked, and a key of many runs.
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { createRunIndex } from '#lib/server/runs/run-index.ts';
import { runKey } from '#lib/server/runs/run-key.ts';
import { freeRedisDatabase } from '../../support/system.ts';

const KEY = runKey(1, 'area|8F3E|SW1');

/** Opens an index in an empty Redis database. */
async function openIndex() {
	const redis = createClient({ url: await freeRedisDatabase(), RESP: 2 });
	await redis.connect();
	let lastId = 0n;
	const index = createRunIndex({
		redis: redis as never,
		takeIds: async (count) => Array.from({ length: count }, () => ++lastId)
	});
	return { index, redis, [Symbol.dispose]: () => redis.destroy() };
}

const anEntry = (fields: { alertId?: bigint; at?: number } = {}) => ({
	supplierId: 1,
	alertId: 7n,
	deviceId: '00-DB-12-34-56-78-90-A0',
	at: Date.now(),
	keys: [KEY],
	...fields
});

it('takes the first Alert of a key that is being checked, and tells the check nothing new', async () => {
	using opened = await openIndex();
	const { index } = opened;
	expect(await index.doubt([KEY])).toEqual([[]]);
	const { places } = await index.add([anEntry()]);
	expect(places).toMatchObject([{ episodeId: null, key: null }]);
	expect(await index.settle(KEY, [])).toEqual([]);
});

it('refuses the result of a check if Redis was emptied meanwhile, because the Alerts kept apart are gone', async () => {
	using opened = await openIndex();
	const { index, redis } = opened;
	await index.doubt([KEY]);
	await index.add([anEntry()]);
	await redis.flushDb();
	expect(await index.settle(KEY, [])).toBeNull();
});

it('takes an Alert as fast in a key of thousands of runs', async () => {
	using opened = await openIndex();
	const { index } = opened;
	const since = Date.now() - 30 * 86_400_000;
	// A run of its own for each Alert, because storms end after two minutes.
	const entries = Array.from({ length: 6000 }, (_, i) =>
		anEntry({ alertId: BigInt(i + 1), at: since + i * 300_000 })
	);
	const startedAt = performance.now();
	for (let i = 0; i < entries.length; i += 2000)
		await index.fill(entries.slice(i, i + 2000).map((entry) => ({ ...entry, episodeId: null, key: null })));
	// Each call blocks Redis. A call that reads all runs again for each Alert takes minutes here.
	expect(performance.now() - startedAt).toBeLessThan(5000);
});

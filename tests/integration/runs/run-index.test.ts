// Tests the index of runs alone: an Alert whose key is being checked.
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { createRunIndex } from '#lib/server/runs/run-index.ts';
import { runKey } from '#lib/server/runs/run-key.ts';
import { freeRedisDatabase } from '../../support/system.ts';

it('takes the first Alert of a key that is being checked, and tells the check nothing new', async () => {
	const redis = createClient({ url: await freeRedisDatabase(), RESP: 2 });
	await redis.connect();
	try {
		let lastId = 0n;
		const index = createRunIndex({
			redis: redis as never,
			takeIds: async (count) => Array.from({ length: count }, () => ++lastId)
		});
		const key = runKey(1, 'area|8F3E|SW1');
		expect(await index.doubt([key])).toEqual([[]]);
		const entry = {
			supplierId: 1,
			alertId: 7n,
			deviceId: '00-DB-12-34-56-78-90-A0',
			at: Date.now(),
			keys: [key]
		};
		const { places } = await index.add([entry]);
		expect(places).toMatchObject([{ episodeId: null, key: null }]);
		expect(await index.settle(key, [])).toEqual([]);
	} finally {
		redis.destroy();
	}
});

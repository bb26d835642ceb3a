// Tests that a process calls the functions of its own version, although Redis still has those of another version.
import { createClient } from 'redis';
import { expect, inject, it } from 'vitest';
import { callFunction } from '#lib/server/process/redis-function.ts';

const version = (number: number): string =>
	`#!lua name=causeway_test\nredis.register_function('causeway_test_version', function() return ${number} end)`;

it('replaces the functions of an older version at the first call, and loads them again after a loss', async () => {
	const redis = createClient({ url: inject('redisUrl'), RESP: 2 });
	await redis.connect();
	try {
		const call = () => callFunction<number>(redis as never, version(2), 'FCALL', 'causeway_test_version', []);
		await redis.functionLoad(version(1), { REPLACE: true });
		expect(await call()).toBe(2);
		await redis.functionDelete('causeway_test');
		expect(await call()).toBe(2);
		await redis.functionDelete('causeway_test');
	} finally {
		redis.destroy();
	}
});

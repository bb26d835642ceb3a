// Tests that all web processes together count the attempts to sign in.
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { startSystem } from '../../support/system.ts';
import { PEOPLE, startWeb, type Web } from '../../support/web.ts';

const SIGN_INS_A_MINUTE = 20;

it(
	'two web processes share the limit of sign-in attempts, also after Redis was emptied',
	{ timeout: 90_000 },
	async () => {
		await using system = await startSystem({ worker: false });
		await using first = await startWeb(system);
		await using second = await startWeb(system);
		const attempt = async ({ url }: Web): Promise<number> => {
			const response = await fetch(`${url}/api/auth/sign-in/email`, {
				method: 'POST',
				headers: { 'content-type': 'application/json', origin: url },
				body: JSON.stringify({ email: PEOPLE.halden.email, password: 'a wrong password' })
			});
			return response.status;
		};
		for (let i = 0; i < SIGN_INS_A_MINUTE; i++) {
			if (i === SIGN_INS_A_MINUTE / 2) {
				const redis = createClient({ url: system.redisUrl });
				await redis.connect();
				await redis.flushDb();
				redis.destroy();
			}
			expect(await attempt(i % 2 === 0 ? first : second)).toBe(401);
		}
		expect(await attempt(first)).toBe(429);
		expect(await attempt(second)).toBe(429);
		await second.kill();
		await second.startAgain();
		expect(await attempt(second)).toBe(429); // a new process does not forget
	}
);

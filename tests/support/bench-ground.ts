// The ground that the bench measures on, for a test: the tests' PostgreSQL, and a Redis of its own.
import { inject } from 'vitest';
import { openGround, type Ground } from '../../launcher/ground.ts';

/** `name`: what is made begins with it. Sets the environment for as long as the ground is open. */
export async function openTestGround(name: string): Promise<Ground> {
	const given = { DATABASE_URL: process.env['DATABASE_URL'], REDIS_URL: process.env['REDIS_URL'] };
	process.env['DATABASE_URL'] = inject('databaseUrl');
	// The numbered databases of the tests' Redis are taken.
	delete process.env['REDIS_URL'];
	const ground = await openGround(name, () => {});
	return {
		...ground,
		async close() {
			await ground.close();
			for (const [key, value] of Object.entries(given))
				if (value === undefined) delete process.env[key];
				else process.env[key] = value;
		}
	};
}

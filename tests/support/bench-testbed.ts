// Opens the services of a measurement for a test: the PostgreSQL of the tests, and a separate Redis.
import { inject } from 'vitest';
import { openTestbed, type Testbed } from '../../launcher/testbed.ts';

/**
 * Opens scratch databases whose names begin with `name`. Changes DATABASE_URL and REDIS_URL of this process until the
 * services are closed.
 */
export async function openBenchTestbed(name: string): Promise<Testbed> {
	const given = { DATABASE_URL: process.env['DATABASE_URL'], REDIS_URL: process.env['REDIS_URL'] };
	process.env['DATABASE_URL'] = inject('databaseUrl');
	// The tests use all numbered databases of their Redis, so the measurement starts its own.
	delete process.env['REDIS_URL'];
	const testbed = await openTestbed(name, () => {});
	return {
		...testbed,
		async close() {
			await testbed.close();
			for (const [key, value] of Object.entries(given))
				if (value === undefined) delete process.env[key];
				else process.env[key] = value;
		}
	};
}

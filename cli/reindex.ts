// Implements the verb that fills the Redis index from the database.
import { reindex } from '#lib/server/evidence/reindex.ts';
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { loadConfig, settingsOf } from '#lib/server/process/config.ts';
import { withServices } from '../launcher/services.ts';
import { print, type Verb } from './verb.ts';

export const reindexVerb: Verb = {
	summary: 'Fills the Redis index from the database.',
	details: [
		'The workers do this by themselves when Redis has lost the index. With DATABASE_URL, set REDIS_URL too.'
	],
	example: 'reindex',
	run: (args) =>
		withServices(process.env, async ({ databaseUrl, redisUrl, authSecret }) => {
			await migrateDatabase(databaseUrl, console.error);
			const { openWorkerServices } = await import('#lib/server/services.ts');
			const config = loadConfig({
				...settingsOf(process.env),
				DATABASE_URL: databaseUrl,
				REDIS_URL: redisUrl,
				AUTH_SECRET: authSecret,
				LOG_LEVEL: 'warn'
			});
			await using services = await openWorkerServices(config);
			const count = await reindex(
				services.pool,
				services.index,
				(done) => args.json || process.stderr.write(`\r${done} Service Requests indexed`)
			);
			if (!args.json) process.stderr.write('\n');
			if (count === null)
				throw new Error(
					'A worker fills the index at this moment, or Redis was emptied meanwhile; try again later'
				);
			return print(args, { count }, `Filled the index with ${count} Service Requests.`);
		})
};

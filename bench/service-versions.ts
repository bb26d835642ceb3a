// Reads the versions of PostgreSQL and Redis that a run measures on.
import pg from 'pg';
import { createClient } from 'redis';

export async function serviceVersions({
	databaseUrl,
	redisUrl
}: {
	databaseUrl: string;
	redisUrl: string;
}): Promise<{ postgres: string; redis: string }> {
	const client = new pg.Client({ connectionString: databaseUrl });
	await client.connect();
	const { rows } = await client.query<{ server_version: string }>('show server_version');
	await client.end();
	const redis = createClient({ url: redisUrl });
	redis.on('error', () => {});
	await redis.connect();
	const info = await redis.info('server');
	redis.destroy();
	return {
		postgres: rows[0]!.server_version.split(' ')[0]!,
		redis: /(?:redis|valkey)_version:(\S+)/.exec(info)?.[1] ?? 'unknown'
	};
}

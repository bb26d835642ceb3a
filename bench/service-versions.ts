// Reads the versions of PostgreSQL and Redis that a run measures on.
import { createClient } from 'redis';
import { inSession } from '#lib/server/postgres/session.ts';

export async function serviceVersions({
	databaseUrl,
	redisUrl
}: {
	databaseUrl: string;
	redisUrl: string;
}): Promise<{ postgres: string; redis: string }> {
	const { rows } = await inSession(databaseUrl, (client) =>
		client.query<{ server_version: string }>('show server_version')
	);
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

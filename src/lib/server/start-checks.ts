// Checks what a process needs before it starts anything. A process that cannot start prints one line and ends.
import { databaseProblem } from './postgres/check.ts';
import { loadConfig, readEnvFile, type Config } from './process/config.ts';
import { listenProblem } from './process/listen.ts';
import { redisProblem } from './process/redis-check.ts';

/**
 * Reads the settings of the web or worker process, and checks its services. Ends the process if it cannot start. A child
 * of the launcher checks no services: the launcher has checked them, and restarts the child during an outage.
 */
export async function readyConfig({ listens }: { listens: boolean }): Promise<Config> {
	try {
		readEnvFile();
		const config = loadConfig();
		if (!process.connected)
			await requireServices({ ...config, listen: listens ? config : undefined, mustBeMigrated: true });
		return config;
	} catch (error) {
		return refuseStart(error as Error);
	}
}

/** Prints in one line why this process cannot start, and ends the process. */
export function refuseStart({ message }: Error): never {
	process.stderr.write(`causeway: ${message.split('\n')[0]}\n`);
	process.exit(1);
}

interface Needed {
	/** Where the process listens. `undefined`: it does not listen. */
	listen?: { host: string; port: number } | undefined;
	/** `undefined`: the database is not checked. */
	databaseUrl?: string | undefined;
	/** Absent: the caller migrates the database. */
	mustBeMigrated?: boolean;
	/** `undefined`: Redis is not checked. */
	redisUrl?: string | undefined;
}

/** Throws an error of one line, with the setting, the cause and the remedy, if a service cannot be used. */
export async function requireServices({
	listen,
	databaseUrl,
	mustBeMigrated = false,
	redisUrl
}: Needed): Promise<void> {
	const problem =
		(listen && (await listenProblem(listen.host, listen.port))) ||
		(databaseUrl && (await databaseProblem(databaseUrl, { mustBeMigrated }))) ||
		(redisUrl && (await redisProblem(redisUrl)));
	if (problem) throw new Error(problem);
}

// Starts, once for a test run, a private PostgreSQL with a migrated template database, and a private Redis. If DATABASE_URL
// or REDIS_URL is set, the tests use that server instead.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../launcher/postgres.ts';
import { startRedis } from '../../launcher/redis.ts';
import { endProcess } from '../../launcher/services.ts';
import { createSupervision } from '../../launcher/supervise.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';

declare module 'vitest' {
	interface ProvidedContext {
		databaseUrl: string;
		redisUrl: string;
	}
}

export const TEMPLATE = 'causeway_template';

interface Running {
	databaseUrl: string;
	redisUrl: string;
	stop(): Promise<void>;
}

let running: Promise<Running> | undefined;
let users = 0;

/** Several projects of one run call this function: the first call starts the services, the last teardown stops them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	users++;
	running ??= start();
	const { databaseUrl, redisUrl, stop } = await running;
	project.provide('databaseUrl', databaseUrl);
	project.provide('redisUrl', redisUrl);
	return async () => {
		if (--users === 0) await stop();
	};
}

async function start(): Promise<Running> {
	const home = mkdtempSync(join(tmpdir(), 'causeway-test-'));
	const supervision = createSupervision({
		home,
		say: (line) => process.stderr.write(`${line}\n`),
		giveUp: endProcess
	});
	const stop = async (): Promise<void> => {
		await supervision.stop();
		rmSync(home, { recursive: true, force: true });
	};
	try {
		const databaseUrl =
			process.env['DATABASE_URL'] || (await startPostgres(join(home, 'postgres'), supervision));
		const redisUrl = process.env['REDIS_URL'] || (await startRedis(join(home, 'redis'), supervision));
		const admin = new pg.Client({ connectionString: databaseUrl });
		await admin.connect();
		await admin.query(`drop database if exists ${TEMPLATE}`);
		await admin.query(`create database ${TEMPLATE}`);
		await admin.end();
		await migrate(withDatabase(databaseUrl, TEMPLATE));
		return { databaseUrl, redisUrl, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

export function withDatabase(url: string, name: string): string {
	const changed = new URL(url);
	changed.pathname = `/${name}`;
	return changed.href;
}

// The settings: environment variables, read and checked once at start. Nothing else reads the environment.
import { resolve } from 'node:path';
import { z } from 'zod';

const PROJECT = resolve(import.meta.dirname, '../../../..');

const Config = z
	.object({
		DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
		REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }),
		/** The folder of this instance; a relative one stands in the project. */
		CAUSEWAY_HOME: z.string().default('.causeway'),
		HOST: z.string().default('127.0.0.1'),
		PORT: z.coerce.number().int().min(0).max(65535).default(3000),
		/** The address that browsers use; needed behind a proxy. */
		ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
		AUTH_SECRET: z.string().min(32, 'must have at least 32 characters: openssl rand -hex 32'),
		/** How long the Redis index remembers a Service Request. */
		INDEX_WINDOW_HOURS: z.coerce.number().int().min(1).max(720).default(72),
		/** Whole weeks older than this are dropped; the Service Audit Trail guarantees three months. */
		RETENTION_DAYS: z.coerce.number().int().min(100).default(400),
		/** How often learned evidence is weighed anew. */
		LEARN_EVERY_SECONDS: z.coerce.number().min(0.1).max(86_400).default(60),
		/** How long concurrent arrivals wait for each other to share a commit. */
		INGEST_LINGER_MS: z.coerce.number().int().min(0).max(1000).default(4),
		/** More than so many Alerts (or Service Requests) that wait to be worked on, and new ones are asked to come back. */
		BACKLOG_RECORDS: z.coerce.number().int().min(1000).default(100_000),
		/** User Roles (OU, RSA, ...) of which Suppliers see only the role, not which User it was. */
		ROLE_ONLY: z
			.string()
			.default('')
			.transform((roles) =>
				roles
					.split(',')
					.map((role) => role.trim())
					.filter(Boolean)
			),
		LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info')
	})
	.transform((env) => ({
		databaseUrl: env.DATABASE_URL,
		redisUrl: env.REDIS_URL,
		home: resolve(PROJECT, env.CAUSEWAY_HOME),
		host: env.HOST,
		port: env.PORT,
		origin: (env.ORIGIN ?? `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ''),
		authSecret: env.AUTH_SECRET,
		indexWindowMs: env.INDEX_WINDOW_HOURS * 3_600_000,
		retentionDays: env.RETENTION_DAYS,
		learnEveryMs: env.LEARN_EVERY_SECONDS * 1000,
		ingestLingerMs: env.INGEST_LINGER_MS,
		backlogRecords: env.BACKLOG_RECORDS,
		roleOnly: new Set(env.ROLE_ONLY) as ReadonlySet<string>,
		logLevel: env.LOG_LEVEL
	}));

export type Config = z.infer<typeof Config>;

/** Reads the settings; throws one error that names every bad variable. */
export function loadConfig(env: Record<string, string | undefined> = process.env): Config {
	const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
	const read = Config.safeParse(given);
	if (read.success) return read.data;
	const lines = read.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
	throw new Error(`The settings do not fit (.env.example lists them all):\n${lines.join('\n')}`);
}

/** Kit's handler takes the origin from the environment and from nowhere else: without it, it refuses its own forms. */
export function tellKitOrigin({ origin }: Config): void {
	process.env['ORIGIN'] = origin;
}

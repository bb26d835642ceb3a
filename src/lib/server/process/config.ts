// Reads the settings (environment variables) and checks them once at start. No other file of the server reads
// environment variables.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { fieldErrors } from '#lib/domain/field-errors.ts';
import { CLIENT_ADDRESS_HEADER, trustOf } from './client-address.ts';
import { MAIL_SENDER_RULE, MAIL_SERVER_RULE, parseMailSender, parseMailServer } from './mail-server.ts';
import { completeSettings, type Env } from './setting-files.ts';
import { parseTargets } from './targets.ts';

/** The path of the project's folder. */
const PROJECT = resolve(import.meta.dirname, '../../../..');
const SECRET_RULE = 'must have at least 32 characters; make one with: openssl rand -hex 32';
const TOKEN_RULE = 'must have at least 16 characters; make one with: openssl rand -hex 32';
const PLACEHOLDER_RULE = 'is a placeholder that everybody knows; make one with: openssl rand -hex 32';
/** A random secret of 32 characters has more different characters than this, even one of hexadecimal digits. */
const MOST_OF_A_PLACEHOLDER = 7;

/** Returns whether a secret is a text of an example, or repeats a few characters. */
const isPlaceholder = (secret: string): boolean =>
	/replace.?this|change.?me/i.test(secret) || new Set(secret).size <= MOST_OF_A_PLACEHOLDER;

const wholeNumber = (least: number, most: number = Number.MAX_SAFE_INTEGER) => {
	const rule =
		most === Number.MAX_SAFE_INTEGER
			? `must be a whole number, at least ${least}`
			: `must be a whole number from ${least} to ${most}`;
	return z.coerce.number(rule).int(rule).min(least, rule).max(most, rule);
};
const PROXIES_RULE = 'must be addresses or CIDR blocks, separated by commas, such as 127.0.0.1 or 10.0.0.0/8';
const TARGETS_RULE =
	'must be host names, addresses or CIDR blocks, separated by commas, such as alerts.example.com or 10.0.0.0/8';
const LEARN_RULE = 'must be a number from 0.1 to 86400';

/** Reads a list that is separated by commas. */
function listOf(text: string): string[] {
	return text
		.split(',')
		.map((item) => item.trim())
		.filter(Boolean);
}

function areAddresses(list: readonly string[]): boolean {
	try {
		trustOf(list);
		return true;
	} catch {
		return false;
	}
}

/**
 * The schema of all settings, each with its check, default and description. `npm run docs:reference` writes
 * docs/reference/settings.md and .env.example from this schema. `examples` holds the value that .env.example shows for
 * a setting without a default.
 */
export const Settings = z.object({
	DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }).meta({
		description:
			'The PostgreSQL database that stores everything, version 15 or newer. The user in the URL must be allowed to create tables and roles. The processes then act as three roles that are neither owner nor superuser. Set it to use your own PostgreSQL instead of the embedded one.',
		examples: ['postgres://causeway:causeway@127.0.0.1:5432/causeway']
	}),
	REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// URL' }).meta({
		description:
			'The Redis for the index, the job queues and the live updates. It must be Redis 7 or newer, or Valkey, with maxmemory-policy noeviction. Causeway restores its contents from PostgreSQL if they are lost. Set it to use your own Redis instead of the private one.',
		examples: ['redis://127.0.0.1:6379']
	}),
	DATABASE_PASSWORD: z.string().optional().meta({
		description:
			'The password for DATABASE_URL, if the URL has none. Here every character stands for itself. In a URL, characters such as `@`, `/` and `%` must be encoded.'
	}),
	REDIS_PASSWORD: z.string().optional().meta({
		description: 'The password for REDIS_URL, if the URL has none. Every character stands for itself.'
	}),
	AUTH_SECRET: z
		.string(SECRET_RULE)
		.min(32, SECRET_RULE)
		.refine((secret) => !isPlaceholder(secret), PLACEHOLDER_RULE)
		.meta({
			description:
				'The secret for the sessions of signed-in people, and for the stored secrets of on-call channels: at least 32 random characters, for example from `openssl rand -hex 32`. If it is not set, `npm start` makes one and stores it in the folder CAUSEWAY_HOME. If it changes, people sign in again, and the secrets of channels must be entered again.',
			examples: ['replace-this-with-the-output-of-openssl-rand']
		}),
	HOST: z
		.string()
		.default('127.0.0.1')
		.meta({ description: 'The address on which the web process listens.' }),
	PORT: wholeNumber(0, 65535)
		.default(3000)
		.meta({ description: 'The port on which the web process listens.' }),
	ORIGIN: z
		.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
		.optional()
		.meta({
			description:
				'The address of the console in a browser. Set it if Causeway runs behind a proxy. Without it, the address is `http://HOST:PORT`. The server refuses sockets, and calls that change something, from pages of any other address.',
			examples: ['https://causeway.example']
		}),
	TRUSTED_PROXIES: z
		.string()
		.default('')
		.transform(listOf)
		.refine(areAddresses, PROXIES_RULE)
		.meta({
			description:
				'The addresses of your proxies, or their CIDR blocks, separated by commas. Causeway reads the address of a client from `X-Forwarded-For` only on calls from these addresses, and counts sign-in attempts by it. Without it, all people behind a proxy share one limit of sign-ins.',
			examples: ['127.0.0.1,10.0.0.0/8']
		}),
	CAUSEWAY_HOME: z.string().default('.causeway').meta({
		description:
			'The folder for the data, logs and secrets of the embedded services, and for the last accuracy report. A relative path starts at the folder of the project. Two instances on one machine need two folders and two ports.'
	}),
	HEARTBEAT_FILE: z
		.string()
		.optional()
		.meta({
			description:
				'The file that the worker process touches every 5 seconds while PostgreSQL, Redis and all its queues answer. `node workers/health.ts` fails if the file is older than 30 seconds. The image sets it. Two workers on one machine need two files.',
			examples: ['/tmp/causeway-worker']
		}),
	INDEX_WINDOW_HOURS: wholeNumber(1, 720).default(72).meta({
		description:
			'The number of hours that the Redis index holds a Service Request. If a cause reaches further back, the workers read the older Service Requests from PostgreSQL.'
	}),
	RETENTION_DAYS: wholeNumber(100).default(400).meta({
		description:
			'The number of days that records are stored. Causeway deletes whole weeks that are older. The Service Audit Trail itself guarantees three months.'
	}),
	LEARN_EVERY_SECONDS: z.coerce
		.number(LEARN_RULE)
		.min(0.1, LEARN_RULE)
		.max(86_400, LEARN_RULE)
		.default(60)
		.meta({
			description:
				'The number of seconds between two computations of the learned evidence. Learned evidence says which Service Requests precede which Alerts more often than by chance.'
		}),
	INGEST_LINGER_MS: wholeNumber(0, 1000).default(4).meta({
		description:
			'The number of milliseconds that a record waits for other records, to share one database transaction with them.'
	}),
	BACKLOG_RECORDS: wholeNumber(1000).default(100_000).meta({
		description:
			'The number of stored Alerts, or of stored Service Requests, that may wait for processing. While more are waiting, new ones are answered 503 with Retry-After. The waiting records are safe, but nobody is served by an hour of delay. The default is about 90 seconds of the national load.'
	}),
	FEED_SILENT_MINUTES: wholeNumber(1).default(15).meta({
		description:
			'The number of minutes after which the console warns of a source of audit data that does not report or is behind, and of a feed of Service Requests or Alerts that has stopped. A feed with longer pauses has more time: twice its longest recent pause.'
	}),
	ROLE_ONLY: z
		.string()
		.default('')
		.transform(listOf)
		.meta({
			description:
				'User Roles, separated by commas. Of a User in one of these roles, a Supplier sees only the role, not the name or id. A Supplier always sees its own Service Requests in full.',
			examples: ['OU,RSA']
		}),
	ON_CALL_TARGETS: z
		.string()
		.default('')
		.transform((text, context) => {
			const targets = parseTargets(listOf(text));
			if (!targets) context.addIssue({ code: 'custom', message: TARGETS_RULE });
			return targets ?? z.NEVER;
		})
		.meta({
			description:
				'The receivers to which on-call channels may connect: host names, `*.example.com`, addresses or CIDR blocks, separated by commas. Set it if the installation serves several Suppliers, whose engineers enter receivers themselves. Without it, a channel may connect to any address. Link-local addresses are always refused.',
			examples: ['events.pagerduty.com,*.example.com,10.20.0.0/16']
		}),
	MAIL_SERVER: z
		.string()
		.optional()
		.transform((text, context) => {
			const server = text === undefined ? null : parseMailServer(text);
			if (text !== undefined && !server) context.addIssue({ code: 'custom', message: MAIL_SERVER_RULE });
			return server;
		})
		.meta({
			description:
				'The mail server for the pages of on-call channels that name no server of their own: smtp:// (port 587, STARTTLS) or smtps:// (port 465). STARTTLS is required except on this machine itself. `?tls=optional` allows mails without it.',
			examples: ['smtp://causeway@mail.example:587']
		}),
	MAIL_PASSWORD: z.string().optional().meta({
		description: 'The password for MAIL_SERVER, if the URL has none. Every character stands for itself.'
	}),
	MAIL_FROM: z
		.string()
		.optional()
		.transform((text, context) => {
			const sender = text === undefined ? null : parseMailSender(text);
			if (text !== undefined && !sender) context.addIssue({ code: 'custom', message: MAIL_SENDER_RULE });
			return sender;
		})
		.meta({
			description: 'The sender of the mails of on-call channels that name no sender of their own.',
			examples: ['Causeway <causeway@example.com>']
		}),
	METRICS_PORT: wholeNumber(0, 65535).default(0).meta({
		description:
			'The port on which a worker serves its metrics, at the address HOST. With 0, the system chooses a free port, and the worker writes it into the folder `metrics-targets` of CAUSEWAY_HOME for Prometheus. The web process serves its metrics on PORT.'
	}),
	METRICS_TOKEN: z
		.string(TOKEN_RULE)
		.min(16, TOKEN_RULE)
		.optional()
		.meta({
			description:
				'The token for reading the metrics, sent as `Authorization: Bearer TOKEN`. With a token, any address may read them. Without it, only callers on the same machine may, and never through a proxy.',
			examples: ['replace-this-with-the-output-of-openssl-rand']
		}),
	LOG_LEVEL: z
		.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
		.default('info')
		.meta({ description: 'The least severe level of log entries that the processes write.' })
});

/**
 * Reads the file `.env` of the project, or the file that ENV_FILE names, into the environment. A variable that the
 * environment has already, even an empty one, keeps its value. Throws an error of one line.
 */
export function readEnvFile(): void {
	const named = process.env['ENV_FILE'];
	const path = resolve(PROJECT, named || '.env');
	if (!named && !existsSync(path)) return;
	try {
		process.loadEnvFile(path);
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		throw new Error(
			`ENV_FILE: ${named || '.env'} cannot be read (${code}). Correct the path, or let this user read the file`,
			{ cause: error }
		);
	}
}

const Config = Settings.transform((env) => ({
	databaseUrl: env.DATABASE_URL,
	redisUrl: env.REDIS_URL,
	home: resolve(PROJECT, env.CAUSEWAY_HOME),
	heartbeatFile: env.HEARTBEAT_FILE,
	host: env.HOST,
	port: env.PORT,
	origin: (env.ORIGIN ?? `http://${env.HOST}:${env.PORT}`).replace(/\/$/, ''),
	trustedProxies: env.TRUSTED_PROXIES,
	authSecret: env.AUTH_SECRET,
	indexWindowMs: env.INDEX_WINDOW_HOURS * 3_600_000,
	retentionDays: env.RETENTION_DAYS,
	learnEveryMs: env.LEARN_EVERY_SECONDS * 1000,
	ingestLingerMs: env.INGEST_LINGER_MS,
	backlogRecords: env.BACKLOG_RECORDS,
	feedSilentSeconds: env.FEED_SILENT_MINUTES * 60,
	roleOnly: new Set(env.ROLE_ONLY) as ReadonlySet<string>,
	onCallTargets: env.ON_CALL_TARGETS,
	mail: { server: env.MAIL_SERVER, from: env.MAIL_FROM },
	metricsPort: env.METRICS_PORT,
	metricsToken: env.METRICS_TOKEN,
	logLevel: env.LOG_LEVEL
}));

export type Config = z.infer<typeof Config>;

/** Reads the settings. Throws one error that names every wrong or missing setting. An empty value counts as not set. */
export function loadConfig(given: Env = process.env): Config {
	const env = settingsOf(given);
	const read = Config.safeParse(env);
	if (read.success) return read.data;
	throw wrongSettings(fieldErrors(read.error, env).map(({ path, message }) => `${path}: ${message}`));
}

/**
 * Returns the environment with the values of all `NAME_FILE` variables, and with the passwords in their URLs. Pass the
 * result to a child process as its whole environment. Throws one error that names every wrong variable.
 */
export function settingsOf(given: Env): Record<string, string> {
	const { env, problems } = completeSettings(given, Object.keys(Settings.shape));
	if (problems.length > 0) throw wrongSettings(problems);
	return env;
}

const wrongSettings = (problems: readonly string[]): Error =>
	new Error(`${[...new Set(problems)].join('; ')}. docs/reference/settings.md describes every setting`);

/**
 * Puts two settings into the environment for SvelteKit. Without the origin of the console, SvelteKit refuses the forms
 * of Causeway's own pages. The header holds the address of the client (client-address.ts).
 */
export function passToSvelteKit({ origin }: Config): void {
	process.env['ORIGIN'] = origin;
	process.env['ADDRESS_HEADER'] = CLIENT_ADDRESS_HEADER;
}

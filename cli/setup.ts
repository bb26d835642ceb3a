// Implements the verbs that set up an installation: schema, Suppliers, people, keys, index.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SCOPES, rolesOf, type MemberRole, type Scope } from '#lib/domain/access.ts';
import { SupplierSlug } from '#lib/domain/device.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { firstFieldError } from '#lib/domain/field-errors.ts';
import { addApiKey, addSupplier, supplierIdOf } from '#lib/server/access/administration.ts';
import { createAuth } from '#lib/server/access/auth.ts';
import { reindex } from '#lib/server/evidence/reindex.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { loadConfig, settingsOf } from '#lib/server/process/config.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { withServices, type Services } from '../launcher/services.ts';
import type { Arguments } from './arguments.ts';

/** Migrates the database, then runs `work` with the database and the services. */
function onDatabase<T>(work: (pool: pg.Pool, services: Omit<Services, 'stop'>) => Promise<T>): Promise<T> {
	return withServices(process.env, async (services) => {
		await migrate(services.databaseUrl);
		const pool = new pg.Pool({ connectionString: services.databaseUrl, max: 2 });
		try {
			return await work(pool, services);
		} finally {
			await pool.end();
		}
	});
}

const print = (json: boolean, value: Record<string, unknown>, text: string): number => {
	console.log(json ? JSON.stringify(value) : text);
	return 0;
};

function required({ options }: Arguments, name: string): string {
	const value = options[name];
	if (!value) throw new Error(`--${name} is missing. Run \`npm run causeway -- --help\` for the usage.`);
	return value;
}

export const migrateVerb = ({ json }: Arguments): Promise<number> =>
	withServices(process.env, async ({ databaseUrl }) => {
		const applied = await migrate(databaseUrl);
		return print(
			json,
			{ applied },
			applied.length > 0
				? `Applied ${applied.join(', ')}.`
				: 'The database already has the newest schema. Nothing to do.'
		);
	});

export async function addSupplierVerb(args: Arguments): Promise<number> {
	const slug = SupplierSlug.safeParse(args.words[0]);
	if (!slug.success) throw new Error(`SLUG: ${firstFieldError(slug.error, args.words[0])}`);
	const userIds = (args.options['user-ids'] ?? '')
		.split(',')
		.filter(Boolean)
		.map((text) => {
			const eui = Eui64.safeParse(text);
			if (!eui.success) throw new Error(`--user-ids: "${text}" ${firstFieldError(eui.error, text)}`);
			return eui.data;
		});
	const name = args.options['name'] ?? slug.data;
	await onDatabase(async (pool) => {
		const client = await pool.connect();
		try {
			return await addSupplier(client, { slug: slug.data, name, userIds });
		} finally {
			client.release();
		}
	});
	return print(
		args.json,
		{ supplier: slug.data, name, userIds },
		userIds.length > 0
			? `Saved Supplier ${slug.data} (${name}) with the User IDs ${userIds.join(', ')}.`
			: `Saved Supplier ${slug.data} (${name}) without a new User ID.`
	);
}

export async function addPerson(args: Arguments): Promise<number> {
	const email = required(args, 'email');
	const supplier = required(args, 'supplier');
	const role = (args.options['role'] ?? 'controller') as MemberRole;
	const roles = rolesOf(supplier === '*' ? null : 0);
	if (!roles.includes(role))
		throw new Error(
			`--role must be one of ${roles.join(', ')} for ${supplier === '*' ? 'the installation' : 'a Supplier'}.`
		);
	if (!/^\S+@\S+\.\S+$/.test(email)) throw new Error('--email must be an e-mail address.');
	const given = args.options['password'];
	if (given !== undefined && given.length < 10)
		throw new Error('--password must have at least 10 characters.');
	const password = given ?? randomBytes(12).toString('base64url');
	const isNew = await onDatabase(async (pool, { authSecret }) => {
		const client = await pool.connect();
		const known = supplier === '*' ? null : supplierIdOf(client, supplier);
		const supplierId = await Promise.resolve(known).finally(() => client.release());
		return createAuth({ pool, config: { authSecret, origin: 'http://127.0.0.1' } }).addUser({
			email,
			name: args.options['name'] ?? email,
			password,
			supplierId,
			role
		});
	});
	if (!isNew) throw new Error(`${email} is known already; nothing was changed.`);
	const text = `${email} can sign in for ${supplier === '*' ? 'the installation' : supplier} as ${role}`;
	return print(
		args.json,
		{ email, supplier, role, new: isNew, ...(given ? {} : { password }) },
		given ? `${text}.` : `${text}, password ${password}`
	);
}

export async function addKey(args: Arguments): Promise<number> {
	const supplier = required(args, 'supplier');
	const scopes = required(args, 'scopes').split(',') as Scope[];
	const unknown = scopes.filter((scope) => !SCOPES.includes(scope));
	if (unknown.length > 0)
		throw new Error(`--scopes: "${unknown.join(', ')}" is unknown. The scopes are ${SCOPES.join(', ')}.`);
	const key = await onDatabase(async (pool) => {
		const client = await pool.connect();
		try {
			return await addApiKey(client, supplier === '*' ? null : await supplierIdOf(client, supplier), scopes);
		} finally {
			client.release();
		}
	});
	return print(args.json, { key }, `${key}\nStore this key in a safe place: it is not shown again.`);
}

export const reindexVerb = ({ json }: Arguments): Promise<number> =>
	onDatabase(async (_pool, { databaseUrl, redisUrl, authSecret }) => {
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
			(done) => json || process.stderr.write(`\r${done} Service Requests indexed`)
		);
		if (!json) process.stderr.write('\n');
		if (count === null)
			throw new Error(
				'a worker fills the index at this moment, or Redis was emptied meanwhile; try again later'
			);
		return print(json, { count }, `Filled the index with ${count} Service Requests.`);
	});

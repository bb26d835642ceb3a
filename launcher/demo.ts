// Prepares the demo before its feed starts: adds two Suppliers, a controller and the people on call of each, two
// people of the installation, and the API keys of the demo process.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import type { InstallationRole, Scope, SupplierRole } from '#lib/domain/access.ts';
import { addApiKey, addSupplier } from '#lib/server/access/administration.ts';
import { createAuth, type Auth } from '#lib/server/access/auth.ts';
import { createApiKey } from '#lib/server/access/manage-keys.ts';
import { setRole } from '#lib/server/access/people.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import type { Services } from './services.ts';

const SUPPLIERS = [
	{
		slug: 'brightwell',
		name: 'Brightwell Energy',
		userIds: ['90-B3-D5-1F-30-01-00-01'],
		email: 'controller@brightwell.example'
	},
	{
		slug: 'halden',
		name: 'Halden Gas',
		userIds: ['90-B3-D5-1F-30-01-00-02'],
		email: 'controller@halden.example'
	}
];
/** The people of each Supplier who get pages, and the lead who sets on call up. */
const ON_CALL: ReadonlyArray<{
	slug: string;
	email: string;
	name: string;
	role: SupplierRole;
	isPrinted: boolean;
}> = [
	{
		slug: 'brightwell',
		email: 'lead@brightwell.example',
		name: 'Lead',
		role: 'lead',
		isPrinted: true
	},
	{ slug: 'brightwell', email: 'alex@brightwell.example', name: 'Alex', role: 'on-call', isPrinted: true },
	{ slug: 'brightwell', email: 'sam@brightwell.example', name: 'Sam', role: 'on-call', isPrinted: false },
	{
		slug: 'halden',
		email: 'lead@halden.example',
		name: 'Lead',
		role: 'lead',
		isPrinted: true
	},
	{ slug: 'halden', email: 'robin@halden.example', name: 'Robin', role: 'on-call', isPrinted: false },
	{ slug: 'halden', email: 'noor@halden.example', name: 'Noor', role: 'on-call', isPrinted: false }
];
/** The people of the installation. One proposes a cause table, and the other activates it. */
const INSTALLATION: ReadonlyArray<{ email: string; name: string; role: InstallationRole }> = [
	{ email: 'admin@causeway.example', name: 'Administrator', role: 'admin' },
	{ email: 'rules@causeway.example', name: 'Rules editor', role: 'engineer' }
];
/**
 * The password of the demo's people. On an instance with real data, `npm run causeway -- user add` adds the
 * people.
 */
const PASSWORD = 'causeway-demo';

/**
 * Prepares the demo, and may run at every start. Returns the lines that say how to sign in, the API key of the
 * feed, the key with which the demo sets on call up for Brightwell and answers pages as Alex, the key with which it sets
 * on call up for Halden, the key with which it decides Alerts as Kim, and the keys with which the lead and an engineer of Brightwell make standing decisions.
 */
export async function prepareDemo(
	{ databaseUrl, authSecret }: Pick<Services, 'databaseUrl' | 'authSecret'>,
	home: string
): Promise<{
	signIns: string[];
	key: string;
	onCallKey: string;
	haldenOnCallKey: string;
	kimKey: string;
	leadKey: string;
	engineerKey: string;
}> {
	const pool = openOwnerPool(databaseUrl, 2);
	const client = await pool.connect();
	try {
		const auth = createAuth({ pool, config: { authSecret, origin: 'http://127.0.0.1' } });
		const signIns: string[] = [];
		const suppliers = new Map<string, { id: number; name: string }>();
		for (const { email, ...supplier } of SUPPLIERS) {
			const supplierId = await addSupplier(client, supplier);
			await ensureController(auth, client, { email, name: 'Controller', supplierId });
			signIns.push(`sign in as ${email}, password ${PASSWORD} (${supplier.name})`);
			suppliers.set(supplier.slug, { id: supplierId, name: supplier.name });
		}
		for (const { slug, isPrinted, ...person } of ON_CALL) {
			const { id, name } = suppliers.get(slug)!;
			await auth.addUser({ ...person, password: PASSWORD, supplierId: id });
			if (isPrinted)
				signIns.push(`sign in as ${person.email}, password ${PASSWORD} (${name}, ${person.role})`);
		}
		for (const person of INSTALLATION) {
			await auth.addUser({ ...person, password: PASSWORD, supplierId: null });
			signIns.push(`sign in as ${person.email}, password ${PASSWORD} (the installation, ${person.role})`);
		}
		const supplierKey = (
			slug: string,
			file: string,
			given: { scopes: Scope[]; name: string }
		): Promise<string> =>
			keptKey(
				join(home, file),
				async () =>
					(await createApiKey(client, { supplierId: suppliers.get(slug)!.id, ...given, expiresAt: null })).key
			);
		return {
			signIns,
			key: await keptKey(join(home, 'demo-key'), () => addApiKey(client, null, ['ingest'])),
			onCallKey: await supplierKey('brightwell', 'demo-on-call-key', {
				scopes: ['read', 'decide', 'manage'],
				name: 'Alex (demo)'
			}),
			haldenOnCallKey: await supplierKey('halden', 'demo-halden-on-call-key', {
				scopes: ['read', 'manage'],
				name: 'Set-up (demo)'
			}),
			kimKey: await supplierKey('brightwell', 'demo-kim-key', {
				scopes: ['read', 'decide'],
				name: 'Kim (demo)'
			}),
			leadKey: await supplierKey('brightwell', 'demo-lead-key', {
				scopes: ['read', 'manage'],
				name: 'Lead (demo)'
			}),
			engineerKey: await supplierKey('brightwell', 'demo-engineer-key', {
				scopes: ['read', 'manage'],
				name: 'Engineer (demo)'
			})
		};
	} finally {
		client.release();
		await pool.end();
	}
}

/** Returns the key of the file. Makes the key if there is no file. */
async function keptKey(file: string, make: () => Promise<string>): Promise<string> {
	if (!existsSync(file)) writeFileSync(file, await make(), { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}

/** Adds a controller of the demo. A known controller keeps the password, and works for the Supplier of the demo again. */
async function ensureController(
	auth: Auth,
	client: pg.ClientBase,
	person: { email: string; name: string; supplierId: number }
): Promise<void> {
	if (await auth.addUser({ ...person, password: PASSWORD, role: 'controller' })) return;
	await setRole(client, person.email, { role: 'controller', supplierId: person.supplierId });
}

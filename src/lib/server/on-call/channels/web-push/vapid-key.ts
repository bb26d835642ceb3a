// Makes and keeps the key pair with which this installation signs its pushes (VAPID, RFC 8292). The browsers bind their
// subscriptions to the public key, so that nobody else can send them pushes.
import { createHash, hkdfSync } from 'node:crypto';
import type pg from 'pg';
import webPush from 'web-push';
import { createSeal } from '#lib/server/access/seal.ts';
import { query } from '#lib/server/postgres/statement.ts';

export interface VapidKey {
	publicKey: string;
	privateKey: string;
}

const READ = query<{ name: string }>('select public, sealed from installation_key where name = :name');
const MAKE = query<{ name: string; public: string; sealed: Buffer }>(
	'insert into installation_key (name, public, sealed) values (:name, :public, :sealed) on conflict (name) do nothing'
);

/** Returns a function that reads the pair, and makes it at the first call of the installation. */
export function createVapidKey({ pool, authSecret }: { pool: pg.Pool; authSecret: string }) {
	const seal = createSeal(authSecret);
	const name = nameOf(authSecret);
	let known: Promise<VapidKey> | undefined;

	async function read(): Promise<VapidKey | null> {
		const { rows } = await pool.query<{ public: string; sealed: Buffer }>(READ({ name }));
		const privateKey = rows[0] && seal.open(rows[0].sealed, `installation_key/${name}`);
		return privateKey ? { publicKey: rows[0]!.public, privateKey } : null;
	}
	async function readOrMake(): Promise<VapidKey> {
		const found = await read();
		if (found) return found;
		const made = webPush.generateVAPIDKeys();
		const sealed = seal.seal(made.privateKey, `installation_key/${name}`);
		await pool.query(MAKE({ name, public: made.publicKey, sealed }));
		// Another process may have been first, and then its pair counts.
		return (await read())!;
	}
	return (): Promise<VapidKey> => {
		known ??= readOrMake().catch((error: Error) => {
			known = undefined;
			throw error;
		});
		return known;
	};
}

/** A changed AUTH_SECRET opens no earlier pair. The name depends on it, so that the installation then makes another. */
function nameOf(authSecret: string): string {
	const derived = Buffer.from(hkdfSync('sha256', authSecret, '', 'causeway: name of the push key', 16));
	return `vapid-${createHash('sha256').update(derived).digest('hex').slice(0, 12)}`;
}

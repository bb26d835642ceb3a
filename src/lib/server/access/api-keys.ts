// Makes and checks API keys. A key is 256 random bits and is shown only once. The database stores the SHA-256 of the
// key, its scopes and a hint. The hint is the first eight characters of the key.
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';

export interface KeyHolder {
	keyId: number;
	/** The Supplier of the key; `null`: the key belongs to the whole installation. */
	supplierId: number | null;
	scopes: readonly string[];
}

/** Makes an API key. `key` is shown only once. `hash` and `hint` are stored. */
export function mintKey(): { key: string; hash: Buffer; hint: string } {
	const key = `cwk_${randomBytes(32).toString('base64url')}`;
	return { key, hash: hashOf(key), hint: key.slice(0, 8) };
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
/** The time for which the holder of a key is cached, in ms. A revoked key is refused after this time at the latest. */
const CACHE_MS = 5000;
const MAX_CACHED_KEYS = 10_000;

export type ApiKeys = ReturnType<typeof createApiKeys>;

export function createApiKeys(pool: pg.Pool) {
	// The holders of keys, cached for a short time, because integrators call many times a second with the same key.
	const cache = new Map<string, { holder: Promise<KeyHolder | null>; until: number }>();

	async function find(hash: Buffer): Promise<KeyHolder | null> {
		const { rows } = await pool.query<{ id: number; supplier_id: number | null; scopes: string[] }>({
			name: 'holder-of-key',
			text: 'update api_key set last_used_at = now() where hash = $1 and revoked_at is null returning id, supplier_id, scopes',
			values: [hash]
		});
		const [row] = rows;
		return row ? { keyId: row.id, supplierId: row.supplier_id, scopes: row.scopes } : null;
	}

	return {
		/**
		 * Asks the database which of these keys may still read. Returns the valid keys with their Suppliers; `null`:
		 * the key belongs to the whole installation.
		 */
		async stillValid(ids: readonly number[]): Promise<Map<number, number | null>> {
			if (ids.length === 0) return new Map();
			const { rows } = await pool.query<{ id: number; supplier_id: number | null }>({
				name: 'valid-keys',
				text: `select id, supplier_id from api_key where id = any($1) and revoked_at is null and 'read' = any(scopes)`,
				values: [ids]
			});
			return new Map(rows.map((row) => [row.id, row.supplier_id]));
		},

		/** Returns the holder of an API key; `null`: the key is unknown or revoked. */
		holderOf(key: string): Promise<KeyHolder | null> {
			const hash = hashOf(key);
			const name = hash.toString('latin1');
			const cached = cache.get(name);
			if (cached && cached.until > Date.now()) return cached.holder;
			// The cache holds the promise, so that concurrent calls share one query. A failed query is not cached.
			const holder = find(hash);
			holder.catch(() => cache.delete(name));
			if (cache.size > MAX_CACHED_KEYS) cache.clear();
			cache.set(name, { holder, until: Date.now() + CACHE_MS });
			return holder;
		}
	};
}

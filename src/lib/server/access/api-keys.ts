// Makes and checks API keys. A key is 256 random bits and is shown only once. The database stores the SHA-256 of the
// key, its scopes and a hint. The hint is the first eight characters of the key.
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';

export interface KeyHolder {
	keyId: number;
	/** The name of the key, or "key 7" if the key has no name. */
	name: string;
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

/** The condition under which a key works: the key has not ended, and its Supplier is not disabled. */
const WORKS = `k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
	and not exists (select from supplier s where s.id = k.supplier_id and s.disabled_at is not null)`;

const HOLDER = statement(
	'holder-of-key',
	`update api_key k set last_used_at = now() where k.hash = :hash and ${WORKS}
	 returning k.id, k.supplier_id, k.scopes, k.name, k.expires_at`
);
const VALID = statement(
	'valid-keys',
	`select k.id, k.supplier_id from api_key k where k.id = any(:ids) and 'read' = any(k.scopes) and ${WORKS}`
);
const REFUSED = statement(
	'refused-key',
	`select k.id, k.name, k.revoked_at, k.expires_at, s.disabled_at
	 from api_key k left join supplier s on s.id = k.supplier_id where k.hash = :hash`
);

export type ApiKeys = ReturnType<typeof createApiKeys>;

export function createApiKeys(pool: pg.Pool) {
	// The holders of keys, cached for a short time, because integrators call many times a second with the same key.
	const cache = new Map<string, { holder: Promise<KeyHolder | null>; until: number }>();

	async function find(hash: Buffer): Promise<{ holder: KeyHolder; expiresAt: Date | null } | null> {
		const { rows } = await pool.query<{
			id: number;
			supplier_id: number | null;
			scopes: string[];
			name: string | null;
			expires_at: Date | null;
		}>(HOLDER({ hash }));
		const [row] = rows;
		if (!row) return null;
		const { id: keyId, supplier_id: supplierId, scopes, name, expires_at: expiresAt } = row;
		return { holder: { keyId, supplierId, scopes, name: nameOf(keyId, name) }, expiresAt };
	}

	return {
		/**
		 * Asks the database which of these keys may still read. Returns the valid keys with their Suppliers; `null`:
		 * the key belongs to the whole installation.
		 */
		async stillValid(ids: readonly number[]): Promise<Map<number, number | null>> {
			if (ids.length === 0) return new Map();
			const { rows } = await pool.query<{ id: number; supplier_id: number | null }>(VALID({ ids }));
			return new Map(rows.map((row) => [row.id, row.supplier_id]));
		},

		/** Returns the holder of an API key; `null`: the key is unknown, has ended, or its Supplier is disabled. */
		holderOf(key: string): Promise<KeyHolder | null> {
			const hash = hashOf(key);
			const name = hash.toString('latin1');
			const cached = cache.get(name);
			if (cached && cached.until > Date.now()) return cached.holder;
			const until = Date.now() + CACHE_MS;
			// The cache holds the promise, so that concurrent calls share one query. A failed query is not cached.
			const entry = {
				until,
				holder: find(hash).then((found) => {
					if (found?.expiresAt) entry.until = Math.min(until, found.expiresAt.getTime());
					return found && found.holder;
				})
			};
			entry.holder.catch(() => cache.delete(name));
			if (cache.size > MAX_CACHED_KEYS) cache.clear();
			cache.set(name, entry);
			return entry.holder;
		},

		/** Says why a key that was made here does not work, and what to do. Returns `null` for an unknown key. */
		async refusalOf(key: string): Promise<string | null> {
			const { rows } = await pool.query<{
				id: number;
				name: string | null;
				revoked_at: Date | null;
				expires_at: Date | null;
				disabled_at: Date | null;
			}>(REFUSED({ hash: hashOf(key) }));
			const [row] = rows;
			if (!row) return null;
			const named = row.name ? `The key "${row.name}" (key ${row.id})` : `The key ${row.id}`;
			if (row.revoked_at)
				return `${named} was revoked on ${minute(row.revoked_at)}; ask the administrator of this installation for another key`;
			if (row.expires_at && row.expires_at <= new Date())
				return `${named} ended on ${minute(row.expires_at)}; the administrator of this installation makes its successor with: npm run causeway -- apikey rotate ${row.id}`;
			if (row.disabled_at)
				return `The Supplier of the key ${row.id} is disabled since ${minute(row.disabled_at)}; ask the administrator of this installation`;
			return null;
		}
	};
}

const nameOf = (id: number, name: string | null): string => name ?? `key ${id}`;

/** Writes an instant for a person, in minutes. */
const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

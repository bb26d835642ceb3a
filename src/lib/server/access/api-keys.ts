// API keys: 256 random bits shown once; the record holds their SHA-256, a hint and the scopes.
import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';

export interface KeyHolder {
	keyId: number;
	/** `null`: the whole installation. */
	supplierId: number | null;
	scopes: readonly string[];
}

/** A key as shown, and what is kept of it. */
export function mintKey(): { key: string; hash: Buffer; hint: string } {
	const key = `cwk_${randomBytes(32).toString('base64url')}`;
	return { key, hash: hashOf(key), hint: key.slice(0, 8) };
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();
const REMEMBER_MS = 5000;

export type ApiKeys = ReturnType<typeof createApiKeys>;

export function createApiKeys(pool: pg.Pool) {
	// A feed calls many times a second with one key; a revoked key is refused within five seconds.
	const seen = new Map<string, { holder: Promise<KeyHolder | null>; until: number }>();

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
		/** Of these keys those that may read now, with their Supplier: asked of the record, not remembered. */
		async standing(ids: readonly number[]): Promise<Map<number, number | null>> {
			if (ids.length === 0) return new Map();
			const { rows } = await pool.query<{ id: number; supplier_id: number | null }>({
				name: 'standing-keys',
				text: `select id, supplier_id from api_key where id = any($1) and revoked_at is null and 'read' = any(scopes)`,
				values: [ids]
			});
			return new Map(rows.map((row) => [row.id, row.supplier_id]));
		},

		/** Whose key this is, or `null`. */
		holderOf(key: string): Promise<KeyHolder | null> {
			const hash = hashOf(key);
			const name = hash.toString('latin1');
			const known = seen.get(name);
			if (known && known.until > Date.now()) return known.holder;
			// Remembered while it is asked: calls that come together ask once. An answer that failed is no answer.
			const holder = find(hash);
			holder.catch(() => seen.delete(name));
			if (seen.size > 10_000) seen.clear();
			seen.set(name, { holder, until: Date.now() + REMEMBER_MS });
			return holder;
		}
	};
}

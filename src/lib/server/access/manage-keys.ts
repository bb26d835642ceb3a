// Makes, lists, rotates and revokes API keys for the command line. The functions need a session of the owner of the
// tables.
import type pg from 'pg';
import type { Scope } from '#lib/domain/access.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { transact } from '#lib/server/postgres/transaction.ts';
import { mintKey } from './api-keys.ts';

/** A key as an administrator sees it. Nobody can read the key itself again. */
export interface KeyFacts {
	id: number;
	name: string | null;
	/** The Supplier of the key; `null`: the key belongs to the whole installation. */
	supplier: string | null;
	scopes: Scope[];
	/** The first characters of the key. */
	hint: string;
	state: 'active' | 'ended' | 'revoked' | 'supplier disabled';
	createdAt: Date;
	/** `null`: the key has no end. */
	expiresAt: Date | null;
	revokedAt: Date | null;
	lastUsedAt: Date | null;
}

/** A key that was made now. `key` is shown only once. */
export interface NewKey {
	key: string;
	id: number;
	name: string | null;
	expiresAt: Date | null;
}

/** Makes an API key. `supplierId: null`: the key belongs to the whole installation. `expiresAt: null`: it has no end. */
export async function createApiKey(
	client: pg.ClientBase,
	{
		supplierId,
		scopes,
		name,
		expiresAt
	}: { supplierId: number | null; scopes: readonly Scope[]; name: string | null; expiresAt: Date | null }
): Promise<NewKey> {
	const { key, hash, hint } = mintKey();
	const { rows } = await client.query<{ id: number }>(
		INSERT_KEY({ supplierId, hash, hint, scopes, name, expiresAt })
	);
	return { key, id: rows[0]!.id, name, expiresAt };
}

const INSERT_KEY = query(`
	insert into api_key (supplier_id, hash, hint, scopes, name, expires_at)
	values (:supplierId, :hash, :hint, :scopes, :name, :expiresAt) returning id`);

/** Lists keys by id. `id: null`: all keys. `supplier: null`: of all Suppliers; `'*'`: of the whole installation. */
export async function listKeys(
	client: pg.ClientBase,
	filter: { id: number | null; supplier: string | null }
): Promise<KeyFacts[]> {
	const { rows } = await client.query<KeyFacts>(LIST_KEYS({ ...filter }));
	return rows;
}

const LIST_KEYS = query(`
	select k.id, k.name, s.slug as supplier, k.scopes, k.hint,
		case when k.revoked_at is not null then 'revoked' when k.expires_at <= now() then 'ended'
			when s.disabled_at is not null then 'supplier disabled' else 'active' end as state,
		k.created_at as "createdAt", k.expires_at as "expiresAt", k.revoked_at as "revokedAt", k.last_used_at as "lastUsedAt"
	from api_key k left join supplier s on s.id = k.supplier_id
	where (:id::int is null or k.id = :id) and (:supplier::text is null or coalesce(s.slug, '*') = :supplier)
	order by k.id`);

/** Revokes a key. Returns whether the key was not revoked before. */
export async function revokeKey(client: pg.ClientBase, id: number): Promise<boolean> {
	const { rowCount } = await client.query(REVOKE({ id }));
	return Boolean(rowCount);
}

const REVOKE = query('update api_key set revoked_at = now() where id = :id and revoked_at is null');

/**
 * Makes a new key with the Supplier, scopes and name of a key, and lets the old key end after `graceMs`. `expiresAt:
 * undefined`: the new key has the same lifetime as the old key. Returns `null` if there is no such key, or if the key
 * is revoked.
 */
export function rotateKey(
	client: pg.ClientBase,
	id: number,
	{ graceMs, expiresAt }: { graceMs: number; expiresAt: Date | null | undefined }
): Promise<(NewKey & { oldEndsAt: Date }) | null> {
	return transact(client, async () => {
		const { rows } = await client.query<OldKey>(END_OLD_KEY({ id, graceMs }));
		const [old] = rows;
		if (!old) return null;
		const sameLifetime = old.lifetimeMs === null ? null : new Date(Date.now() + Number(old.lifetimeMs));
		const { supplierId, scopes, name } = old;
		const made = await createApiKey(client, {
			supplierId,
			scopes,
			name,
			expiresAt: expiresAt === undefined ? sameLifetime : expiresAt
		});
		return { ...made, oldEndsAt: old.endsAt };
	});
}

interface OldKey {
	supplierId: number | null;
	scopes: Scope[];
	name: string | null;
	lifetimeMs: string | null;
	endsAt: Date;
}

const END_OLD_KEY = query(`
	update api_key k set expires_at = least(k.expires_at, now() + :graceMs * interval '1 millisecond')
	from api_key old where k.id = :id and old.id = k.id and k.revoked_at is null
	returning k.supplier_id as "supplierId", k.scopes, k.name, k.expires_at as "endsAt",
		extract(epoch from old.expires_at - old.created_at) * 1000 as "lifetimeMs"`);

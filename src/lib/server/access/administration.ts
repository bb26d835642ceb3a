// Adds Suppliers and API keys for the command line. The functions need a session of the owner of the tables.
import type pg from 'pg';
import type { Scope } from '#lib/domain/access.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { mintKey } from './api-keys.ts';

/**
 * Adds a Supplier with its User IDs, or updates the name and adds the User IDs of a known Supplier. Returns the id of
 * the Supplier. Throws if a User ID belongs to another Supplier.
 */
export async function addSupplier(
	client: pg.ClientBase,
	supplier: { slug: string; name: string; userIds: readonly string[] }
): Promise<number> {
	const { rows } = await client.query<{ id: number }>(
		`insert into supplier (slug, name) values ($1, $2) on conflict (slug) do update set name = excluded.name returning id`,
		[supplier.slug, supplier.name]
	);
	const { id } = rows[0]!;
	for (const userId of supplier.userIds) {
		const taken = await client.query(
			`insert into supplier_user (user_id, supplier_id) values ($1, $2)
			 on conflict (user_id) do update set supplier_id = excluded.supplier_id where supplier_user.supplier_id = excluded.supplier_id returning 1`,
			[euiToBytes(userId), id]
		);
		if (!taken.rowCount) throw new Error(`User ID ${userId} belongs to another Supplier; check the id`);
	}
	await client.query('insert into feed_head (supplier_id) values ($1) on conflict do nothing', [id]);
	return id;
}

/** Returns the id of the Supplier with this slug. Throws if there is no such Supplier. */
export async function supplierIdOf(client: pg.ClientBase, slug: string): Promise<number> {
	const { rows } = await client.query<{ id: number }>('select id from supplier where slug = $1', [slug]);
	if (!rows[0])
		throw new Error(
			`Supplier "${slug}" is not known; add it with: npm run causeway -- supplier add ${slug} --name NAME --user-ids EUI`
		);
	return rows[0].id;
}

/**
 * Makes an API key and returns it. Nobody can read the key again later. `supplierId: null`: the key belongs to the
 * whole installation.
 */
export async function addApiKey(
	client: pg.ClientBase,
	supplierId: number | null,
	scopes: readonly Scope[]
): Promise<string> {
	const { key, hash, hint } = mintKey();
	await client.query(INSERT_KEY({ supplierId, hash, hint, scopes }));
	return key;
}

const INSERT_KEY = query(
	'insert into api_key (supplier_id, hash, hint, scopes) values (:supplierId, :hash, :hint, :scopes)'
);

// What an administrator sets up from the command line: Suppliers and keys. Needs the owner of the database.
import type pg from 'pg';
import type { Scope } from '#lib/domain/access.ts';
import { mintKey } from './api-keys.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';

/** Adds a Supplier with its User IDs, or brings a known one up to date. Returns its id. Throws when a User ID is another's. */
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
		if (!taken.rowCount) throw new Error(`User ID ${userId} belongs to another Supplier`);
	}
	await client.query('insert into feed_head (supplier_id) values ($1) on conflict do nothing', [id]);
	return id;
}

export async function supplierIdOf(client: pg.ClientBase, slug: string): Promise<number> {
	const { rows } = await client.query<{ id: number }>('select id from supplier where slug = $1', [slug]);
	if (!rows[0])
		throw new Error(
			`Supplier "${slug}" is not known: npm run causeway -- supplier add ${slug} --name NAME --user-ids EUI`
		);
	return rows[0].id;
}

/** Makes a key and returns it; it cannot be read again. `supplierId: null`: for the whole installation. */
export async function addApiKey(
	client: pg.ClientBase,
	supplierId: number | null,
	scopes: readonly Scope[]
): Promise<string> {
	const { key, hash, hint } = mintKey();
	await client.query('insert into api_key (supplier_id, hash, hint, scopes) values ($1, $2, $3, $4)', [
		supplierId,
		hash,
		hint,
		scopes
	]);
	return key;
}

// Adds, lists and disables Suppliers for the command line. The functions need a session of the owner of the tables.
import type pg from 'pg';
import type { Scope } from '#lib/domain/access.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { transact } from '#lib/server/postgres/transaction.ts';
import { createApiKey } from './manage-keys.ts';

/** What `saveSupplier` changed. */
export interface SavedSupplier {
	id: number;
	name: string;
	isNew: boolean;
	/** The name before, if the call changed the name of a known Supplier. */
	renamedFrom: string | null;
	/** The User IDs that the Supplier did not have before. */
	addedUserIds: string[];
}

/** A Supplier for an administrator. */
export interface SupplierFacts {
	supplier: string;
	name: string;
	userIds: string[];
	people: number;
	/** The number of keys that are neither revoked nor ended. */
	keys: number;
	createdAt: Date;
	disabledAt: Date | null;
}

/** Adds a Supplier, or updates the name and adds the User IDs of a known Supplier. Returns the id of the Supplier. */
export const addSupplier = async (
	client: pg.ClientBase,
	supplier: { slug: string; name: string; userIds: readonly string[] }
): Promise<number> => (await saveSupplier(client, supplier)).id;

/**
 * Adds a Supplier with its User IDs, or adds the User IDs to a known Supplier. `name` undefined: a known Supplier keeps
 * its name. Throws if a User ID belongs to another Supplier.
 */
export const saveSupplier = (
	client: pg.ClientBase,
	supplier: { slug: string; name?: string | undefined; userIds: readonly string[] }
): Promise<SavedSupplier> => transact(client, () => save(client, supplier));

async function save(
	client: pg.ClientBase,
	{ slug, name, userIds }: { slug: string; name?: string | undefined; userIds: readonly string[] }
): Promise<SavedSupplier> {
	const known = (await client.query<{ id: number; name: string }>(KNOWN({ slug }))).rows[0];
	const { rows } = await client.query<{ id: number }>(
		SAVE_SUPPLIER({ slug, name: name ?? known?.name ?? slug })
	);
	const { id } = rows[0]!;
	const addedUserIds: string[] = [];
	for (const userId of userIds) {
		const added = await client.query(ADD_USER_ID({ userId: euiToBytes(userId), id }));
		if (added.rowCount) addedUserIds.push(userId);
		else if (!(await client.query(HAS_USER_ID({ userId: euiToBytes(userId), id }))).rowCount)
			throw new Error(`User ID ${userId} belongs to another Supplier; check the id`);
	}
	await client.query('insert into feed_head (supplier_id) values ($1) on conflict do nothing', [id]);
	return {
		id,
		name: name ?? known?.name ?? slug,
		isNew: !known,
		renamedFrom: known && name !== undefined && name !== known.name ? known.name : null,
		addedUserIds
	};
}

const KNOWN = query('select id, name from supplier where slug = :slug');
const SAVE_SUPPLIER = query(
	'insert into supplier (slug, name) values (:slug, :name) on conflict (slug) do update set name = excluded.name returning id'
);
const ADD_USER_ID = query(
	'insert into supplier_user (user_id, supplier_id) values (:userId, :id) on conflict (user_id) do nothing'
);
const HAS_USER_ID = query('select from supplier_user where user_id = :userId and supplier_id = :id');

/** Returns the id of the Supplier with this slug. Throws if there is no such Supplier. */
export async function supplierIdOf(client: pg.ClientBase, slug: string): Promise<number> {
	const { rows } = await client.query<{ id: number }>(KNOWN({ slug }));
	if (!rows[0])
		throw new Error(
			`Supplier "${slug}" is not known; add it with: npm run causeway -- supplier add ${slug} --name NAME --user-ids EUI`
		);
	return rows[0].id;
}

/** Returns the id of the Supplier with this slug, or `null` for `*`, the whole installation. */
export const ownerIdOf = async (client: pg.ClientBase, slug: string): Promise<number | null> =>
	slug === '*' ? null : supplierIdOf(client, slug);

/** Returns all Suppliers by slug, or only the Supplier with this slug. */
export async function listSuppliers(client: pg.ClientBase, slug: string | null): Promise<SupplierFacts[]> {
	const { rows } = await client.query<Omit<SupplierFacts, 'userIds'> & { userIds: Buffer[] }>(
		LIST_SUPPLIERS({ slug })
	);
	return rows.map((row) => ({ ...row, userIds: row.userIds.map(bytesToEui) }));
}

const LIST_SUPPLIERS = query(`
	select s.slug as supplier, s.name,
		array(select user_id from supplier_user u where u.supplier_id = s.id order by user_id) as "userIds",
		(select count(*)::int from member m where m.supplier_id = s.id) as people,
		(select count(*)::int from api_key k
			where k.supplier_id = s.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())) as keys,
		s.created_at as "createdAt", s.disabled_at as "disabledAt"
	from supplier s where :slug::text is null or s.slug = :slug order by s.slug`);

/**
 * Disables or enables a Supplier. While a Supplier is disabled, its people and its keys are refused. Records of its
 * Devices are still stored. Returns whether the call changed anything.
 */
export async function setSupplierDisabled(
	client: pg.ClientBase,
	slug: string,
	disabled: boolean
): Promise<boolean> {
	const id = await supplierIdOf(client, slug);
	const { rowCount } = await client.query(SET_DISABLED({ id, disabled }));
	if (disabled) await client.query(END_SESSIONS({ id }));
	return Boolean(rowCount);
}

const SET_DISABLED = query(`
	update supplier set disabled_at = case when :disabled::boolean then now() end
	where id = :id and (disabled_at is not null) <> :disabled`);
const END_SESSIONS = query(
	'delete from "session" where "userId" in (select user_id from member where supplier_id = :id)'
);

/**
 * Makes an API key without a name and without an end, and returns it. `supplierId: null`: the key belongs to the whole
 * installation.
 */
export const addApiKey = async (
	client: pg.ClientBase,
	supplierId: number | null,
	scopes: readonly Scope[]
): Promise<string> => (await createApiKey(client, { supplierId, scopes, name: null, expiresAt: null })).key;

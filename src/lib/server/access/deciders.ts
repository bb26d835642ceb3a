// Finds the people of a Supplier who may decide.
import type pg from 'pg';
import { mayDo, type SupplierRole } from '#lib/domain/access.ts';
import { query } from '#lib/server/postgres/statement.ts';

export interface Decider {
	id: string;
	name: string;
}

/** Returns the people of a Supplier who may decide, by name. People who are disabled are left out. */
export async function findDeciders(client: pg.ClientBase, supplierId: number): Promise<Decider[]> {
	const { rows } = await client.query<Decider & { role: SupplierRole }>(PEOPLE({ supplierId }));
	return rows
		.filter(({ role }) => mayDo('decide', { supplierId, role, scopes: [] }))
		.map(({ id, name }) => ({ id, name }));
}

const PEOPLE = query(`
select u."id", u."name", m.role from "user" u join member m on m.user_id = u."id"
where m.supplier_id = :supplierId and m.disabled_at is null order by lower(u."name"), u."id"`);

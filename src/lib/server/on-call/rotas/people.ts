// Finds the people of a Supplier who may be on call, and the people whom a rota names.
import type pg from 'pg';
import { mayDo, type SupplierRole } from '#lib/domain/access.ts';
import type { Recipient } from '#lib/domain/on-call/page.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';

interface PersonRow extends Recipient {
	role: SupplierRole;
	active: boolean;
}

const BY_EMAIL = statement<{ supplierId: number; emails: string[] }>(
	'on-call-people',
	`select u."id" as "userId", u."name", u."email", m.role, m.disabled_at is null as active
	from "user" u join member m on m.user_id = u."id"
	where m.supplier_id = :supplierId and u."email" = any(:emails)`
);
const ALL = query<{ supplierId: number }>(`
	select u."id" as "userId", u."name", u."email", m.role, true as active
	from "user" u join member m on m.user_id = u."id"
	where m.supplier_id = :supplierId and m.disabled_at is null order by lower(u."name"), u."email"`);
const EMAIL = query<{ userId: string }>('select "email" from "user" where "id" = :userId');

/** Returns whether a person may answer pages. */
export const mayBeOnCall = (supplierId: number, role: SupplierRole): boolean =>
	mayDo('decide', { supplierId, role, scopes: [] });

/** Returns the people of a Supplier with these addresses, also those who are disabled or may only look. */
export async function findPeople(
	client: pg.ClientBase,
	supplierId: number,
	emails: readonly string[]
): Promise<PersonRow[]> {
	if (emails.length === 0) return [];
	return (await client.query<PersonRow>(BY_EMAIL({ supplierId, emails: [...emails] }))).rows.map((row) => ({
		...row,
		active: row.active && mayBeOnCall(supplierId, row.role)
	}));
}

/**
 * Returns the people with these addresses who can get pages, in the order of the addresses. People who are disabled, who
 * may only look, or who belong to another Supplier are left out.
 */
export async function peopleByEmail(
	client: pg.ClientBase,
	supplierId: number,
	emails: readonly string[]
): Promise<Recipient[]> {
	const found = await findPeople(client, supplierId, emails);
	return [...new Set(emails)].flatMap((address) => {
		const person = found.find(({ email, active }) => active && email === address);
		return person ? [{ userId: person.userId, name: person.name, email: person.email }] : [];
	});
}

/** Returns all people of a Supplier who may be on call, by name. */
export const allPeople = async (client: pg.ClientBase, supplierId: number): Promise<PersonRow[]> =>
	(await client.query<PersonRow>(ALL({ supplierId }))).rows.filter(({ role }) =>
		mayBeOnCall(supplierId, role)
	);

/** Returns the e-mail address of a person. `null`: there is no such person, such as for an API key. */
export const emailOf = async (client: pg.ClientBase, userId: string): Promise<string | null> =>
	(await client.query<{ email: string }>(EMAIL({ userId }))).rows[0]?.email ?? null;

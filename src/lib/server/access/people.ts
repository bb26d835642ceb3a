// Lists people, changes their role, and disables them, for the command line. The functions need a session of the owner
// of the tables. `auth.ts` adds people and sets passwords.
import type pg from 'pg';
import type { MemberRole } from '#lib/domain/access.ts';
import { query } from '#lib/server/postgres/statement.ts';

/** A person for an administrator. */
export interface PersonFacts {
	email: string;
	name: string;
	/** The slug of the Supplier; `null`: the person belongs to the installation, or has no role. */
	supplier: string | null;
	/** `null`: the person has no role and cannot sign in. */
	role: MemberRole | null;
	createdAt: Date;
	/** The last use of an open session; `null`: the person has no session. */
	lastSeenAt: Date | null;
	disabledAt: Date | null;
}

/** Lists people by e-mail address. `email: null`: all people. `supplier: null`: the people of all Suppliers. */
export async function listPeople(
	client: pg.ClientBase,
	filter: { email: string | null; supplier: string | null }
): Promise<PersonFacts[]> {
	const { rows } = await client.query<PersonFacts>(LIST_PEOPLE({ ...filter }));
	return rows;
}

const LIST_PEOPLE = query(`
	select u.email, u.name, s.slug as supplier, m.role, u."createdAt", m.disabled_at as "disabledAt",
		(select max("updatedAt") from "session" where "userId" = u.id and "expiresAt" > now()) as "lastSeenAt"
	from "user" u left join member m on m.user_id = u.id left join supplier s on s.id = m.supplier_id
	where (:email::text is null or u.email = lower(:email))
		and (:supplier::text is null or case when m.user_id is not null then coalesce(s.slug, '*') end = :supplier)
	order by u.email`);

/**
 * Sets the role of a person. `supplierId: undefined`: the person keeps the Supplier. `null`: the person belongs to
 * the installation. Returns `false` if nobody has this
 * e-mail address.
 */
export async function setRole(
	client: pg.ClientBase,
	email: string,
	{ role, supplierId }: { role: MemberRole; supplierId: number | null | undefined }
): Promise<boolean> {
	const { rowCount } =
		supplierId === undefined
			? await client.query(SET_ROLE({ email, role }))
			: await client.query(SET_MEMBER({ email, role, supplierId }));
	return Boolean(rowCount);
}

const SET_ROLE = query(
	'update member set role = :role where user_id = (select id from "user" where email = lower(:email))'
);
const SET_MEMBER = query(`
	insert into member (user_id, supplier_id, role) select id, :supplierId, :role from "user" where email = lower(:email)
	on conflict (user_id) do update set supplier_id = excluded.supplier_id, role = excluded.role`);

/**
 * Disables or enables a person. A disabled person has no session and cannot sign in. Returns `false` if nobody with
 * this e-mail address works here.
 */
export async function setPersonDisabled(
	client: pg.ClientBase,
	email: string,
	disabled: boolean
): Promise<boolean> {
	const { rowCount } = await client.query(SET_DISABLED({ email, disabled }));
	if (disabled) await client.query(END_SESSIONS({ email }));
	return Boolean(rowCount);
}

const SET_DISABLED = query(`
	update member set disabled_at = case when :disabled::boolean then coalesce(disabled_at, now()) end
	where user_id = (select id from "user" where email = lower(:email))`);
const END_SESSIONS = query(
	'delete from "session" where "userId" = (select id from "user" where email = lower(:email))'
);

/** Returns whether this installation has at least one person. */
export async function hasPeople(client: pg.ClientBase): Promise<boolean> {
	const { rowCount } = await client.query('select from member limit 1');
	return Boolean(rowCount);
}

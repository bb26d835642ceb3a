// Checks the PostgreSQL of DATABASE_URL before a process starts: reachable, allowed, new enough, not of a newer Causeway,
// and migrated if the process needs that.
import type pg from 'pg';
import { compareMigrations, isNewer } from './migrate.ts';
import { inSession } from './session.ts';

const LEAST_VERSION = 15;
const TIMEOUT_MS = 5000;
const ROLES = ['causeway_web', 'causeway_ingest', 'causeway_worker'];

/**
 * Returns one line with the setting, the cause and the remedy, or `undefined` if this database can be used. `mustBeMigrated`:
 * the process needs a database that `migrateDatabase` has brought to the newest schema.
 */
export const databaseProblem = (
	url: string,
	{ mustBeMigrated }: { mustBeMigrated: boolean }
): Promise<string | undefined> =>
	inSession(url, (client) => examine(client, mustBeMigrated), TIMEOUT_MS).catch(
		(error: NodeJS.ErrnoException) => describeError(error, url)
	);

interface Facts {
	version: number;
	user_name: string;
	database: string;
	may_make_roles: boolean;
	/** Whether the user may grant the roles of Causeway. Another database of the same server may have made them. */
	may_grant_roles: boolean;
	may_make_extension: boolean;
	may_make_tables: boolean;
	/** The number of Causeway's roles that the user may act as. */
	roles: number;
	is_migrated: boolean;
}

async function examine(client: pg.Client, mustBeMigrated: boolean): Promise<string | undefined> {
	const { rows } = await client.query<Facts>(
		`select current_setting('server_version_num')::int / 10000 as version,
			quote_ident(current_user) as user_name, quote_ident(current_database()) as database,
			(select rolsuper or rolcreaterole from pg_roles where rolname = current_user) as may_make_roles,
			current_setting('server_version_num')::int < 160000 or not exists (select from pg_roles
				where rolname = any($1) and not pg_has_role(oid, 'member with admin option')) as may_grant_roles,
			has_database_privilege(current_database(), 'create')
				or exists (select from pg_extension where extname = 'btree_gist') as may_make_extension,
			coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_make_tables,
			(select count(*)::int from pg_roles where rolname = any($1)
				and pg_has_role(oid, 'member')) as roles,
			to_regclass('migration') is not null as is_migrated`,
		[ROLES]
	);
	const { version, user_name: user, database, ...facts } = rows[0]!;
	const ask = (line: string, grant: string) =>
		`DATABASE_URL: the user ${user} ${line}. As a superuser, run: ${grant}`;
	if (version < LEAST_VERSION)
		return `DATABASE_URL: PostgreSQL ${version} is too old. Use PostgreSQL ${LEAST_VERSION} or newer`;
	if (facts.is_migrated) {
		const { rows: stored } = await client.query<{ name: string }>('select name from migration');
		const { newer, missing } = compareMigrations(stored.map(({ name }) => name));
		if (newer) return `DATABASE_URL: ${isNewer(newer)}`;
		if (facts.roles < ROLES.length)
			return ask('may not act as the roles of Causeway', `GRANT ${ROLES.join(', ')} TO ${user}`);
		if (mustBeMigrated && missing) return unmigrated(`lacks ${missing}`);
		return mustBeMigrated ? backfillProblem(client) : undefined;
	}
	if (!facts.may_make_roles) return ask('may not create roles', `ALTER ROLE ${user} CREATEROLE`);
	if (!facts.may_grant_roles)
		return ask(
			'may not grant the roles of Causeway',
			`GRANT ${ROLES.join(', ')} TO ${user} WITH ADMIN OPTION`
		);
	if (!facts.may_make_extension)
		return ask('may not create extensions', `GRANT CREATE ON DATABASE ${database} TO ${user}`);
	if (!facts.may_make_tables) return ask('may not create tables', `GRANT CREATE ON SCHEMA public TO ${user}`);
	return mustBeMigrated ? unmigrated('lacks all migrations') : undefined;
}

/** A worker that began before the end of the backfill would not know the Alerts that have no keys yet. */
async function backfillProblem(client: pg.Client): Promise<string | undefined> {
	const { rows } = await client.query<{ filled: string; total: string }>(
		'select filled, total from key_backfill'
	);
	return rows[0] && unmigrated(`has updated ${rows[0].filled} of ${rows[0].total} Alerts`);
}

const unmigrated = (state: string): string =>
	`DATABASE_URL: the database is not migrated to this Causeway (it ${state}). Run, and let it end: node cli/causeway.ts migrate`;

function describeError(error: NodeJS.ErrnoException, url: string): string {
	const { hostname, port, username, pathname, searchParams } = new URL(url);
	const at = searchParams.get('host') ?? `${hostname || 'localhost'}:${port || 5432}`;
	const user = decodeURIComponent(username) || 'of this process';
	const database = decodeURIComponent(pathname.slice(1));
	switch (error.code) {
		case '28P01':
			return `DATABASE_URL: PostgreSQL at ${at} refuses the password of the user ${user}. Correct it in DATABASE_URL or DATABASE_PASSWORD`;
		case '28000':
			return `DATABASE_URL: PostgreSQL at ${at} does not admit the user ${user}. Create the user, or admit it in pg_hba.conf`;
		case '3D000':
			return `DATABASE_URL: PostgreSQL at ${at} has no database ${database}. Run: CREATE DATABASE ${database}`;
	}
	if (/client password must be a/.test(error.message))
		return `DATABASE_URL: PostgreSQL at ${at} requires a password. Add it to DATABASE_URL, or set DATABASE_PASSWORD`;
	// The code of the system, such as ECONNREFUSED, is clearer than its message. Of PostgreSQL, the message is clearer.
	const why = /^E[A-Z]/.test(error.code ?? '') ? error.code : error.message.split('\n')[0];
	return `DATABASE_URL: PostgreSQL at ${at} cannot be reached (${why}). Start PostgreSQL, or correct DATABASE_URL`;
}

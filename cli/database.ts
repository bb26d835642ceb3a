// Gives a verb the database of an installation, migrated to the newest schema.
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Auth } from '#lib/server/access/auth.ts';
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { withDatabase } from '../launcher/services.ts';

interface Database {
	client: pg.PoolClient;
	/** Adds people and sets passwords. Opens no session. */
	auth: Auth;
}

/** Runs `work` on the database. `mayCreate`: makes a new installation if there is none. */
export function onDatabase<T>(work: (database: Database) => Promise<T>, mayCreate = false): Promise<T> {
	return withDatabase(
		process.env,
		async (databaseUrl) => {
			await migrateDatabase(databaseUrl, console.error);
			const pool = openOwnerPool(databaseUrl, 3);
			try {
				const client = await pool.connect();
				// Loading the sign-in library takes long, so verbs without a database do not load it.
				const { createAuth } = await import('#lib/server/access/auth.ts');
				// The secret protects sessions, and no verb opens a session.
				const config = { authSecret: randomBytes(32).toString('hex'), origin: 'http://127.0.0.1' };
				return await work({ client, auth: createAuth({ pool, config }) }).finally(() => client.release());
			} finally {
				await pool.end();
			}
		},
		mayCreate
	);
}

// Migrates a database to the newest schema by numbered SQL files. An older schema cannot be restored. A lock lets only
// one process migrate at a time.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import type pg from 'pg';
import { LOCKS } from './locks.ts';
import { ensurePartitions } from './partitions.ts';
import { inSession } from './session.ts';
import { transact } from './transaction.ts';

const FOLDER = new URL('../../../../migrations/', import.meta.url);

/**
 * Applies the missing migrations, makes the partitions of the coming weeks, and returns the names of the applied files.
 * `say` gets a line before each file that changes an existing database, because its rows may take minutes.
 * The database user must be allowed to create tables and roles. Throws if a file has changed after it was applied,
 * or if a newer Causeway has migrated the database.
 */
export async function migrate(
	databaseUrl: string,
	say: (line: string) => void = () => {}
): Promise<string[]> {
	// The end of the session releases the lock.
	return inSession(databaseUrl, async (client) => {
		await client.query('select pg_advisory_lock($1)', [LOCKS.tables]);
		await client.query(
			'create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())'
		);
		const { rows } = await client.query<{ name: string; checksum: string }>(
			'select name, checksum from migration'
		);
		const { newer } = compareMigrations(rows.map(({ name }) => name));
		if (newer) throw new Error(isNewer(newer));
		const appliedBefore = new Map(rows.map((row) => [row.name, row.checksum]));
		const applied: string[] = [];
		for (const name of migrationFiles()) {
			const text = readFileSync(new URL(name, FOLDER), 'utf8');
			const checksum = createHash('sha256').update(text).digest('hex');
			const storedChecksum = appliedBefore.get(name);
			if (storedChecksum === checksum) continue;
			if (storedChecksum)
				throw new Error(
					`migrations/${name} was changed after it was applied to this database; restore it and add a new file instead`
				);
			if (appliedBefore.size > 0) say(`applying ${name} to the database`);
			await apply(client, name, text, checksum);
			applied.push(name);
		}
		await ensurePartitions(client, Date.now());
		return applied;
	});
}

/**
 * Compares the names of the migrations that a database has, in any order, with those of this Causeway. `newer`: the last one
 * that only the database has. `missing`: the last one that only this Causeway has.
 */
export function compareMigrations(stored: readonly string[]): {
	newer: string | undefined;
	missing: string | undefined;
} {
	const files = migrationFiles();
	return {
		newer: stored.toSorted().findLast((name) => !files.includes(name)),
		missing: files.findLast((name) => !stored.includes(name))
	};
}

/** Says that the database has a migration that this Causeway does not have, and what to do. */
export const isNewer = (migration: string): string =>
	`the database is newer than this Causeway (it has the migration ${migration}). Start the newer Causeway`;

const migrationFiles = (): string[] =>
	readdirSync(FOLDER)
		.filter((file) => file.endsWith('.sql'))
		.sort();

async function apply(client: pg.Client, name: string, text: string, checksum: string): Promise<void> {
	try {
		await transact(client, async () => {
			await client.query(text);
			await client.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
		});
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		throw new Error(
			`migrations/${name} could not be applied: ${detail}. Nothing of this file was applied. Mend the cause, and start again`,
			{ cause: error }
		);
	}
}

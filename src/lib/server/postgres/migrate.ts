// Brings a database to the newest schema: numbered SQL files, forward only, one start at a time.
import { readFileSync, readdirSync } from 'node:fs';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { LOCKS } from './locks.ts';
import { ensurePartitions } from './partitions.ts';
import { transact } from './transaction.ts';

const FOLDER = new URL('../../../../migrations/', import.meta.url);

/**
 * Applies what is missing and makes the partitions of the coming weeks; returns the names applied now. Needs a
 * user that may create tables and roles. Throws when a file that was applied has been changed since.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
	const client = new pg.Client({ connectionString: databaseUrl });
	await client.connect();
	try {
		await client.query('select pg_advisory_lock($1)', [LOCKS.tables]);
		await client.query(
			'create table if not exists migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())'
		);
		const { rows } = await client.query<{ name: string; checksum: string }>(
			'select name, checksum from migration'
		);
		const known = new Map(rows.map((row) => [row.name, row.checksum]));
		const applied: string[] = [];
		for (const name of readdirSync(FOLDER)
			.filter((file) => file.endsWith('.sql'))
			.sort()) {
			const text = readFileSync(new URL(name, FOLDER), 'utf8');
			const checksum = createHash('sha256').update(text).digest('hex');
			const before = known.get(name);
			if (before === checksum) continue;
			if (before)
				throw new Error(
					`migrations/${name} was changed after it had been applied to this database; add a new file instead`
				);
			await apply(client, name, text, checksum);
			applied.push(name);
		}
		await ensurePartitions(client, Date.now());
		return applied;
	} finally {
		await client.end(); // ends the session, and with it the lock
	}
}

async function apply(client: pg.Client, name: string, text: string, checksum: string): Promise<void> {
	try {
		await transact(client, async () => {
			await client.query(text);
			await client.query('insert into migration (name, checksum) values ($1, $2)', [name, checksum]);
		});
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		throw new Error(`migrations/${name} could not be applied: ${detail}`, { cause: error });
	}
}

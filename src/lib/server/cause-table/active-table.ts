// The cause table that is in force: seeded from the file that the product ships, and watched for a change.
import {
	readCauseTable,
	shippedFile,
	type CauseFile,
	type CauseTable
} from '#lib/domain/cause-table/cause-table.ts';
import type pg from 'pg';
import { inTurn, recordStep } from './version-rows.ts';
import type { Log } from '#lib/server/process/log.ts';

const PRODUCT = { name: 'shipped with the product', id: 'product' };

export type Seeded = 'active' | 'draft' | 'known' | 'changed';

/**
 * Brings the shipped file into the database. It becomes active where nothing is, or where the active one was shipped
 * too; where people have changed the table, it waits as a draft. `changed`: the file is another one under a version
 * that is known, and is not used.
 */
export const seedCauseTable = (pool: pg.Pool, file: CauseFile = shippedFile): Promise<Seeded> =>
	inTurn(pool, (client) => seed(client, file));

async function seed(client: pg.PoolClient, file: CauseFile): Promise<Seeded> {
	const body = JSON.stringify(file);
	const known = await client.query<{ same: boolean }>(
		'select body = $2::jsonb as same from cause_table where version = $1',
		[file.version, body]
	);
	if (known.rows[0]) return known.rows[0].same ? 'known' : 'changed';
	const { rows } = await client.query<{ version: string; shipped: boolean }>(
		`select version, shipped from cause_table where status = 'active' for update`
	);
	const [active] = rows;
	const takesOver = !active || active.shipped;
	if (active && takesOver) {
		await client.query(`update cause_table set status = 'retired' where version = $1`, [active.version]);
		await recordStep(client, active.version, `retired by ${file.version}`, PRODUCT);
	}
	await client.query(
		`insert into cause_table (version, body, status, based_on, shipped, drafted_by, drafted_by_id,
			activated_by, activated_by_id, activated_at)
		 values ($1, $2, $3, $4, true, $5, $6, $7, $8, $9)`,
		[
			file.version,
			body,
			takesOver ? 'active' : 'draft',
			active?.version ?? null,
			PRODUCT.name,
			PRODUCT.id,
			...(takesOver ? [PRODUCT.name, PRODUCT.id, new Date()] : [null, null, null])
		]
	);
	await recordStep(client, file.version, takesOver ? 'activated' : 'added as a draft', PRODUCT, file);
	return takesOver ? 'active' : 'draft';
}

/** Seeds at the start of a process, and says where people should look. */
export async function plantCauseTable(pool: pg.Pool, log: Log): Promise<void> {
	const seeded = await seedCauseTable(pool);
	const { version } = shippedFile;
	if (seeded === 'draft')
		log.warn({ version }, 'the shipped cause table waits as a draft: the active one was made by people');
	if (seeded === 'changed')
		log.warn({ version }, 'causes.json was changed and kept its version: it is not used; give it a new one');
}

/** The active table as this process knows it; `refresh` is cheap while nothing has changed. */
export async function followCauseTable(pool: pg.Pool) {
	let current = await activeTable(pool);
	return {
		get current(): CauseTable {
			return current;
		},
		/** Takes the newest; returns its version where it is another one. */
		async refresh(): Promise<string | null> {
			const { rows } = await pool.query<{ version: string }>(
				`select version from cause_table where status = 'active'`
			);
			// A version that was active never changes, so that its name is enough.
			if (!rows[0] || rows[0].version === current.version) return null;
			current = await activeTable(pool);
			return current.version;
		}
	};
}

async function activeTable(pool: pg.Pool): Promise<CauseTable> {
	const { rows } = await pool.query<{ body: unknown }>(
		`select body from cause_table where status = 'active'`
	);
	if (!rows[0]) throw new Error('No cause table is active');
	return readCauseTable(rows[0].body);
}

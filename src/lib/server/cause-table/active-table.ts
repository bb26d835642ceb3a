// Reads the active cause table. Also adds the shipped file of the product to the versions in the database.
import type pg from 'pg';
import {
	readCauseTable,
	shippedFile,
	type CauseFile,
	type CauseTable
} from '#lib/domain/cause-table/cause-table.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { Log } from '#lib/server/process/log.ts';
import { changeTable, recordStep, retireVersion } from './version-rows.ts';

const PRODUCT = { name: 'shipped with the product', id: 'product', supplierId: null };

export type Seeded = 'active' | 'draft' | 'known' | 'changed';

/**
 * Adds the shipped file to the database, unless the database has its version. The file becomes active if no version is
 * active, or if the active version was shipped too. The file becomes a draft if people have changed the table. `known`:
 * the database already has this version. `changed`: the database has another file under this version, so the shipped
 * file is not used.
 */
export const seedCauseTable = (pool: pg.Pool, file: CauseFile = shippedFile): Promise<Seeded> =>
	changeTable(pool, (client) => seed(client, file));

async function seed(client: pg.PoolClient, file: CauseFile): Promise<Seeded> {
	const { version } = file;
	const body = JSON.stringify(file);
	const { rows: stored } = await client.query<{ same: boolean }>(COMPARE({ version, body }));
	if (stored[0]) return stored[0].same ? 'known' : 'changed';
	const { rows } = await client.query<{ version: string; shipped: boolean }>(
		`select version, shipped from cause_table where status = 'active' for update`
	);
	const [active] = rows;
	const takesOver = !active || active.shipped;
	if (active && takesOver) {
		await retireVersion(client, active.version);
		await recordStep(client, active.version, `retired by ${version}`, PRODUCT);
	}
	await client.query(
		INSERT({
			version,
			body,
			status: takesOver ? 'active' : 'draft',
			basedOn: active?.version ?? null,
			by: PRODUCT.name,
			byId: PRODUCT.id,
			activatedBy: takesOver ? PRODUCT.name : null,
			activatedById: takesOver ? PRODUCT.id : null,
			activatedAt: takesOver ? new Date() : null
		})
	);
	await recordStep(client, version, takesOver ? 'activated' : 'added as a draft', PRODUCT, file);
	return takesOver ? 'active' : 'draft';
}

/** Adds the shipped file when a process starts, and logs a warning if people have to act. */
export async function seedAtStart(pool: pg.Pool, log: Log): Promise<void> {
	const seeded = await seedCauseTable(pool);
	const { version } = shippedFile;
	if (seeded === 'draft')
		log.warn(
			{ version },
			'the shipped cause table was added as a draft, because people made the active table; propose it or discard it'
		);
	if (seeded === 'changed')
		log.warn(
			{ version },
			'causes.json has changed without a new version, so that it is not used; give it a new version'
		);
}

/** Caches the active cause table in this process. A `refresh` reads the table only if another version is active. */
export async function followCauseTable(pool: pg.Pool) {
	let current = await readActiveTable(pool);
	return {
		get current(): CauseTable {
			return current;
		},
		/**
		 * Looks for a change of the active table. Returns the version that has become active; `null`: the cached
		 * version is still active.
		 */
		async refresh(): Promise<string | null> {
			const { rows } = await pool.query<{ version: string }>(
				`select version from cause_table where status = 'active'`
			);
			// An active version never changes, so that comparing its name is enough.
			if (!rows[0] || rows[0].version === current.version) return null;
			current = await readActiveTable(pool);
			return current.version;
		}
	};
}

async function readActiveTable(pool: pg.Pool): Promise<CauseTable> {
	const { rows } = await pool.query<{ body: unknown }>(
		`select body from cause_table where status = 'active'`
	);
	if (!rows[0]) throw new Error('No cause table is active; restart a worker to add the table of the product');
	return readCauseTable(rows[0].body);
}

const COMPARE = query('select body = :body::jsonb as same from cause_table where version = :version');

const INSERT = query(`
insert into cause_table (version, body, status, based_on, shipped, drafted_by, drafted_by_id, activated_by, activated_by_id, activated_at)
values (:version, :body, :status, :basedOn, true, :by, :byId, :activatedBy, :activatedById, :activatedAt)`);

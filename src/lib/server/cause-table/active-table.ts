// Reads the active cause table. Also adds the shipped file of the product to the versions in the database, and offers a
// newer file as a draft.
import { readFileSync } from 'node:fs';
import type pg from 'pg';
import {
	readCauseTable,
	shippedFile,
	type CauseFile,
	type CauseTable
} from '#lib/domain/cause-table/cause-table.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { Log } from '#lib/server/process/log.ts';
import { activeVersion } from './cause-tables.ts';
import { changeTable, keepWords, recordStep, type VersionRow } from './version-rows.ts';
import { queueReplay } from './what-ifs.ts';

const PRODUCT = { name: 'shipped with the product', id: 'product', supplierId: null };

export type Seeded = 'active' | 'draft' | 'known' | 'older' | 'changed';

/**
 * Adds the shipped file to the database, unless the database has its version. The file becomes active if no version is
 * active. Otherwise the file becomes a draft, because it changes the explanations of all Suppliers: two people of the
 * installation activate it. `known`: the database already has this version. `older`: the database has a newer shipped
 * file, so the file is not offered. `changed`: the database has another file under this version, so the shipped
 * file is not used.
 */
export const seedCauseTable = (pool: pg.Pool, file: CauseFile = shippedFile): Promise<Seeded> =>
	changeTable(pool, async (client) => {
		const seeded = await seed(client, file);
		await keepWords(client, await activeVersion(client));
		return seeded;
	});

async function seed(client: pg.PoolClient, file: CauseFile): Promise<Seeded> {
	const { version } = file;
	const body = JSON.stringify(file);
	const { rows: stored } = await client.query<{ same: boolean }>(COMPARE({ version, body }));
	if (stored[0]) return stored[0].same ? 'known' : 'changed';
	const { rows } = await client.query<{ active: string | null; newer: boolean }>(STATE({ version }));
	const { active, newer } = rows[0]!;
	if (newer) return 'older';
	const takesOver = active === null;
	await client.query(
		INSERT({
			version,
			body,
			status: takesOver ? 'active' : 'draft',
			basedOn: active,
			note: `shipped with ${productVersion()}`,
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
			'a newer cause table came with this version and was added as a draft; two people of the installation activate it'
		);
	if (seeded === 'changed')
		log.warn(
			{ version },
			'causes.json has changed without a new version, so that it is not used; give it a new version'
		);
}

/**
 * Queues the what-if of each shipped draft that has none, so that people see what its activation would change. Needs the
 * database role of a web process.
 */
export const replayOffered = (pool: pg.Pool): Promise<void> =>
	changeTable(pool, async (client) => {
		const { rows } = await client.query<Pick<VersionRow, 'version' | 'revision'>>(OFFERED);
		for (const draft of rows) await queueReplay(client, draft, await activeVersion(client), PRODUCT);
	});

/** Returns the version of the product. */
const productVersion = (): string =>
	(
		JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
			version: string;
		}
	).version;

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

const STATE = query(`
select (select version from cause_table where status = 'active') as active,
	exists (select from cause_table where shipped and version > :version) as newer`);

const OFFERED = `
select version, revision from cause_table t where shipped and status in ('draft', 'proposed')
	and not exists (select from what_if_run r where r.version = t.version)`;

const COMPARE = query('select body = :body::jsonb as same from cause_table where version = :version');

const INSERT = query(`
insert into cause_table (version, body, status, based_on, note, shipped, drafted_by, drafted_by_id, activated_by, activated_by_id, activated_at)
values (:version, :body, :status, :basedOn, :note, true, :by, :byId, :activatedBy, :activatedById, :activatedAt)`);

// One function begins, commits and rolls back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Connection } from '#lib/server/postgres/database.ts';
import { asSupplier, inTransaction } from '#lib/server/postgres/transaction.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let worker: Connection;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	worker = openDatabase(system.databaseUrl, 'causeway_worker', 1, { pipeline: true });
});
afterAll(async () => {
	await worker.close();
	await system[Symbol.asyncDispose]();
});
beforeEach(() => system.record.query('delete from doorbell'));

const ADD = `insert into doorbell (job, ids) values ('correlate-again', '{1}')`;
const doorbells = async (): Promise<number> =>
	(await system.record.query<{ count: number }>('select count(*)::int as count from doorbell')).rows[0]!
		.count;

describe('a transaction', () => {
	it('commits after its work', async () => {
		await inTransaction(worker.pool, (client) => client.query(ADD));
		expect(await doorbells()).toBe(1);
	});

	it('commits together with its last statements where the work asks for it', async () => {
		const seen = await inTransaction(worker.pool, async (client, commitWith) => {
			await commitWith(() => client.query(ADD));
			return doorbells();
		});
		expect(seen).toBe(1);
	});

	it('rolls all of its work back where the work throws, and leaves the session usable', async () => {
		const failing = inTransaction(worker.pool, async (client) => {
			await client.query(ADD);
			throw new Error('the work failed');
		});
		await expect(failing).rejects.toThrow('the work failed');
		expect(await doorbells()).toBe(0);
		await inTransaction(worker.pool, (client) => client.query(ADD));
		expect(await doorbells()).toBe(1);
	});

	it('rolls back where a statement fails that was sent together with the commit', async () => {
		const failing = inTransaction(worker.pool, (client, commitWith) =>
			commitWith(() => Promise.all([client.query(ADD), client.query('select 1 / 0')]))
		);
		await expect(failing).rejects.toThrow('division by zero');
		expect(await doorbells()).toBe(0);
	});

	it('as a snapshot sees the database of its first statement, and cannot write', async () => {
		await inTransaction(
			worker.pool,
			async (client) => {
				await client.query('select 1');
				await system.record.query(ADD);
				const { rows } = await client.query<{ count: number }>('select count(*)::int as count from doorbell');
				expect(rows[0]!.count).toBe(0);
			},
			{ snapshot: true }
		);
		const writing = inTransaction(worker.pool, (client) => client.query(ADD), { snapshot: true });
		await expect(writing).rejects.toThrow('read-only');
	});
});

it('a transaction of a Supplier sees the rows of that Supplier only', async () => {
	const web = openDatabase(system.databaseUrl, 'causeway_web', 1);
	const { rows: suppliers } = await system.record.query<{ id: number }>(
		'select id from supplier order by id'
	);
	const heads = await Promise.all(
		suppliers.map(({ id }) =>
			asSupplier(web.pool, id, async (client) => {
				const { rows } = await client.query<{ supplier_id: number }>('select supplier_id from feed_head');
				return rows.map((row) => row.supplier_id);
			})
		)
	);
	expect(heads).toEqual(suppliers.map(({ id }) => [id]));
	await web.close();
});

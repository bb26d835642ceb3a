// Tests the function that begins, commits and rolls back every transaction.
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
beforeEach(() => system.database.query('delete from doorbell'));

const ADD_DOORBELL = `insert into doorbell (job, ids) values ('correlate-again', '{1}')`;
const doorbellCount = async (): Promise<number> =>
	(await system.database.query<{ count: number }>('select count(*)::int as count from doorbell')).rows[0]!
		.count;

describe('a transaction', () => {
	it('commits after its work', async () => {
		await inTransaction(worker.pool, (client) => client.query(ADD_DOORBELL));
		expect(await doorbellCount()).toBe(1);
	});

	it('commits together with its last statements if the work asks for it', async () => {
		const countAfterCommit = await inTransaction(worker.pool, async (client, commitWith) => {
			await commitWith(() => client.query(ADD_DOORBELL));
			return doorbellCount();
		});
		expect(countAfterCommit).toBe(1);
	});

	it('rolls back all of its work if the work throws, and the session stays usable', async () => {
		const failing = inTransaction(worker.pool, async (client) => {
			await client.query(ADD_DOORBELL);
			throw new Error('the work failed');
		});
		await expect(failing).rejects.toThrow('the work failed');
		expect(await doorbellCount()).toBe(0);
		await inTransaction(worker.pool, (client) => client.query(ADD_DOORBELL));
		expect(await doorbellCount()).toBe(1);
	});

	it('rolls back if a statement fails that was sent together with the commit', async () => {
		const failing = inTransaction(worker.pool, (client, commitWith) =>
			commitWith(() => Promise.all([client.query(ADD_DOORBELL), client.query('select 1 / 0')]))
		);
		await expect(failing).rejects.toThrow('division by zero');
		expect(await doorbellCount()).toBe(0);
	});

	it('sees the database as of its first statement and cannot write if it is a snapshot', async () => {
		await inTransaction(
			worker.pool,
			async (client) => {
				await client.query('select 1');
				await system.database.query(ADD_DOORBELL);
				const { rows } = await client.query<{ count: number }>('select count(*)::int as count from doorbell');
				expect(rows[0]!.count).toBe(0);
			},
			{ snapshot: true }
		);
		const writing = inTransaction(worker.pool, (client) => client.query(ADD_DOORBELL), { snapshot: true });
		await expect(writing).rejects.toThrow('read-only');
	});
});

it('a transaction of a Supplier sees only the rows of that Supplier', async () => {
	const web = openDatabase(system.databaseUrl, 'causeway_web', 1);
	const { rows: suppliers } = await system.database.query<{ id: number }>(
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

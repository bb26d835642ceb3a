// Holds a lock of the database, so that a test decides when others go on.
import pg from 'pg';
import { transact } from '#lib/server/postgres/transaction.ts';
import type { SupplierSlug, System } from './system.ts';

/** Locks the counter of a Supplier's feed, as a writer does. Other writers wait until the test calls `release`. */
export const holdFeed = (system: System, slug: SupplierSlug) =>
	hold(
		system,
		'select from feed_head where supplier_id = (select id from supplier where slug = $1) for update',
		[slug]
	);

/** Takes the locks of a statement. Others wait until the test calls `release`. */
export async function hold(system: System, statement: string, values: readonly string[] = []) {
	const client = new pg.Client({ connectionString: system.databaseUrl });
	await client.connect();
	const { promise: released, resolve: release } = Promise.withResolvers<void>();
	const { promise: locked, resolve: haveLock, reject: fail } = Promise.withResolvers<void>();
	const transaction = transact(client, async () => {
		await client.query(statement, [...values]);
		haveLock();
		await released;
	});
	transaction.catch(fail);
	await locked;
	return {
		async release(): Promise<void> {
			release();
			await transaction;
		},
		async [Symbol.asyncDispose](): Promise<void> {
			release();
			await transaction;
			await client.end();
		}
	};
}

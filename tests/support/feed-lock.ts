// Holds the lock of a feed, so that a test decides when other writers go on.
import pg from 'pg';
import { transact } from '#lib/server/postgres/transaction.ts';
import type { SupplierSlug, System } from './system.ts';

/** Locks the counter of a Supplier's feed, as a writer does. Other writers wait until the test calls `release`. */
export async function holdFeed(system: System, slug: SupplierSlug) {
	const client = new pg.Client({ connectionString: system.databaseUrl });
	await client.connect();
	const { promise: released, resolve: release } = Promise.withResolvers<void>();
	const { promise: locked, resolve: haveLock, reject: fail } = Promise.withResolvers<void>();
	const transaction = transact(client, async () => {
		await client.query(
			'select from feed_head where supplier_id = (select id from supplier where slug = $1) for update',
			[slug]
		);
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

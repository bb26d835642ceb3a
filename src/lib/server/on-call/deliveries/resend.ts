// Sends a dead letter again: a delivery that failed for good.
import type pg from 'pg';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import type { OnCallJobs } from '#lib/server/on-call/pages/after-commit.ts';

export type Resend = ReturnType<typeof createResend>;

/** Returns whether the Supplier has such a delivery and it had failed for good. Its tries begin anew. */
export const createResend =
	({ pool, jobs }: { pool: pg.Pool; jobs: OnCallJobs }) =>
	async (supplierId: number, deliveryId: string): Promise<boolean> => {
		const { rowCount } = await asSupplier(pool, supplierId, (client) =>
			client.query(AGAIN({ supplierId, deliveryId }))
		);
		if (rowCount) jobs.deliver(BigInt(deliveryId));
		return rowCount === 1;
	};

const AGAIN = query(`
update delivery set state = 'queued', attempts = 0, next_at = now(), wait_seconds = 0, leased_until = null, at = now()
where supplier_id = :supplierId and id = :deliveryId::bigint and state = 'failed' and next_at is null`);

// Counts what the views of the desk hold that a browser does not load: the shelved Alerts, those of one
// person, and those that standing decisions decided.
import type pg from 'pg';
import type { DeskCounts } from '#lib/domain/desk/desk-counts.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

export type DeskCounter = ReturnType<typeof createDeskCounter>;

export const createDeskCounter = (pool: pg.Pool) => ({
	of: (supplierId: number, callerId: string): Promise<DeskCounts> =>
		asSupplier(pool, supplierId, async (client) => {
			const { rows } = await client.query<DeskCounts>(COUNT({ supplierId, callerId }));
			return rows[0]!;
		})
});

const COUNT = query(`
select (
	select count(*)::int from supplier_alert where supplier_id = :supplierId and shelved_until is not null
) as shelved, (
	select count(*)::int from supplier_alert
	where supplier_id = :supplierId and assignee->>'id' = :callerId and (decision is null or contradicted)
) as mine, (
	select count(*)::int from standing_decision d join standing_match m on m.standing_id = d.id
	where d.supplier_id = :supplierId and m.supplier_id = :supplierId and m.matched_at > now() - interval '24 hours'
) as standing`);

// Returns Alerts from the shelf when their time is over (started by a timer of the worker). The rows decide: a worker that
// was down returns the Alerts when it starts, and of two workers the second finds nothing to do.
import type pg from 'pg';
import { publishChanged, type PublishDeps } from '#lib/server/decisions/publish-changed.ts';
import { insertEntries, lockFeeds, numbersFor } from '#lib/server/feed/feed-entries.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

/** The number of Alerts that one transaction returns. The feed of the Supplier is locked only that long. */
const BATCH_SIZE = 500;

/** Returns the Alerts whose time on the shelf is over. Returns their number. */
export async function returnShelved(deps: PublishDeps & { pool: pg.Pool }): Promise<number> {
	let count = 0;
	const { rows } = await deps.pool.query<{ supplier_id: number }>(DUE({}));
	for (const { supplier_id } of rows) {
		let returned: number;
		do {
			returned = await returnBatch(deps, supplier_id);
			count += returned;
		} while (returned === BATCH_SIZE);
	}
	return count;
}

async function returnBatch(deps: PublishDeps & { pool: pg.Pool }, supplierId: number): Promise<number> {
	const rows = await inTransaction(deps.pool, async (client) => {
		await lockFeeds(client, [supplierId]);
		return (await client.query<{ id: string; seq: bigint }>(RETURN({ supplierId, limit: BATCH_SIZE }))).rows;
	});
	if (rows.length > 0)
		await publishChanged(deps, supplierId, {
			done: rows.map(({ id }) => id),
			from: Number(rows[0]!.seq),
			to: Number(rows.at(-1)!.seq)
		});
	return rows.length;
}

const DUE = statement(
	'due-on-shelf',
	'select distinct supplier_id from supplier_alert where shelved_until <= now()'
);

// The explanation is the one that the person saw, so a decision on the version before is no conflict.
const RETURN = query(`
with due as (
	select alert_id, row_number() over (order by alert_id) as place from (
		select alert_id from supplier_alert where supplier_id = :supplierId::smallint and shelved_until <= now()
		order by shelved_until limit :limit
	) found
), head as (
	${numbersFor(':supplierId::smallint', 'due')}
), numbered as (
	select d.alert_id, h.seq + d.place as seq from due d cross join head h
), returned as (
	update supplier_alert s set version = s.version + 1, seq = n.seq, shelved = null, shelved_until = null
	from numbered n where s.supplier_id = :supplierId::smallint and s.alert_id = n.alert_id
	returning s.alert_id, s.version
), entered as (
	${insertEntries('numbered', ':supplierId::smallint')}
), noted as (
	insert into desk_action (supplier_id, alert_id, version, kind, why)
	select :supplierId::smallint, alert_id, version, 'returned', 'time' from returned
)
select alert_id::text as id, seq from numbered order by seq`);

// Reads the Alerts of one Supplier: pages of a list, single Alerts, and the feed. Each read is one transaction under
// row-level security. The writers of the rows have already applied the tenures, so a read only selects the rows of its
// Supplier.
import type pg from 'pg';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { PAGE_LIMITS, readPage } from './alert-page.ts';
import { stateColumns, toAlert, type AlertBody, type StoredState } from './feed.ts';

export type AlertReader = ReturnType<typeof createAlertReader>;

interface AlertRow extends StoredState {
	body: AlertBody;
}

/** An entry of the feed. `version: null`: the Supplier no longer has the Alert. */
interface EntryRow extends Omit<AlertRow, 'version'> {
	alert_id: bigint;
	version: number | null;
}

export function createAlertReader(pool: pg.Pool, limits = PAGE_LIMITS) {
	return {
		/**
		 * Reads one page of the list, newest stored Alerts first unless `sort` is `oldest`. `head`: the last feed
		 * number, read before the rows.
		 */
		page: (supplierId: number, filters: AlertFilters): Promise<AlertPage> =>
			asSupplier(pool, supplierId, async (client) => {
				const head = await readHead(client, supplierId);
				const { rows, ...rest } = await readPage(client, supplierId, filters, limits);
				return { items: rows.map(({ alert_id: _, ...row }) => fromRow(row)), ...rest, head };
			}),

		/** Reads one Alert; `null`: this Supplier has no such Alert. */
		one: (supplierId: number, id: string): Promise<Alert | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<AlertRow>(ONE({ supplierId, id }));
				return rows[0] ? fromRow(rows[0]) : null;
			}),

		/**
		 * Reads the Alerts with these ids, in the order of the feed. Ids that this Supplier does not have are left out.
		 */
		many: (supplierId: number, ids: readonly string[]): Promise<Alert[]> =>
			asSupplier(pool, supplierId, (client) => readAlerts(client, supplierId, ids)),

		/**
		 * Reads the entries of the feed after the feed number `after`. Each entry has the current state of its Alert,
		 * or says that the Alert was retracted. `null`: the feed does not reach back to `after`.
		 */
		feed: (supplierId: number, after: number, limit: number): Promise<FeedPage | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const head = await readHead(client, supplierId);
				const { rows } = await client.query<EntryRow>(ENTRIES({ supplierId, after, head, limit }));
				const first = rows[0] ? Number(rows[0].seq) : undefined;
				if (after < head && first !== after + 1) return null;
				const page: FeedPage = { items: [], retracted: [], head };
				for (const { alert_id, version, ...row } of rows)
					if (version === null) page.retracted.push({ id: alert_id.toString(), seq: Number(row.seq) });
					else page.items.push(fromRow({ ...row, version }));
				return page;
			}),

		/** Reads the last number of the Supplier's feed. */
		head: (supplierId: number): Promise<number> =>
			asSupplier(pool, supplierId, (client) => readHead(client, supplierId))
	};
}

/** Reads the Alerts with these ids within the caller's transaction, in the order of the feed. */
export async function readAlerts(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly string[]
): Promise<Alert[]> {
	const { rows } = await client.query<AlertRow>(MANY({ supplierId, ids }));
	return rows.map(fromRow);
}

const fromRow = (row: AlertRow): Alert => toAlert(row.body, row);

async function readHead(client: pg.ClientBase, supplierId: number): Promise<number> {
	const { rows } = await client.query<{ seq: bigint }>(HEAD({ supplierId }));
	return Number(rows[0]?.seq ?? 0n);
}

const ONE = query(`
select body, ${stateColumns('s')} from supplier_alert s where supplier_id = :supplierId and alert_id = :id`);

const MANY = query(`
select body, ${stateColumns('s')} from supplier_alert s
where supplier_id = :supplierId and alert_id = any(:ids::bigint[]) order by seq`);

const ENTRIES = query(`
select f.alert_id, s.body, ${stateColumns('s')}, f.seq from feed f
left join supplier_alert s on s.supplier_id = f.supplier_id and s.alert_id = f.alert_id
where f.supplier_id = :supplierId and f.seq > :after and f.seq <= :head order by f.seq limit :limit`);

const HEAD = query('select seq from feed_head where supplier_id = :supplierId');

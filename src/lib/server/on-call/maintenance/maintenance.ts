// Stores maintenance windows: the times in which the pages of expected Alerts wait.
import type pg from 'pg';
import type { Maintenance, MaintenanceIn } from '#lib/domain/on-call/maintenance.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

type Definition = Pick<Maintenance, 'areas' | 'codes' | 'hubs'>;

interface Row {
	id: number;
	from_at: Date;
	to_at: Date;
	definition: Definition;
	note: string;
	saved_by: string;
	saved_at: Date;
}

export type MaintenanceWindows = ReturnType<typeof createMaintenance>;

export function createMaintenance(pool: pg.Pool) {
	return {
		/** Lists the windows that have not ended, and those that ended in the last seven days, the earliest end first. */
		list: (supplierId: number): Promise<Maintenance[]> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<Row>(LIST({ supplierId }));
				return rows.map(toMaintenance);
			}),

		add: (
			supplierId: number,
			{ from, to, note, ...definition }: MaintenanceIn,
			by: string
		): Promise<Maintenance> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<Row>(
					ADD({ supplierId, from, to, note, by, definition: JSON.stringify(definition) })
				);
				return toMaintenance(rows[0]!);
			}),

		/**
		 * Ends a window now, or deletes it if it has not begun. Pages that it holds are sent within seconds. Returns
		 * whether there was such a window.
		 */
		end: (supplierId: number, id: string): Promise<boolean> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rowCount: deleted } = await client.query(DELETE({ supplierId, id }));
				if (deleted) return true;
				const { rowCount } = await client.query(END({ supplierId, id }));
				if (!rowCount) return false;
				await client.query(RELEASE({ supplierId, why: maintenanceReason(id) }));
				return true;
			})
	};
}

/** Says in `page.held_why` which window holds a page. */
export const maintenanceReason = (id: string | number): string => `maintenance window ${id}`;

const toMaintenance = (row: Row): Maintenance => ({
	id: String(row.id),
	from: row.from_at.toISOString(),
	to: row.to_at.toISOString(),
	...row.definition,
	note: row.note,
	savedBy: row.saved_by,
	savedAt: row.saved_at.toISOString()
});

/** Reads the windows of a Supplier that are open at `at` (epoch ms), within the caller's transaction. */
export async function readOpenWindows(
	client: pg.ClientBase,
	supplierId: number,
	at: number
): Promise<Maintenance[]> {
	const { rows } = await client.query<Row>(OPEN({ supplierId, at: new Date(at) }));
	return rows.map(toMaintenance);
}

const COLUMNS = 'id, from_at, to_at, definition, note, saved_by, saved_at';

const OPEN = statement(
	'open-maintenance',
	`select ${COLUMNS} from on_call_maintenance
	where supplier_id = :supplierId and from_at <= :at::timestamptz and to_at > :at::timestamptz`
);

const LIST = query(`
select ${COLUMNS} from on_call_maintenance
where supplier_id = :supplierId and to_at > now() - interval '7 days' order by to_at, id`);

const ADD = query(`
insert into on_call_maintenance (supplier_id, from_at, to_at, definition, note, saved_by)
values (:supplierId, :from, :to, :definition::jsonb, :note, :by) returning ${COLUMNS}`);

const DELETE = query(
	'delete from on_call_maintenance where supplier_id = :supplierId and id = :id::int and from_at > now()'
);

const END = query(
	'update on_call_maintenance set to_at = now() where supplier_id = :supplierId and id = :id::int and to_at > now()'
);

const RELEASE = query(
	'update page set held_until = now() where supplier_id = :supplierId and held_why = :why and held_until > now()'
);

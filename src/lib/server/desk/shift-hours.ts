// Keeps the hours at which the shifts of a Supplier begin.
import type pg from 'pg';
import { DEFAULT_SHIFT_HOURS, type ShiftHours } from '#lib/domain/desk/shift-hours.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

export type ShiftHourStore = ReturnType<typeof createShiftHours>;

export const createShiftHours = (pool: pg.Pool) => ({
	read: (supplierId: number): Promise<ShiftHours> =>
		asSupplier(pool, supplierId, (client) => readShiftHours(client, supplierId)),
	save: (supplierId: number, hours: ShiftHours, by: string): Promise<void> =>
		asSupplier(pool, supplierId, async (client) => {
			await client.query(SAVE({ supplierId, hours: JSON.stringify(hours), by }));
		})
});

/** Reads the hours within the caller's transaction. A Supplier that has set none gets the default. */
export async function readShiftHours(client: pg.ClientBase, supplierId: number): Promise<ShiftHours> {
	const { rows } = await client.query<{ hours: ShiftHours }>(READ({ supplierId }));
	return rows[0]?.hours ?? DEFAULT_SHIFT_HOURS;
}

const READ = query('select hours from shift_hours where supplier_id = :supplierId');

const SAVE = query(`
insert into shift_hours (supplier_id, hours, saved_by) values (:supplierId, :hours::jsonb, :by)
on conflict (supplier_id) do update set hours = excluded.hours, saved_by = excluded.saved_by, saved_at = now()`);

// Reads the size of the database on disk.
import type pg from 'pg';

export interface DatabaseSize {
	bytes: number;
	/** Bytes of each table including its indexes and partitions, by name of the table. */
	tables: Record<string, number>;
}

export async function databaseSize(pool: pg.Pool): Promise<DatabaseSize> {
	const whole = await pool.query<{ bytes: string }>('select pg_database_size(current_database()) as bytes');
	const { rows } = await pool.query<{ name: string; bytes: string }>(
		`select coalesce(pg_partition_root(c.oid)::regclass, c.oid::regclass)::text as name,
			sum(pg_total_relation_size(c.oid)) as bytes
		from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace group by 1`
	);
	return {
		bytes: Number(whole.rows[0]!.bytes),
		tables: Object.fromEntries(rows.map(({ name, bytes }) => [name, Number(bytes)]))
	};
}

export const databaseGrowth = (before: DatabaseSize, after: DatabaseSize): DatabaseSize => ({
	bytes: after.bytes - before.bytes,
	tables: Object.fromEntries(
		Object.entries(after.tables).map(([name, bytes]) => [name, bytes - (before.tables[name] ?? 0)])
	)
});

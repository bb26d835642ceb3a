// What the record takes on disk.
import type pg from 'pg';

export interface RecordSize {
	bytes: number;
	/** Tables with their indexes; partitions count to their table. */
	tables: Record<string, number>;
}

export async function recordSize(pool: pg.Pool): Promise<RecordSize> {
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

export const grownBy = (before: RecordSize, after: RecordSize): RecordSize => ({
	bytes: after.bytes - before.bytes,
	tables: Object.fromEntries(
		Object.entries(after.tables).map(([name, bytes]) => [name, bytes - (before.tables[name] ?? 0)])
	)
});

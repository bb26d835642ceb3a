// Small numbers for long values (Users, SRVs, response codes), shared by all processes through one table.
import type pg from 'pg';

export type DictionaryKind = 'route' | 'user' | 'variant' | 'response-code';
export type Dictionary = ReturnType<typeof createDictionary>;

export function createDictionary(pool: pg.Pool) {
	const ids = new Map<string, number>();
	const values = new Map<string, string>();
	const remember = (kind: string, id: number, value: string) => {
		ids.set(`${kind} ${value}`, id);
		values.set(`${kind} ${id}`, value);
	};

	return {
		/** The number of a value that `learn` has seen. */
		id(kind: DictionaryKind, value: string): number {
			const id = ids.get(`${kind} ${value}`);
			if (id === undefined)
				throw new Error(`dictionary: ${kind} "${value}" was not learned before it was used`);
			return id;
		},
		/** The value of a number that `recall` has seen. */
		value(kind: DictionaryKind, id: number): string {
			const value = values.get(`${kind} ${id}`);
			if (value === undefined) throw new Error(`dictionary: ${kind} ${id} is not in the database`);
			return value;
		},
		has: (kind: DictionaryKind, id: number): boolean => values.has(`${kind} ${id}`),

		/** Gives every new value a number. Must not run inside a transaction of the caller's. */
		async learn(kind: DictionaryKind, wanted: Iterable<string>): Promise<void> {
			const missing = [...new Set(wanted)].filter((value) => !ids.has(`${kind} ${value}`));
			if (missing.length === 0) return;
			const client = await pool.connect();
			try {
				await client.query('begin');
				await client.query(`select pg_advisory_xact_lock(hashtext('dictionary'), hashtext($1))`, [kind]);
				await client.query(
					`insert into dictionary (kind, id, value)
					 select $1, (select coalesce(max(id), 0) from dictionary where kind = $1) + row_number() over (), value
					 from unnest($2::text[]) value where not exists (select from dictionary d where d.kind = $1 and d.value = value.value)`,
					[kind, missing]
				);
				const { rows } = await client.query<{ id: number; value: string }>(
					'select id, value from dictionary where kind = $1 and value = any($2)',
					[kind, missing]
				);
				await client.query('commit');
				for (const row of rows) remember(kind, row.id, row.value);
			} catch (error) {
				await client.query('rollback');
				throw error;
			} finally {
				client.release();
			}
		},

		/** Reads what other processes have added. */
		async recall(): Promise<void> {
			const { rows } = await pool.query<{ kind: string; id: number; value: string }>(
				'select kind, id, value from dictionary'
			);
			for (const row of rows) remember(row.kind, row.id, row.value);
		}
	};
}

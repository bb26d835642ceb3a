// Gives long values (routes, Users, SRVs, response codes) small numbers. All processes share the numbers through the
// table `dictionary`.
import type pg from 'pg';
import { query } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

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
		/** Returns the number of a value. Throws if neither `learn` nor `recall` has read the value before. */
		id(kind: DictionaryKind, value: string): number {
			const id = ids.get(`${kind} ${value}`);
			if (id === undefined) throw new Error(`dictionary: ${kind} "${value}" was used before it was learned`);
			return id;
		},
		/** Returns the value of a number. Throws if neither `learn` nor `recall` has read the number before. */
		value(kind: DictionaryKind, id: number): string {
			const value = values.get(`${kind} ${id}`);
			if (value === undefined) throw new Error(`dictionary: ${kind} ${id} is not in the database`);
			return value;
		},
		has: (kind: DictionaryKind, id: number): boolean => values.has(`${kind} ${id}`),

		/** Gives every new value a number, in a separate transaction, and remembers the numbers. */
		async learn(kind: DictionaryKind, wanted: Iterable<string>): Promise<void> {
			const missing = [...new Set(wanted)].filter((value) => !ids.has(`${kind} ${value}`));
			if (missing.length === 0) return;
			const learned = await inTransaction(pool, async (client) => {
				await client.query(LOCK({ kind }));
				await client.query(INSERT({ kind, missing }));
				const { rows } = await client.query<{ id: number; value: string }>(NUMBERS({ kind, missing }));
				return rows;
			});
			for (const row of learned) remember(kind, row.id, row.value);
		},

		/** Reads the whole table again, with the numbers that other processes have given. */
		async recall(): Promise<void> {
			const { rows } = await pool.query<{ kind: string; id: number; value: string }>(
				'select kind, id, value from dictionary'
			);
			for (const row of rows) remember(row.kind, row.id, row.value);
		}
	};
}

const LOCK = query(`select pg_advisory_xact_lock(hashtext('dictionary'), hashtext(:kind))`);
const INSERT = query(`
insert into dictionary (kind, id, value)
select :kind, (select coalesce(max(id), 0) from dictionary where kind = :kind) + row_number() over (), value
from unnest(:missing::text[]) value
where not exists (select from dictionary d where d.kind = :kind and d.value = value.value)`);
const NUMBERS = query('select id, value from dictionary where kind = :kind and value = any(:missing)');

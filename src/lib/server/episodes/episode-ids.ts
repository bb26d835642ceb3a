// Takes ids for new episodes from the database.
import type pg from 'pg';
import { query } from '#lib/server/postgres/statement.ts';

/** Returns a function that takes this many new ids. An id that is not used stays unused. */
export const episodeIds =
	(pool: pg.Pool) =>
	async (count: number): Promise<bigint[]> => {
		const { rows } = await pool.query<{ id: bigint }>(TAKE({ count }));
		return rows.map((row) => row.id);
	};

const TAKE = query("select nextval('episode_id_seq') as id from generate_series(1, :count::int)");

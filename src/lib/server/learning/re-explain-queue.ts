// Which Alerts what was learned anew may bear on: the codes of a Supplier, from the newest Alert down.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/database.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';

/** Alerts kept within this time are explained again when a pattern becomes a candidate, or is one no more (ms). */
const REACH = 72 * 3_600_000;
/** At most so many of each code, the newest. */
const MOST = 200_000;
/** So many entries are gone through at a time, and so many Alerts found among them. */
const [SEEN, FOUND] = [2000, 100];
/** Above all ids. */
const TOP = 2n ** 63n - 1n;

/** Has the Alerts of these codes explained again, after the caller's commit; from the newest on where they are at it already. */
export async function beginAgain(
	client: pg.ClientBase,
	supplierId: number,
	codes: readonly string[]
): Promise<void> {
	await client.query(
		`insert into learned_again (supplier_id, code, below, budget) select $1, code, $3, $4 from unnest($2::text[]) as c(code)
		 on conflict (supplier_id, code) do update set below = excluded.below, budget = excluded.budget`,
		[supplierId, codes, TOP, MOST]
	);
}

/**
 * The next Alerts to be explained again, the newest first; within the caller's transaction they count as done. `null`:
 * there are none left, or another worker is at them.
 */
export async function takeAgain(client: pg.ClientBase): Promise<bigint[] | null> {
	const { rows: due } = await client.query<{
		supplier_id: number;
		code: string;
		below: bigint;
		budget: number;
	}>(DUE([]));
	const [first] = due;
	if (!first) return null;
	const codes = due.map(({ code }) => code);
	const { rows: seen } = await client.query<{ alert_id: bigint; bears: boolean }>(
		AHEAD([first.supplier_id, codes, first.below, firstIdAt(Date.now() - REACH), SEEN])
	);
	const found = seen.filter(({ bears }) => bears).map(({ alert_id }) => alert_id);
	const taken = found.slice(0, Math.min(FOUND, first.budget));
	const next = found.length > taken.length ? taken.at(-1) : seen[SEEN - 1]?.alert_id;
	await client.query(
		next === undefined || taken.length === first.budget
			? END([first.supplier_id, codes])
			: MOVE([first.supplier_id, codes, next, taken.length])
	);
	return taken;
}

/** Those of one Supplier that have come equally far. */
const DUE = statement(
	'learned-again-due',
	`select supplier_id, code, below, budget from learned_again where (supplier_id, below, budget) = (
		select supplier_id, below, budget from learned_again order by below desc, supplier_id limit 1
	) for update skip locked`
);

/** What rests on a reference, on the code alone or on no tenure rests on nothing learned. */
const AHEAD = statement(
	'learned-again-ahead',
	`select alert_id, code = any($2) and explanation not in ('exact', 'not-command', 'out-of-scope') as bears
	from supplier_alert where supplier_id = $1 and alert_id < $3 and alert_id >= $4 order by alert_id desc limit $5`
);

const MOVE = statement(
	'learned-again-move',
	'update learned_again set below = $3, budget = budget - $4 where supplier_id = $1 and code = any($2)'
);

const END = statement(
	'learned-again-end',
	'delete from learned_again where supplier_id = $1 and code = any($2)'
);

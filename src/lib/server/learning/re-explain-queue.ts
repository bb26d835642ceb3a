// Queues the Alerts that a changed learned pattern may affect. An entry of the queue is a code of a Supplier with a
// position. The Alerts with this code are taken from the newest to the oldest.
import type pg from 'pg';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { statement } from '#lib/server/postgres/statement.ts';

/** The greatest age of Alerts that are explained again, counted from the time when they were stored, in ms. */
const REACH_MS = 72 * 3_600_000;
/** The greatest number of Alerts of a code that are explained again. The newest Alerts are taken. */
const MAX_ALERTS_PER_CODE = 200_000;
/**
 * One step reads at most `READ_PER_STEP` explanations, and takes at most `TAKEN_PER_STEP` affected Alerts from them.
 */
const READ_PER_STEP = 2000;
const TAKEN_PER_STEP = 100;
/** An id that no stored row reaches. */
const ABOVE_ALL_IDS = 2n ** 63n - 1n;

/**
 * Queues the Alerts of these codes within the caller's transaction. A code that is already queued starts again at its
 * newest Alert.
 */
export async function queueCodes(
	client: pg.ClientBase,
	supplierId: number,
	codes: readonly string[]
): Promise<void> {
	await client.query(QUEUE({ supplierId, codes, below: ABOVE_ALL_IDS, budget: MAX_ALERTS_PER_CODE }));
}

/**
 * Takes the next affected Alerts, newest first. The caller must explain these Alerts in the same transaction, because
 * its commit takes them out of the queue. Returns `null` if the queue is empty or another worker takes from it.
 */
export async function takeAffected(client: pg.ClientBase): Promise<bigint[] | null> {
	const { rows: due } = await client.query<{
		supplier_id: number;
		code: string;
		below: bigint;
		budget: number;
	}>(DUE({}));
	const [first] = due;
	if (!first) return null;
	const position = { supplierId: first.supplier_id, codes: due.map(({ code }) => code) };
	const { rows: read } = await client.query<{ alert_id: bigint; affected: boolean }>(
		READ({
			...position,
			below: first.below,
			oldest: firstIdAt(Date.now() - REACH_MS),
			limit: READ_PER_STEP
		})
	);
	const affected = read.filter((row) => row.affected).map(({ alert_id }) => alert_id);
	const taken = affected.slice(0, Math.min(TAKEN_PER_STEP, first.budget));
	const next = affected.length > taken.length ? taken.at(-1) : read[READ_PER_STEP - 1]?.alert_id;
	await client.query(
		next === undefined || taken.length === first.budget
			? END(position)
			: MOVE({ ...position, below: next, taken: taken.length })
	);
	return taken;
}

const QUEUE = statement(
	'queue-learned-codes',
	`insert into learned_again (supplier_id, code, below, budget)
	select :supplierId::smallint, code, :below::bigint, :budget::integer from unnest(:codes::text[]) as c(code)
	on conflict (supplier_id, code) do update set below = excluded.below, budget = excluded.budget`
);

/** Reads and locks the codes of one Supplier that have the same position and the same remaining budget. */
const DUE = statement(
	'due-learned-codes',
	`select supplier_id, code, below, budget from learned_again where (supplier_id, below, budget) = (
		select supplier_id, below, budget from learned_again order by below desc, supplier_id limit 1
	) for update skip locked`
);

/**
 * Reads the next explanations. Explanations of the kinds `exact`, `not-command` and `out-of-scope` depend on no learned
 * pattern.
 */
const READ = statement(
	'read-learned-codes',
	`select alert_id, code = any(:codes) and explanation not in ('exact', 'not-command', 'out-of-scope') as affected
	from supplier_alert where supplier_id = :supplierId and alert_id < :below and alert_id >= :oldest
	order by alert_id desc limit :limit`
);

const MOVE = statement(
	'move-learned-codes',
	'update learned_again set below = :below, budget = budget - :taken where supplier_id = :supplierId and code = any(:codes)'
);

const END = statement(
	'end-learned-codes',
	'delete from learned_again where supplier_id = :supplierId and code = any(:codes)'
);

// Waits for the transactions that write, so that a later statement sees what they have committed.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { query } from './statement.ts';

const LONGEST_WAIT_MS = 5000;
const WAIT_STEP_MS = 10;

/** Waits until all transactions that write now have ended. Returns whether they have ended within the longest wait. */
export async function runningTransactionsEnd(client: pg.ClientBase | pg.Pool): Promise<boolean> {
	const { rows } = await client.query<{ next: string }>(NEXT_TRANSACTION({}));
	const giveUpAt = performance.now() + LONGEST_WAIT_MS;
	for (;;) {
		const { rows: oldest } = await client.query<{ ended: boolean }>(HAVE_ENDED({ next: rows[0]!.next }));
		if (oldest[0]!.ended) return true;
		if (performance.now() > giveUpAt) return false;
		await pause(WAIT_STEP_MS);
	}
}

const NEXT_TRANSACTION = query('select pg_snapshot_xmax(pg_current_snapshot())::text as next');
const HAVE_ENDED = query('select pg_snapshot_xmin(pg_current_snapshot()) >= :next::xid8 as ended');

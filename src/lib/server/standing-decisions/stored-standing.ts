// Reads standing decisions as the people of their Supplier see them.
import type pg from 'pg';
import type { Verdict } from '#lib/domain/decision.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import {
	pausedText,
	stateOf,
	type StandingDecision,
	type StandingState
} from '#lib/domain/standing-decision/standing-decision.ts';
import { query } from '#lib/server/postgres/statement.ts';

const DAY_MS = 86_400_000;
const MOST_LISTED = 500;

interface StandingRow {
	id: number;
	conditions: StandingWhen;
	verdict: Verdict;
	reason: string;
	note: string | null;
	expires_at: Date;
	preview: StandingDecision['preview'];
	proposed_by: string;
	proposed_by_id: string;
	proposed_at: Date;
	activated_by: string | null;
	activated_by_id: string | null;
	activated_at: Date | null;
	paused_at: Date | null;
	paused_reopened: number | null;
	ended_by: string | null;
	ended_by_id: string | null;
	ended_at: Date | null;
	matched: bigint;
	reopened: bigint;
	withdrawn: bigint;
	last_match_at: Date | null;
	history: Array<Omit<StandingDecision['history'][number], 'at'> & { at: string }>;
}

/** Reads the standing decisions of a Supplier, the newest first. `state: null`: in any state. */
export async function listStanding(
	client: pg.ClientBase,
	supplierId: number,
	state: StandingState | null,
	now: number
): Promise<StandingDecision[]> {
	const { rows } = await client.query<StandingRow>(LIST({ supplierId, state, at: new Date(now) }));
	return rows.map((row) => toStanding(row, now));
}

/** Reads one standing decision; `null`: this Supplier has no such standing decision. */
export async function readStanding(
	client: pg.ClientBase,
	supplierId: number,
	id: string,
	now: number
): Promise<StandingDecision | null> {
	const { rows } = await client.query<StandingRow>(ONE({ supplierId, id }));
	return rows[0] ? toStanding(rows[0], now) : null;
}

/** Returns the state of a stored row at the instant `now` (epoch ms). */
const stateOfRow = (
	row: Pick<StandingRow, 'expires_at' | 'activated_at' | 'paused_at' | 'ended_at'>,
	now: number
): StandingState =>
	stateOf(
		{
			expiresAt: row.expires_at.getTime(),
			activatedAt: row.activated_at?.getTime() ?? null,
			pausedAt: row.paused_at?.getTime() ?? null,
			endedAt: row.ended_at?.getTime() ?? null
		},
		now
	);

const toStanding = (row: StandingRow, now: number): StandingDecision => ({
	id: String(row.id),
	state: stateOfRow(row, now),
	when: row.conditions,
	verdict: row.verdict,
	reason: row.reason,
	note: row.note,
	expiresAt: row.expires_at.toISOString(),
	daysLeft: Math.max(0, Math.ceil((row.expires_at.getTime() - now) / DAY_MS)),
	proposed: { id: row.proposed_by_id, name: row.proposed_by, at: row.proposed_at.toISOString() },
	activated: author(row.activated_by_id, row.activated_by, row.activated_at),
	ended: author(row.ended_by_id, row.ended_by, row.ended_at),
	paused: row.paused_at && {
		at: row.paused_at.toISOString(),
		why: pausedText(row.paused_reopened ?? 0)
	},
	use: {
		matched: Number(row.matched),
		reopened: Number(row.reopened),
		withdrawn: Number(row.withdrawn),
		lastMatchAt: row.last_match_at?.toISOString() ?? null
	},
	preview: row.preview,
	history: row.history.map((event) => ({ ...event, at: new Date(event.at).toISOString() }))
});

const author = (
	id: string | null,
	name: string | null,
	at: Date | null
): { id: string; name: string; at: string } | null =>
	id === null || name === null || at === null ? null : { id, name, at: at.toISOString() };

const SELECT = `
select d.*, u.matched, u.reopened, u.withdrawn, u.last_match_at, (
	select coalesce(jsonb_agg(jsonb_build_object('kind', e.kind, 'at', e.at, 'by', e.done_by, 'note', e.note, 'counts', e.counts) order by e.id), '[]')
	from standing_event e where e.standing_id = d.id
) as history
from standing_decision d join standing_use u on u.standing_id = d.id
where d.supplier_id = :supplierId`;

/** SQL: the state of the standing decision `d` at an instant, by the rule of `stateOf`. */
export const stateSql = (at: string): string =>
	`case when d.ended_at is not null then 'ended' when d.expires_at <= ${at} then 'expired'
		when d.activated_at is null then 'proposed' when d.paused_at is null then 'active' else 'paused' end`;

const LIST = query(
	`${SELECT} and (:state::text is null or ${stateSql(':at')} = :state) order by d.id desc limit ${MOST_LISTED}`
);
const ONE = query(`${SELECT} and d.id = :id::bigint`);

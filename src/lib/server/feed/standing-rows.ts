// Builds the SQL by which the writers of explanations also write what standing decisions do to the same Alerts: the
// decision, its entry in the record of decisions, and the match. So an Alert and its decision are committed together.
//
// A standing decision that was ended, paused or changed must not decide after that was committed. Each writer holds the
// lock of the Supplier's feed (`lockFeeds`) when its statement begins, and whoever ends or pauses a standing decision
// takes the same lock first. So `isDeciding` sees every end that was committed before, and an end that comes later waits
// until this decision is committed.
import type { Decision } from '#lib/domain/decision.ts';
import { STANDING_CHANNEL, standingName } from '#lib/domain/standing-decision/standing-decision.ts';
import type { Column } from '#lib/server/postgres/statement.ts';
import type { ExplanationRow, StandingChange, StoredState } from './feed.ts';

/** The columns that a writer sends for the standing decisions. All are `null` for most Alerts. */
export const STANDING_COLUMNS: Readonly<Record<string, Column<ExplanationRow>>> = {
	standing: ['integer', ({ standing }) => standing?.decides?.id ?? null],
	decided: ['text', ({ standing }) => textOf(standing?.decides?.decision)],
	withdraws: ['integer', ({ standing }) => standing?.withdraws?.id ?? null],
	previous: ['text', ({ standing }) => textOf(standing?.withdraws?.decision)]
};

const textOf = (decision: Decision | undefined): string | null =>
	decision ? JSON.stringify(decision) : null;

/** Returns whether a standing decision does something to one of these Alerts. */
export const hasStanding = (rows: ReadonlyArray<Pick<ExplanationRow, 'standing'>>): boolean =>
	rows.some(({ standing }) => standing?.decides || standing?.withdraws);

/** Returns the values beside the explanation after the change. */
export function stateAfter(
	{ decision, withdrawn }: Pick<StoredState, 'decision' | 'withdrawn'>,
	change: StandingChange | null | undefined
): Pick<StoredState, 'decision' | 'withdrawn'> {
	if (change?.decides) return { decision: change.decides.decision, withdrawn: null };
	if (change?.withdraws) return { decision: null, withdrawn: change.withdraws.id };
	return { decision, withdrawn };
}

/** SQL: whether the standing decision with this id decides now. */
export const isDeciding = (id: string): string =>
	`exists (
		select from standing_decision r where r.id = ${id} and r.activated_at is not null and r.paused_at is null
			and r.ended_at is null and r.expires_at > clock_timestamp() offset 0
	)`;

/**
 * SQL, as parts of a `with`: records what standing decisions do to the rows of `from`. The rows have the columns of
 * `STANDING_COLUMNS`, the explanation, and as `before` the version before the decision.
 */
export const recordStanding = (from: string): string => `
standing_change as (
	select c.*, exists (
		select from standing_match m
		where m.supplier_id = c.supplier_id and m.alert_id = c.alert_id and m.standing_id = c.standing offset 0
	) as again
	from ${from} c where c.standing is not null or c.withdraws is not null
), standing_recorded as (
	insert into decision (supplier_id, alert_id, version, verdict, reason, note, decided_by, decided_by_id, decided_at, explanation, previous, channel)
	select supplier_id, alert_id, before, decided::jsonb ->> 'verdict', decided::jsonb ->> 'reason', decided::jsonb ->> 'note',
		'${standingName('')}' || coalesce(standing, withdraws), '${STANDING_CHANNEL}:' || coalesce(standing, withdraws), now(),
		explanation, previous::jsonb, '${STANDING_CHANNEL}'
	from standing_change
), standing_matched as (
	insert into standing_match as m (supplier_id, alert_id, standing_id, matched_at)
	select supplier_id, alert_id, standing, now() from standing_change where standing is not null
	on conflict (supplier_id, alert_id, standing_id) do update set matched_at = excluded.matched_at, withdrawn_at = null
), standing_withdrawn as (
	update standing_match m set withdrawn_at = now() from standing_change c
	where m.supplier_id = c.supplier_id and m.alert_id = c.alert_id and m.standing_id = c.withdraws
		and m.supplier_id = any(:supplier_id::smallint[]) and m.alert_id = any(:alert_id::bigint[])
), standing_used as (
	update standing_use u set matched = u.matched + c.fresh, withdrawn = u.withdrawn + c.withdrawn - c.again,
		last_match_at = case when c.fresh + c.again > 0 then now() else u.last_match_at end
	from (
		select standing_id, count(*) filter (where what = 'fresh') as fresh, count(*) filter (where what = 'again') as again,
			count(*) filter (where what = 'withdrawn') as withdrawn
		from (
			select standing as standing_id, case when again then 'again' else 'fresh' end as what
			from standing_change where standing is not null
			union all select withdraws, 'withdrawn' from standing_change where withdraws is not null
		) each_change group by standing_id
	) c
	where u.standing_id = c.standing_id
)`;

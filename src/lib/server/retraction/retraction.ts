// Retracts Alerts. A tenure was corrected, and a Supplier may no longer see an Alert that it has read. The row leaves
// `supplier_alert`, and so every read. An entry of the feed reports the retraction. `retracted_alert` keeps the row for
// audit.
import { doubtKeys } from '#lib/server/runs/run-doubts.ts';
import type pg from 'pg';
import type { Decision } from '#lib/domain/decision.ts';
import type { Assignee } from '#lib/domain/desk/assignment.ts';
import { countMembers } from '#lib/server/feed/episode-figures.ts';
import { bodyColumns } from '#lib/server/feed/body-reader.ts';
import { insertEntries } from '#lib/server/feed/feed-entries.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';

/** An Alert, and a Supplier that has or had the Alert. */
export interface AlertView {
	supplierId: number;
	alertId: bigint;
}

/**
 * Finds the Suppliers that have these Alerts and are not among the entitled Suppliers. A Supplier can lose its
 * entitlement only if its tenure of the Device was superseded, or if it fed the Alert. This function is called when
 * Alerts are explained again.
 */
export async function findLostViews(
	client: pg.ClientBase,
	alertIds: readonly bigint[],
	entitled: readonly AlertView[]
): Promise<AlertView[]> {
	const { rows } = await client.query<{ supplier_id: number; alert_id: bigint }>(
		LOST_VIEWS({
			alertIds,
			entitledSuppliers: entitled.map((view) => view.supplierId),
			entitledAlerts: entitled.map((view) => view.alertId)
		})
	);
	return rows.map((row) => ({ supplierId: row.supplier_id, alertId: row.alert_id }));
}

/**
 * Takes these Alerts from the Supplier, and inserts a feed entry for each. The Supplier's feed counter must be locked.
 */
export async function retract(
	client: pg.ClientBase,
	supplierId: number,
	retracted: ReadonlyArray<{ alertId: bigint; seq: number }>
): Promise<void> {
	if (retracted.length === 0) return;
	const alertIds = retracted.map(({ alertId }) => alertId);
	const { rows } = await client.query<{ id: bigint }>(LEFT_EPISODES({ supplierId, alertIds }));
	await client.query(RETRACT({ supplierId, alertIds, seqs: retracted.map(({ seq }) => seq) }));
	// The facts of an episode may come from a retracted Alert, so they change at once.
	await countMembers(
		client,
		supplierId,
		rows.map((row) => row.id)
	);
}

/** What an Alert had when it was last retracted. */
export type RetractedState = {
	version: number;
	decision: Decision | null;
	assignee: Assignee | null;
	comments: number;
};

/** Returns the states of these Alerts when they were last retracted from the Supplier. */
export async function lastRetracted(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly bigint[]
): Promise<Map<bigint, RetractedState>> {
	if (alertIds.length === 0) return new Map();
	const { rows } = await client.query<RetractedState & { alert_id: bigint }>(
		LAST_RETRACTED({ supplierId, alertIds })
	);
	return new Map(rows.map(({ alert_id, ...state }) => [alert_id, state]));
}

/** Gives Alerts that the Supplier gets back their next version, their assignee and the count of their comments. */
export async function carryOver(
	client: pg.ClientBase,
	supplierId: number,
	back: ReadonlyMap<bigint, RetractedState>
): Promise<void> {
	if (back.size === 0) return;
	const states = [...back.values()];
	await client.query(
		CARRY_OVER({
			supplierId,
			alertIds: [...back.keys()],
			versions: states.map(({ version }) => version),
			assignees: states.map(({ assignee }) => assignee && JSON.stringify(assignee)),
			comments: states.map(({ comments }) => comments)
		})
	);
}

const LOST_VIEWS = statement(
	'lost-views',
	`
with former as (
	select t.supplier_id, a.id as alert_id from alert a cross join lateral (
		select supplier_id from tenure where device_id = a.device_id and superseded_at is not null offset 0
	) t where a.id = any(:alertIds::bigint[])
	union
	select fed_by, id from alert where id = any(:alertIds::bigint[]) and fed_by is not null
	except
	select * from unnest(:entitledSuppliers::smallint[], :entitledAlerts::bigint[])
)
select s.supplier_id, s.alert_id from former f cross join lateral (
	select supplier_id, alert_id from supplier_alert where supplier_id = f.supplier_id and alert_id = f.alert_id limit 1
) s order by s.supplier_id, s.alert_id`
);

const LEFT_EPISODES = query(`
select distinct episode_id as id from supplier_alert
where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[]) and episode_id is not null`);

const RETRACT = query(`
with input as (
	select * from unnest(:alertIds::bigint[], :seqs::bigint[]) as t(alert_id, seq)
), archived as (
	insert into retracted_alert (supplier_id, alert_id, seq, version, explanation, body, columns, decision, assignee, comments)
	select s.supplier_id, s.alert_id, i.seq, s.version, s.explanation, s.body, ${bodyColumns('s')}, s.decision, s.assignee, s.comments
	from supplier_alert s join input i using (alert_id)
	where s.supplier_id = :supplierId and s.alert_id = any(:alertIds::bigint[])
), entered as (
	${insertEntries('input', ':supplierId::smallint')}
), doubted as (
	${doubtKeys('(select supplier_id, effective_at, keys from supplier_alert where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[])) gone')}
)
delete from supplier_alert where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[])`);

const LAST_RETRACTED =
	query(`select distinct on (alert_id) alert_id, version, decision, assignee, comments from retracted_alert
	where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[]) order by alert_id, seq desc`);

const CARRY_OVER = query(`
update supplier_alert s set version = b.version + 1, said_version = b.version + 1, assignee = b.assignee,
	comments = b.comments
from unnest(:alertIds::bigint[], :versions::integer[], :assignees::jsonb[], :comments::integer[]) as b(alert_id, version, assignee, comments)
where s.supplier_id = :supplierId and s.alert_id = b.alert_id`);

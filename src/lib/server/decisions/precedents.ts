// Reads precedents: earlier decisions on the same pattern as an Alert, among the Alerts of one Supplier.
import type pg from 'pg';
import type { Decision } from '#lib/domain/decision.ts';
import {
	MAX_EXAMPLES_PER_VERDICT,
	PRECEDENT_DAYS,
	rarerVerdict,
	type Precedents
} from '#lib/domain/precedent.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

/** The pattern of an Alert, with the SRV and the role of its best candidate; `null`: the Alert has no candidate. */
interface PatternRow {
	pattern: string;
	variant: string | null;
	role: string | null;
}

/**
 * A precedent, shown by one of its Alerts. `alerts`: the number of Alerts that the precedent decided. `ignorable` and
 * `actionable`: the numbers of precedents with each verdict.
 */
interface PrecedentRow {
	alert_id: bigint;
	device_id: string;
	effective_at: Date;
	decision: Decision;
	alerts: number;
	ignorable: number;
	actionable: number;
}

const DAY_MS = 86_400_000;

export type PrecedentReader = ReturnType<typeof createPrecedents>;

export function createPrecedents(pool: pg.Pool) {
	return {
		/**
		 * Reads the precedents of an Alert, without the Alert's own decision; `null`: this Supplier has no such Alert.
		 */
		of: (supplierId: number, alertId: string, now = Date.now()): Promise<Precedents | null> =>
			asSupplier(pool, supplierId, (client) => readPrecedents(client, supplierId, alertId, now))
	};
}

/** Reads the precedents of an Alert within the caller's transaction; `null`: this Supplier has no such Alert. */
export async function readPrecedents(
	client: pg.ClientBase,
	supplierId: number,
	alertId: string,
	now: number
): Promise<Precedents | null> {
	const { rows: patterns } = await client.query<PatternRow>(PATTERN({ supplierId, alertId }));
	if (!patterns[0]) return null;
	const { pattern, variant, role } = patterns[0];
	const since = now - PRECEDENT_DAYS * DAY_MS;
	const { rows } = await client.query<PrecedentRow>(
		PRECEDENTS({
			supplierId,
			alertId,
			pattern,
			firstId: firstIdAt(since),
			perVerdict: MAX_EXAMPLES_PER_VERDICT
		})
	);
	const { ignorable, actionable } = rows[0] ?? { ignorable: 0, actionable: 0 };
	const first = rarerVerdict({ ignorable, actionable });
	const order = (row: PrecedentRow): number => (row.decision.verdict === first ? 0 : 1);
	return {
		since: new Date(since).toISOString(),
		serviceReferenceVariant: variant,
		userRole: role,
		ignorable,
		actionable,
		examples: rows
			.toSorted((a, b) => order(a) - order(b))
			.map((row) => ({
				alertId: row.alert_id.toString(),
				deviceId: row.device_id,
				effectiveAt: row.effective_at.toISOString(),
				decision: row.decision,
				alerts: row.alerts
			}))
	};
}

const PATTERN = query(`
select decided_on(code, explanation, body) as pattern,
	body #>> '{candidates,0,serviceReferenceVariant}' as variant, body #>> '{candidates,0,userRole}' as role
from supplier_alert where supplier_id = :supplierId and alert_id = :alertId::bigint`);

// Decisions of standing decisions are no precedents: nobody looked at their Alerts. If a person decides many Alerts at
// one instant, the decisions count as one precedent. A contradicted decision is no
// precedent, because the pattern of the Alert has changed since.
const PRECEDENTS = query(`
with acts as (
	select decision ->> 'verdict' as verdict, decision ->> 'at' as at, decision ->> 'by' as by, count(*)::int as alerts,
		max(alert_id) as alert_id
	from supplier_alert
	where supplier_id = :supplierId and decision is not null and decision ->> 'standing' is null and not contradicted
		and decided_on(code, explanation, body) = :pattern
		and alert_id >= :firstId::bigint and alert_id <> :alertId::bigint
	group by 1, 2, 3
), counted as (
	select *, (count(*) filter (where verdict = 'ignorable') over ())::int as ignorable,
		(count(*) filter (where verdict = 'actionable') over ())::int as actionable,
		row_number() over (partition by verdict order by at desc, alert_id desc) as place
	from acts
)
select c.alert_id, s.device_id, s.effective_at, s.decision, c.alerts, c.ignorable, c.actionable
from counted c join supplier_alert s on s.supplier_id = :supplierId and s.alert_id = c.alert_id
where c.place <= :perVerdict order by c.place`);

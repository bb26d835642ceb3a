// Decisions made before on the same pattern, within one Supplier's own rows.
import { sql } from 'kysely';
import type { Decision } from '#lib/domain/decision.ts';
import { MOST_SHOWN, PRECEDENT_DAYS, rarer, type Precedents } from '#lib/domain/precedent.ts';
import { asSupplier, type Database } from '#lib/server/postgres/database.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';

interface Row {
	alert_id: bigint;
	device_id: string;
	effective_at: Date;
	decision: Decision;
	alerts: number;
	ignorable: number;
	actionable: number;
}

export type PrecedentReader = ReturnType<typeof createPrecedents>;

export function createPrecedents(db: Database) {
	return {
		/** What was decided on Alerts like this one, itself left out; `null`: there is no such Alert for this Supplier. */
		of: (supplierId: number, alertId: string, now = Date.now()): Promise<Precedents | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const { rows: own } = await sql<{ pattern: string; variant: string | null; role: string | null }>`
					select decided_on(code, explanation, body) as pattern,
						body #>> '{candidates,0,serviceReferenceVariant}' as variant, body #>> '{candidates,0,userRole}' as role
					from supplier_alert where supplier_id = ${supplierId} and alert_id = ${alertId}::bigint`.execute(tx);
				if (!own[0]) return null;
				const { pattern, variant, role } = own[0];
				const since = now - PRECEDENT_DAYS * 86_400_000;
				// One act of a person has one instant, however many Alerts it decided. What new evidence contradicts is no
				// precedent: it was decided on another pattern.
				const { rows } = await sql<Row>`
					with acts as (
						select decision ->> 'verdict' as verdict, decision ->> 'at' as at, decision ->> 'by' as by, count(*)::int as alerts,
							max(alert_id) as alert_id
						from supplier_alert
						where supplier_id = ${supplierId} and decision is not null and not contradicted
							and decided_on(code, explanation, body) = ${pattern}
							and alert_id >= ${firstIdAt(since).toString()}::bigint and alert_id <> ${alertId}::bigint
						group by 1, 2, 3
					), counted as (
						select *, (count(*) filter (where verdict = 'ignorable') over ())::int as ignorable,
							(count(*) filter (where verdict = 'actionable') over ())::int as actionable,
							row_number() over (partition by verdict order by at desc, alert_id desc) as place
						from acts
					)
					select c.alert_id, s.device_id, s.effective_at, s.decision, c.alerts, c.ignorable, c.actionable
					from counted c join supplier_alert s on s.supplier_id = ${supplierId} and s.alert_id = c.alert_id
					where c.place <= ${MOST_SHOWN} order by c.place`.execute(tx);
				const { ignorable, actionable } = rows[0] ?? { ignorable: 0, actionable: 0 };
				const first = rarer({ ignorable, actionable });
				const order = (row: Row): number => (row.decision.verdict === first ? 0 : 1);
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
			})
	};
}

// Decides what standing decisions do to explanations that are about to be written. The writers of the explanations commit
// both together (feed/standing-rows.ts).
import type pg from 'pg';
import type { CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import type { Decision } from '#lib/domain/decision.ts';
import { covers } from '#lib/domain/standing-decision/fit.ts';
import { STANDING_CHANNEL, standingName } from '#lib/domain/standing-decision/standing-decision.ts';
import type { ExplanationRow, StandingChange, StoredState } from '#lib/server/feed/feed.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import type { RulesOfSupplier, StandingRule, StandingRuleCache, StandingRules } from './standing-rules.ts';

/** Returns the first explanations with the standing decisions that decide their Alerts. `now`: epoch ms. */
export const decideFirst = <Row extends ExplanationRow>(
	rows: readonly Row[],
	rules: StandingRules,
	table: CauseTable,
	now: number
): Row[] =>
	rows.map((row) => {
		const rule = rules.of(row.supplierId)?.ruleFor(row.body, table, now);
		return rule ? { ...row, standing: { decides: decisionBy(rule, now), withdraws: null } } : row;
	});

/** A new explanation of an Alert, and what the Supplier has of the Alert. `before: null`: nothing yet. */
export interface Settled {
	row: ExplanationRow;
	before: Pick<StoredState, 'decision'> | null;
}

export interface SettleDeps {
	standing: StandingRuleCache;
	table: CauseTable;
}

/**
 * Returns new explanations of known Alerts with what standing decisions do to them. A standing decision that no longer
 * fits takes its decision back, and an Alert that comes to fit is decided. An Alert that a person ever decided or
 * reopened stays as the person left it.
 *
 * Call this after the Alerts were read. The rules are then as new as the decisions on these Alerts. A person who decides
 * later gives the Alert a new version, and the writer leaves it as it is.
 */
export async function settleStanding<T extends Settled>(
	client: pg.ClientBase,
	{ standing, table }: SettleDeps,
	changes: readonly T[],
	now = Date.now()
): Promise<T[]> {
	if (changes.length === 0) return [];
	const rules = await standing.read(client);
	const planned = changes.map((change) => ({
		change,
		plan: planOf(change, rules.of(change.row.supplierId), table, now)
	}));
	const touched = await touchedByPeople(
		client,
		planned.flatMap(({ change, plan }) => (plan?.decides && change.before ? [change.row] : []))
	);
	return planned.map(({ change, plan }) => {
		const { row } = change;
		const isTouched = plan?.decides && touched.has(keyOf(row.supplierId, row.alertId));
		const left = isTouched ? { ...plan, decides: null } : plan;
		return left?.decides || left?.withdraws ? { ...change, row: { ...row, standing: left } } : change;
	});
}

/** Returns what standing decisions would do to the Alert; `null`: nothing. */
function planOf(
	{ row, before }: Settled,
	rules: RulesOfSupplier | undefined,
	table: CauseTable,
	now: number
): StandingChange | null {
	const decision = before?.decision ?? null;
	if (!rules || (decision && decision.standing === undefined)) return null;
	let withdraws: StandingChange['withdraws'] = null;
	if (decision) {
		const id = Number(decision.standing);
		const rule = rules.byId.get(id);
		if (rule && covers(rule.when, row.body, table)) return null;
		withdraws = { id, decision };
	}
	const rule = rules.ruleFor(row.body, table, now);
	return { decides: rule ? decisionBy(rule, now) : null, withdraws };
}

const decisionBy = (rule: StandingRule, now: number): { id: number; decision: Decision } => ({
	id: rule.id,
	decision: {
		verdict: rule.verdict,
		reason: rule.reason,
		note: rule.note,
		by: standingName(rule.id),
		at: new Date(now).toISOString(),
		standing: String(rule.id)
	}
});

const keyOf = (supplierId: number, alertId: bigint): string => `${supplierId} ${alertId}`;

/** Returns the Alerts among these that a person ever decided or reopened. */
async function touchedByPeople(
	client: pg.ClientBase,
	rows: readonly ExplanationRow[]
): Promise<ReadonlySet<string>> {
	if (rows.length === 0) return new Set();
	const { rows: found } = await client.query<{ supplier_id: number; alert_id: bigint }>(
		TOUCHED({
			supplierIds: rows.map((row) => row.supplierId),
			alertIds: rows.map((row) => row.alertId)
		})
	);
	return new Set(found.map((row) => keyOf(row.supplier_id, row.alert_id)));
}

const TOUCHED = statement(
	'alerts-touched-by-people',
	`select i.supplier_id, i.alert_id from unnest(:supplierIds::smallint[], :alertIds::bigint[]) as i(supplier_id, alert_id)
	where exists (
		select from decision d
		where d.supplier_id = i.supplier_id and d.alert_id = i.alert_id and d.channel <> '${STANDING_CHANNEL}' offset 0
	)`
);

// Counts what a standing decision would have decided in the last 30 days, and what people decided about these Alerts. The
// rule is that of `covers` in domain/standing-decision/fit.ts; a test compares both.
import type pg from 'pg';
import type { Verdict } from '#lib/domain/decision.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';
import { NEVER_COVERED_CATEGORIES, type StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import {
	MAX_EXAMPLES,
	PREVIEW_DAYS,
	type StandingPreview
} from '#lib/domain/standing-decision/standing-decision.ts';
import { readAlerts } from '#lib/server/feed/alert-reader.ts';
import { firstCandidate } from '#lib/server/feed/stored-body.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplierWithin } from '#lib/server/postgres/time-limit.ts';

const DAY_MS = 86_400_000;
/** A preview that takes longer than this ends without a result, in seconds. */
const TIME_LIMIT_SECONDS = 10;

interface Counted {
	matched: number;
	actionable: number;
	ignorable: number;
	examples: bigint[];
}

/**
 * Counts the Alerts that were stored in the 30 days before `asOf` (epoch ms) and that the standing decision covers.
 * Returns `null` if the database needs too long.
 */
export async function readPreview(
	pool: pg.Pool,
	supplierId: number,
	{ when, verdict }: { when: StandingWhen; verdict: Verdict },
	asOf: number
): Promise<StandingPreview | null> {
	const { sql, values } = conditionsOf(when);
	const count = query(`
with fitting as (
	select alert_id, case when decision ->> 'standing' is null then decision ->> 'verdict' end as verdict
	from supplier_alert s
	cross join lateral (select ${firstCandidate('s.body')} as suspect offset 0) c
	where supplier_id = :supplierId and alert_id >= :from::bigint and alert_id < :until::bigint and ${sql}
)
select count(*)::int as matched, (count(*) filter (where verdict = 'actionable'))::int as actionable,
	(count(*) filter (where verdict = 'ignorable'))::int as ignorable,
	array(
		select alert_id from fitting order by (verdict is not null and verdict <> :verdict) desc, alert_id desc limit ${MAX_EXAMPLES}
	) as examples
from fitting`);
	return asSupplierWithin(pool, supplierId, TIME_LIMIT_SECONDS, async (client) => {
		const { rows } = await client.query<Counted>(
			count({
				...values,
				supplierId,
				verdict,
				from: firstIdAt(asOf - PREVIEW_DAYS * DAY_MS),
				until: firstIdAt(asOf + 1)
			})
		);
		const { matched, actionable, ignorable, examples } = rows[0]!;
		const ids = examples.map(String);
		const alerts = new Map((await readAlerts(client, supplierId, ids)).map((alert) => [alert.id, alert]));
		return {
			days: PREVIEW_DAYS,
			asOf: new Date(asOf).toISOString(),
			matched,
			decidedActionable: actionable,
			decidedIgnorable: ignorable,
			undecided: matched - actionable - ignorable,
			examples: ids.flatMap((id) => alerts.get(id) ?? [])
		};
	});
}

/**
 * Writes the conditions as SQL over `s`, a row of supplier_alert, and over `c`, its suspect. The body is a long text, so
 * PostgreSQL reads it last, and once for the suspect.
 */
function conditionsOf(when: StandingWhen): { sql: string; values: Record<string, unknown> } {
	const values: Record<string, unknown> = {
		code: when.code,
		explanation: when.explanation,
		never: NEVER_COVERED_CATEGORIES
	};
	const tests = ['s.code = :code', 's.explanation = :explanation', 's.category <> all(:never::text[])'];
	const test = (sql: string, name: keyof StandingWhen): void => {
		if (when[name] === undefined) return;
		values[name] = String(when[name]);
		tests.push(`${sql} = :${name}`);
	};
	if (namesSuspect(when.explanation)) {
		tests.push('c.suspect is not null');
		test("c.suspect ->> 'serviceReferenceVariant'", 'serviceReferenceVariant');
		test("c.suspect ->> 'userRole'", 'userRole');
		test("c.suspect ->> 'own'", 'own');
		test("c.suspect ->> 'responseCode'", 'responseCode');
		if (when.userRole !== undefined) tests.push(':userRole = any(s.roles)');
	}
	test("s.body ->> 'deviceType'", 'deviceType');
	test("s.body ->> 'area'", 'area');
	return { sql: tests.join(' and '), values };
}

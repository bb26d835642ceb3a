// Writes the conditions of a route as SQL over the stored Alerts. The rule is that of `matches` in
// domain/on-call/route.ts, for an Alert that nobody has decided yet; a test compares both.
import type { RouteWhen } from '#lib/domain/on-call/route.ts';
import type { Values } from '#lib/server/postgres/statement.ts';

export interface Conditions {
	/** SQL over `s`, a row of supplier_alert, and over `e`, the episode of the Alert. */
	sql: string;
	values: Values;
	/** Whether the SQL reads the episode `e`. */
	readsEpisode: boolean;
}

/** Returns the conditions of a route. `name` begins the names of the parameters, so that conditions can be combined. */
export function conditionsOf(when: RouteWhen, name: string): Conditions {
	if (when.feedFault) return { sql: 'false', values: {}, readsEpisode: false };
	const tests: string[] = [];
	const values: Record<string, unknown> = {};
	const test = (sql: (parameter: string) => string, parameter: string, value: unknown): void => {
		if (value === undefined) return;
		values[`${name}_${parameter}`] = value;
		tests.push(sql(`:${name}_${parameter}`));
	};
	if (when.contradicted) tests.push('s.contradicted');
	test((list) => `s.explanation = any(${list}::text[])`, 'explanation', when.explanation);
	test((list) => `s.category = any(${list}::text[])`, 'category', when.category);
	test((list) => `s.code = any(${list}::text[])`, 'codes', when.codes);
	test((least) => `s.priority <= ${least}::int`, 'priority', when.priority);
	test((least) => `coalesce(e.devices, 0) >= ${least}::int`, 'devices', when.minDevices);
	// The area is a part of the body, which is long. So PostgreSQL reads it last.
	test((list) => `coalesce(s.body->>'area' = any(${list}::text[]), false)`, 'areas', when.areas);
	const sql = tests.length === 0 ? 'true' : tests.length === 1 ? tests[0]! : `(${tests.join(' and ')})`;
	return { sql, values, readsEpisode: when.minDevices !== undefined };
}

// Caches the standing decisions of all Suppliers in a worker, ready to be compared with Alerts.
import type pg from 'pg';
import type { CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import { covers, type StandingFacts } from '#lib/domain/standing-decision/fit.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import { stateOf } from '#lib/domain/standing-decision/standing-decision.ts';
import { statement } from '#lib/server/postgres/statement.ts';

export interface StandingRule {
	id: number;
	when: StandingWhen;
	verdict: Verdict;
	reason: string;
	note: string | null;
	/** The instants that give its state (epoch ms). */
	expiresAt: number;
	activatedAt: number;
	pausedAt: number | null;
	endedAt: number | null;
}

/** The standing decisions of one Supplier that were ever activated. */
export interface RulesOfSupplier {
	byId: ReadonlyMap<number, StandingRule>;
	/** Returns the oldest standing decision that is active at `now` (epoch ms) and covers the Alert. */
	ruleFor(alert: StandingFacts, table: CauseTable, now: number): StandingRule | undefined;
}

/** The standing decisions at one instant. */
export interface StandingRules {
	/** `undefined`: the Supplier never had one. */
	of(supplierId: number): RulesOfSupplier | undefined;
}

export type StandingRuleCache = ReturnType<typeof cacheStandingRules>;

/** Each read asks for the versions of the standing decisions, and then reads only the changed ones. */
export function cacheStandingRules() {
	const newest = new Map<number, { version: bigint; rules: RulesOfSupplier }>();
	return {
		/** Reads the standing decisions as they are committed now. */
		async read(client: pg.ClientBase): Promise<StandingRules> {
			const { rows } = await client.query<{ supplier_id: number; version: bigint }>(VERSIONS({}));
			// Each reader gets a separate map, because another reader may find a newer version in the meantime.
			const current = new Map<number, RulesOfSupplier>();
			for (const { supplier_id, version } of rows) {
				let cached = newest.get(supplier_id);
				if (cached?.version !== version) {
					cached = { version, rules: toRules(await readRules(client, supplier_id)) };
					newest.set(supplier_id, cached);
				}
				current.set(supplier_id, cached.rules);
			}
			return { of: (supplierId) => current.get(supplierId) };
		}
	};
}

interface RuleRow {
	id: number;
	conditions: StandingWhen;
	verdict: Verdict;
	reason: string;
	note: string | null;
	expires_at: Date;
	activated_at: Date;
	paused_at: Date | null;
	ended_at: Date | null;
}

async function readRules(client: pg.ClientBase, supplierId: number): Promise<StandingRule[]> {
	const { rows } = await client.query<RuleRow>(RULES({ supplierId }));
	return rows.map((row) => ({
		id: row.id,
		when: row.conditions,
		verdict: row.verdict,
		reason: row.reason,
		note: row.note,
		expiresAt: row.expires_at.getTime(),
		activatedAt: row.activated_at.getTime(),
		pausedAt: row.paused_at?.getTime() ?? null,
		endedAt: row.ended_at?.getTime() ?? null
	}));
}

function toRules(rules: readonly StandingRule[]): RulesOfSupplier {
	// Most Alerts have a code without a standing decision, so they cost one look-up.
	const byCode = Map.groupBy(
		rules.filter((rule) => rule.endedAt === null && rule.pausedAt === null),
		(rule) => rule.when.code
	);
	return {
		byId: new Map(rules.map((rule) => [rule.id, rule])),
		ruleFor: (alert, table, now) =>
			byCode
				.get(alert.code)
				?.find((rule) => stateOf(rule, now) === 'active' && covers(rule.when, alert, table))
	};
}

const VERSIONS = statement('standing-versions', 'select supplier_id, version from standing_version');

const RULES = statement(
	'standing-rules',
	`select id, conditions, verdict, reason, note, expires_at, activated_at, paused_at, ended_at from standing_decision
	where supplier_id = :supplierId and activated_at is not null order by id`
);

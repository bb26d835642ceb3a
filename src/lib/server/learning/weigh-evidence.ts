// weigh-evidence: what the counts say, Supplier by Supplier; and where that changes what is offered, the Alerts that it
// may bear on are explained again (explain-learned.ts).
import type { CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { OFFER, isFrequent, weighCounts } from '#lib/domain/learned-evidence.ts';
import { patternKey, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import { mayRestOn } from '#lib/domain/correlation/learned-fit.ts';
import { onSession } from '#lib/server/postgres/database.ts';
import { patternRows, toPatterns } from './learned-patterns.ts';
import {
	countDevices,
	countsOf,
	dismissedBy,
	isSamePattern,
	keepPatterns,
	toWeigh
} from './learned-weights.ts';
import type pg from 'pg';

export interface WeighDeps {
	pool: pg.Pool;
	/** The one that is active. */
	table: CauseTable;
}

/** Weighs what was counted since the last time. Returns how many patterns have changed. */
export async function weighEvidence({ pool, table }: WeighDeps): Promise<number> {
	let count = 0;
	for (const { supplierId, counted } of await toWeigh(pool)) {
		count += await onSession(pool, async (client) => {
			await client.query('begin isolation level repeatable read read only');
			const before = toPatterns(await patternRows(client, supplierId));
			const now = await weigh(client, supplierId);
			await client.query('commit');
			const changed = [...now].filter(([key, p]) => !isSamePattern(before.get(key), p)).map(([, p]) => p);
			const gone = [...before].filter(([key]) => !now.has(key)).map(([, p]) => p);
			const codes = new Set(
				[...changed, ...gone]
					.filter((p) => reachOf(before.get(patternKey(p))) !== reachOf(now.get(patternKey(p))))
					.filter((p) => mayRestOn(p, table))
					.map((p) => p.code)
			);
			await keepPatterns(client, { supplierId, counted, changed, gone, codes: [...codes] });
			return changed.length + gone.length;
		});
	}
	return count;
}

/** All of a pattern that an explanation depends on: up to which delay it makes a candidate (seconds), if it does. */
const reachOf = (pattern: LearnedPattern | undefined): number =>
	pattern?.offered ? pattern.withinSeconds : 0;

async function weigh(client: pg.ClientBase, supplierId: number): Promise<Map<string, LearnedPattern>> {
	const weighed = weighCounts(await countsOf(client, supplierId));
	const devices = await countDevices(client, supplierId, weighed.filter(isFrequent));
	const dismissed = await dismissedBy(client, supplierId);
	return new Map(
		weighed.map((pattern) => {
			const key = patternKey(pattern);
			const on = devices.get(key) ?? null;
			const offered = on !== null && on >= OFFER.devices && !dismissed.has(key);
			return [key, { ...pattern, devices: on, offered }];
		})
	);
}

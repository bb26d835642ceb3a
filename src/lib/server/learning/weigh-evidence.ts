// Turns the counts of each Supplier into learned patterns (job weigh-evidence, started by a timer). When a pattern
// becomes a candidate or stops being a candidate, the Alerts that it may affect are explained again
// (correlation/explain-learned.ts).
import type pg from 'pg';
import type { CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { mayUsePattern } from '#lib/domain/correlation/learned-fit.ts';
import { OFFER_THRESHOLDS, isFrequent, weighCounts } from '#lib/domain/learned-evidence.ts';
import { patternKey, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { patternRows, toPatterns } from './learned-patterns.ts';
import {
	countDevices,
	countsOf,
	dismissedBy,
	isSamePattern,
	storePatterns,
	suppliersToWeigh
} from './learned-weights.ts';

export interface WeighDeps {
	pool: pg.Pool;
	/** The active cause table. */
	table: CauseTable;
}

/** Weighs the counts of each Supplier whose counts have changed. Returns the number of patterns that have changed. */
export async function weighEvidence({ pool, table }: WeighDeps): Promise<number> {
	let count = 0;
	for (const { supplierId, counted } of await suppliersToWeigh(pool)) {
		const { before, after } = await inTransaction(
			pool,
			async (client) => ({
				before: toPatterns(await patternRows(client, supplierId)),
				after: await weigh(client, supplierId)
			}),
			{ snapshot: true }
		);
		const changed = [...after].filter(([key, p]) => !isSamePattern(before.get(key), p)).map(([, p]) => p);
		const gone = [...before].filter(([key]) => !after.has(key)).map(([, p]) => p);
		const codes = new Set(
			[...changed, ...gone]
				.filter((p) => windowOf(before.get(patternKey(p))) !== windowOf(after.get(patternKey(p))))
				.filter((p) => mayUsePattern(p, table))
				.map((p) => p.code)
		);
		await inTransaction(pool, (client) =>
			storePatterns(client, { supplierId, counted, changed, gone, codes: [...codes] })
		);
		count += changed.length + gone.length;
	}
	return count;
}

/**
 * Returns the longest delay, in seconds, at which a pattern makes a candidate; 0: the pattern makes no candidate.
 * Explanations depend on no other property of a pattern.
 */
const windowOf = (pattern: LearnedPattern | undefined): number =>
	pattern?.offered ? pattern.withinSeconds : 0;

/** Returns the patterns that the current counts of a Supplier show, by `patternKey`. */
async function weigh(client: pg.ClientBase, supplierId: number): Promise<Map<string, LearnedPattern>> {
	const weighed = weighCounts(await countsOf(client, supplierId));
	const devices = await countDevices(client, supplierId, weighed.filter(isFrequent));
	const dismissed = await dismissedBy(client, supplierId);
	return new Map(
		weighed.map((pattern) => {
			const key = patternKey(pattern);
			const deviceCount = devices.get(key) ?? null;
			const offered = deviceCount !== null && deviceCount >= OFFER_THRESHOLDS.devices && !dismissed.has(key);
			return [key, { ...pattern, devices: deviceCount, offered }];
		})
	);
}

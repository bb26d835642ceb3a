// Checks the runs of keys in doubt against the database, and moves the Alerts that are not where the rule puts them. A key
// comes into doubt when the index does not know enough of its run, when an Alert lost the key, when two episodes come
// together, and by random samples. The check works behind the hot path: the database is the record.
//
// A check marks its keys in the index, so that Alerts that come meanwhile are kept apart too. It waits until the
// transactions that were running then have ended. So each Alert of the key is in the database, or among those kept apart.
// An emptied Redis loses the marks and the Alerts kept apart. The check then leaves the doubts for a later check. No check
// works until the index is filled again, because the filling would put back what the check has just corrected.
import type pg from 'pg';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import type { Frame } from '#lib/server/feed/feed.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { runningTransactionsEnd } from '#lib/server/postgres/running-transactions.ts';
import { whileLocked } from '#lib/server/postgres/session-lock.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { countMembers } from '#lib/server/feed/episode-figures.ts';
import { moveAlerts, openEpisodes } from '#lib/server/episodes/episode-moves.ts';
import {
	deleteDoubts,
	insertDoubts,
	readDoubts,
	readLosses,
	type DoubtfulKey
} from '#lib/server/runs/run-doubts.ts';
import type { KnownRun } from '#lib/server/runs/run-bytes.ts';
import type { RunIndex, ToldRun } from '#lib/server/runs/run-index.ts';
import { nameOfRunKey, ruleOfRunKey, type RunKey } from '#lib/server/runs/run-key.ts';
import { episodesNear, findStrays, isNear, readRuns, type StoredRun } from './stored-runs.ts';

export interface CheckDeps {
	pool: pg.Pool;
	runs: RunIndex;
	takeEpisodeIds(count: number): Promise<bigint[]>;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** One check reads the runs of a key once, however many of its doubts it settles. So it takes many doubts of few keys. */
const MOST_PER_CHECK = { doubts: 10_000, keys: 500 };
const LOSSES_PER_CHECK = 5000;
/** One transaction moves at most this many Alerts, so that its locks are short. */
const MOVES_PER_STEP = 500;
/** A key whose runs have more members than this rests after its check, because the next check reads all of them again. */
const LARGE_SIZE = 2000;
const REST_MS_PER_MEMBER = 0.1;
/** A batch that has not ended by this age (ms) has failed, so its keys come into doubt. */
const LOST_BATCH_AGE_MS = 30_000;

/**
 * Creates the job. Each call checks the keys in doubt, and returns the number of Alerts that moved. Only one worker checks
 * at a time.
 */
export function createRunCheck(deps: CheckDeps): () => Promise<number> {
	/** When a key with a large run may be checked again (`performance.now`). */
	const rests = new Map<RunKey, number>();

	return async () => {
		let moved = 0;
		await whileLocked(deps.pool, LOCKS.runs, async () => {
			await doubtLostBatches(deps);
			await countLosses(deps.pool);
			while (await deps.runs.isFilled()) {
				const now = performance.now();
				for (const [key, until] of rests) if (until <= now) rests.delete(key);
				const doubts = await readDoubts(deps.pool, MOST_PER_CHECK, [...rests.keys()]);
				if (doubts.length === 0) return;
				for (const [supplierId, own] of Map.groupBy(doubts, (one) => one.supplierId)) {
					const done = await check(deps, supplierId, own, rests);
					if (done === null) return;
					moved += done;
				}
			}
		});
		return moved;
	};
}

/** Counts the members of episodes that lost a member. */
async function countLosses(pool: pg.Pool): Promise<void> {
	for (const { supplierId, episodeIds, ids } of await readLosses(pool, LOSSES_PER_CHECK))
		await inTransaction(pool, async (client) => {
			await lockFeeds(client, [supplierId]);
			await countMembers(client, supplierId, episodeIds);
			await deleteDoubts(client, ids);
		});
}

/** The keys of a batch that did not end come into doubt: its Alerts may have other keys now. */
async function doubtLostBatches({ pool, runs }: CheckDeps): Promise<void> {
	for (const { batch, entries } of await runs.lostBatches(LOST_BATCH_AGE_MS)) {
		await insertDoubts(
			pool,
			entries.flatMap(({ supplierId, at, keys }) => keys.map((key) => ({ supplierId, key, at })))
		);
		await runs.endBatch(batch);
	}
}

/**
 * Checks keys of one Supplier. Returns the number of Alerts that moved; `null`: the keys cannot be checked now, because a
 * transaction runs too long, or because Redis was emptied meanwhile.
 */
async function check(
	deps: CheckDeps,
	supplierId: number,
	doubts: readonly DoubtfulKey[],
	rests: Map<RunKey, number>
): Promise<number | null> {
	const { pool, runs: index } = deps;
	const horizons = await index.horizons();
	const mayBeIndexed = ({ key, to }: Pick<DoubtfulKey, 'key' | 'to'>): boolean =>
		to + 3 * ruleOfRunKey(key).gap >= horizons[nameOfRunKey(key)];
	const indexed = doubts.filter(mayBeIndexed).map(({ key }) => key);
	const known = new Map<RunKey, ToldRun[]>();
	if (indexed.length > 0) {
		for (const [i, told] of (await index.doubt(indexed)).entries()) known.set(indexed[i]!, told);
		if (!(await runningTransactionsEnd(pool))) return null;
	}
	const stored = await readRuns(pool, supplierId, doubts, new Set(indexed));
	const given = await giveEpisodes(deps, stored, known);
	const told = await Promise.all(
		indexed.map((key) => index.settle(key, given.get(key)!.filter(mayBeIndexed)))
	);
	await insertDoubts(
		pool,
		indexed.flatMap((key, i) => (told[i] ?? []).map((at) => ({ supplierId, key, at })))
	);
	if (told.includes(null)) return null;
	for (const [key, runs] of stored) {
		const size = runs.reduce((sum, run) => sum + run.size, 0);
		if (size > LARGE_SIZE) rests.set(key, performance.now() + size * REST_MS_PER_MEMBER);
	}
	const near = doubts.flatMap((doubt) => given.get(doubt.key)!.filter((run) => isNear(run, doubt)));
	return moveStrays(deps, supplierId, near, doubts);
}

/** Moves the Alerts that are not where these runs put them, counts the episodes again, and deletes the doubts. */
async function moveStrays(
	{ pool, publish }: CheckDeps,
	supplierId: number,
	near: readonly GivenRun[],
	doubts: readonly DoubtfulKey[]
): Promise<number> {
	const episodes = new Map((await episodesNear(pool, supplierId, doubts)).map((one) => [one.id, one]));
	for (const { key, episodeId, episodeIds } of near)
		for (const id of [...episodeIds, ...(episodeId === null ? [] : [episodeId])])
			episodes.set(id, { id, key });
	const ids = doubts.flatMap((doubt) => doubt.ids);
	let moved = 0;
	for (;;) {
		const strays = await findStrays(pool, supplierId, near, [...episodes.values()], MOVES_PER_STEP);
		if (strays.length === 0 && episodes.size === 0) {
			// Nothing to write into the feed, so its lock is not needed.
			await deleteDoubts(pool, ids);
			return moved;
		}
		let isLast = strays.length < MOVES_PER_STEP;
		const frames = await inTransaction(pool, async (client) => {
			await lockFeeds(client, [supplierId]);
			await openEpisodes(
				client,
				strays.flatMap(({ episodeId, ...rest }) => (episodeId === null ? [] : { ...rest, episodeId }))
			);
			const done = await moveAlerts(client, strays);
			isLast ||= done.length === 0;
			if (isLast) {
				await countMembers(client, supplierId, [...episodes.keys()]);
				await deleteDoubts(client, ids);
			}
			return done;
		});
		await publish(frames);
		moved += frames.reduce((sum, { items }) => sum + items.length, 0);
		if (isLast) return moved;
	}
}

/** A run with its episode. */
type GivenRun = StoredRun & KnownRun;

/**
 * Gives each run that counts its episode: the one with the smallest id that its members are in, or that the index told
 * them. If a run was split, the earlier of the two runs keeps the episode.
 */
async function giveEpisodes(
	{ takeEpisodeIds }: CheckDeps,
	stored: ReadonlyMap<RunKey, readonly StoredRun[]>,
	known: ReadonlyMap<RunKey, readonly ToldRun[]>
): Promise<Map<RunKey, GivenRun[]>> {
	const taken = new Set<bigint>();
	const unnamed: GivenRun[] = [];
	const given = new Map<RunKey, GivenRun[]>();
	for (const [key, runs] of stored)
		given.set(
			key,
			runs.map((run): GivenRun => {
				if (!run.counts) return { ...run, episodeId: null };
				const told = (known.get(key) ?? []).filter((one) => one.from <= run.to && one.to >= run.from);
				const ids = run.episodeIds.length > 0 ? run.episodeIds : told.map((one) => one.episodeId);
				const free = ids.filter((id) => !taken.has(id));
				const episodeId = free.length > 0 ? free.reduce((a, b) => (a < b ? a : b)) : null;
				const one = { ...run, episodeId, held: [], isFull: false };
				if (episodeId === null) unnamed.push(one);
				else taken.add(episodeId);
				return one;
			})
		);
	if (unnamed.length > 0) {
		const ids = await takeEpisodeIds(unnamed.length);
		unnamed.forEach((run, i) => (run.episodeId = ids[i]!));
	}
	return given;
}

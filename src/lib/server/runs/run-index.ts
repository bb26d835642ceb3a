// Writes and reads the Redis index of runs: which recent Alerts of a key follow each other, and whether their run counts.
// One call of a Redis function handles a whole batch (run-index.lua). The database is the record: the index can be
// emptied at any time, and is then filled again (fill-runs.ts).
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RESP_TYPES } from 'redis';
import { EPISODE_RULES, KEY_NAMES, type KeyName } from '#lib/domain/episode-rule.ts';
import { callFunction } from '#lib/server/process/redis-function.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import {
	entriesBytes,
	int64s,
	placeBytes,
	readEntries,
	readMoves,
	readPlace,
	runsBytes,
	type Entry,
	type KnownRun,
	type Move,
	type Place
} from './run-bytes.ts';
import type { RunKey } from './run-key.ts';

const LIBRARY = readFileSync(new URL('run-index.lua', import.meta.url), 'utf8');
const RULES = Object.values(EPISODE_RULES)
	.map(({ gap, members, devices }) => `${gap} ${members} ${devices}`)
	.join(' ');
/** The index lies in 131,072 small hashes. Cleaned a thousand at a time and every ten seconds, all have their turn in 22 minutes. */
const CLEANED_AT_ONCE = 1000;
/** The name of the present filling. If Redis was emptied during the filling, the key is gone. */
const FILLING_KEY = 'e:filling';
const FILLED_KEY = 'e:filled';

/** A run that counts, as the index has told its Alerts. */
export type ToldRun = Pick<KnownRun, 'from' | 'to'> & { episodeId: bigint };

export type RunIndex = ReturnType<typeof createRunIndex>;

/** `takeIds`: returns this many unused ids of episodes. */
export function createRunIndex({
	redis,
	takeIds
}: {
	redis: Redis;
	takeIds(count: number): Promise<bigint[]>;
}) {
	const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
	const call = <T>(name: string, ...args: Array<string | Buffer>): Promise<T> =>
		callFunction<T>(binary, LIBRARY, 'FCALL', name, args);
	/** Ids that a call did not use. */
	const spare: bigint[] = [];
	let nextToClean = 0;

	async function withIds<T>(count: number, work: (ids: Buffer) => Promise<{ used: number; result: T }>) {
		const ids = spare.splice(0, count);
		if (ids.length < count) ids.push(...(await takeIds(Math.max(count - ids.length, 500))));
		const given = ids.splice(0, count);
		spare.push(...ids);
		const { used, result } = await work(int64s(given));
		spare.push(...given.slice(used));
		return result;
	}

	return {
		/**
		 * Adds Alerts to the runs of their keys. Adding an Alert again changes nothing. Call `end` after the commit of
		 * what was written by the answer. If `end` is not called, the keys count as in doubt after a while.
		 */
		async add(entries: readonly Entry[]): Promise<{ places: Place[]; moves: Move[]; end: () => void }> {
			const blob = entriesBytes(entries);
			const batch = randomUUID();
			const moves: Move[] = [];
			for (let count = 64; ; count *= 4) {
				const { answer, isShort } = await withIds(count, async (ids) => {
					const [answer, moved, used, short] = await call<[Buffer, Buffer, number, number]>(
						'add_to_runs',
						String(Date.now()),
						RULES,
						blob,
						ids,
						batch
					);
					moves.push(...readMoves(moved));
					return { used, result: { answer, isShort: short === 1 } };
				});
				if (isShort) continue;
				const end = (): void => void redis.hDel('e:batches', batch).catch(() => {}); // An old batch is checked.
				return { places: entries.map((entry, i) => readPlace(entry, answer, i)), moves, end };
			}
		},

		/** Adds Alerts of the database, each with its episode and the key of that episode. */
		async fill(
			entries: ReadonlyArray<Entry & { episodeId: bigint | null; key: RunKey | null }>
		): Promise<void> {
			const blob = Buffer.concat(entries.flatMap((entry) => [entriesBytes([entry]), placeBytes(entry)]));
			await call('fill_runs', String(Date.now()), RULES, blob);
		},

		isFilled: async (): Promise<boolean> => (await redis.get(FILLED_KEY)) !== null,

		async beginFilling(): Promise<string> {
			const filling = randomUUID();
			await redis.multi().del(FILLED_KEY).set(FILLING_KEY, filling).exec();
			return filling;
		},

		/**
		 * Says that the index knows all Alerts from `since` on (epoch ms). Returns `false` if Redis was emptied since
		 * `beginFilling`. The index is then not filled.
		 */
		endFilling: async (filling: string, since: number): Promise<boolean> =>
			(await call<number>('end_filling_runs', String(Date.now()), RULES, filling, String(since))) === 1,

		/** Returns by rule the instant from which on the index knows every Alert (epoch ms). */
		async horizons(): Promise<Record<KeyName, number>> {
			const answer = await call<Buffer>('horizons', String(Date.now()), RULES);
			const entries = KEY_NAMES.map((name, i) => [name, answer.readUIntBE(i * 6, 6)] as const);
			return Object.fromEntries(entries) as Record<KeyName, number>;
		},

		/**
		 * Marks keys as in doubt until `settle`. Returns for each key its runs that count, as the index knows them.
		 * Alerts that are added meanwhile still get the episodes of these runs.
		 */
		async doubt(keys: readonly RunKey[]): Promise<ToldRun[][]> {
			const answer = await call<Buffer>('doubt_runs', String(Date.now()), RULES, int64s(keys));
			let at = 0;
			return keys.map(() =>
				Array.from({ length: answer[at++]! }, () => {
					const run = {
						from: answer.readUIntBE(at, 6),
						to: answer.readUIntBE(at + 6, 6),
						episodeId: answer.readBigInt64BE(at + 12)
					};
					at += 20;
					return run;
				})
			);
		},

		/**
		 * Replaces the runs of a key by its runs in the database. Returns the instants of Alerts that were told another
		 * episode meanwhile; `null`: Redis was emptied since `doubt`, so the key stays as it is.
		 */
		async settle(key: RunKey, runs: readonly KnownRun[]): Promise<number[] | null> {
			return withIds(4, async (ids) => {
				const [used, told] = await call<[number, Buffer?]>(
					'settle_runs',
					String(Date.now()),
					RULES,
					ids,
					int64s([key]),
					runsBytes(runs)
				);
				const result = told
					? Array.from({ length: told.length / 6 }, (_, i) => told.readUIntBE(i * 6, 6))
					: null;
				return { used, result };
			});
		},

		/** Drops old runs from a part of the index. Call this from time to time, so that the memory of old runs is freed. */
		async clean(): Promise<void> {
			nextToClean = await call<number>(
				'clean_runs',
				String(Date.now()),
				RULES,
				String(nextToClean),
				String(CLEANED_AT_ONCE)
			);
		},

		/** Returns the batches that began more than `ageMs` ago and did not end, each with the keys of its Alerts. */
		async lostBatches(
			ageMs: number
		): Promise<Array<{ batch: string; entries: Array<Omit<Entry, 'deviceId'>> }>> {
			const lost = await call<Buffer[]>('old_batches', String(Date.now() - ageMs));
			return Array.from({ length: lost.length / 2 }, (_, i) => ({
				batch: lost[2 * i]!.toString(),
				entries: readEntries(lost[2 * i + 1]!)
			}));
		},

		endBatch: async (batch: string): Promise<void> => void (await redis.hDel('e:batches', batch))
	};
}

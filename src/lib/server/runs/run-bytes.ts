// Writes and reads the bytes that the Redis functions of run-index.lua take and return.
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { RunKey } from './run-key.ts';

const KEY_BYTES = 8;
const ITEM_BYTES = 18;
const RUN_BYTES = 25;
const RUNS = 'b'.charCodeAt(0);
const ANSWER_BYTES = 10;
const MOVE_BYTES = 30;
const NO_RANK = 255;

/** An Alert of one Supplier with its keys, the preferred key first. */
export interface Entry {
	supplierId: number;
	alertId: bigint;
	deviceId: string;
	/** The effective time of the Alert (epoch ms). */
	at: number;
	keys: readonly RunKey[];
}

/** Where an Alert belongs. */
export interface Place {
	/** The episode of the first key whose run counts; `null`: none counts. */
	episodeId: bigint | null;
	/** The key of that episode. */
	key: RunKey | null;
	/** The keys of the Alert whose runs must be read from the database. */
	doubts: RunKey[];
}

/** An earlier Alert whose run under `key` counts now. The Alert belongs to the episode unless it prefers another. */
export interface Move {
	alertId: bigint;
	episodeId: bigint;
	key: RunKey;
	/** The effective time of the Alert (epoch ms). */
	at: number;
}

/** A run as the database has it. `held`: the members of a run that does not count, at most 32. */
export interface KnownRun {
	/** The time of the first member (epoch ms). */
	from: number;
	to: number;
	/** `null`: the run does not count. */
	episodeId: bigint | null;
	held: ReadonlyArray<Pick<Entry, 'alertId' | 'deviceId' | 'at'>>;
	/** Whether the run has members that are not in `held`. */
	isFull: boolean;
}

export function int64s(numbers: readonly bigint[]): Buffer {
	const bytes = Buffer.alloc(numbers.length * KEY_BYTES);
	numbers.forEach((number, i) => bytes.writeBigInt64BE(number, i * KEY_BYTES));
	return bytes;
}

function writeItem(
	bytes: Buffer,
	offset: number,
	{ alertId, deviceId, at }: Pick<Entry, 'alertId' | 'deviceId' | 'at'>
) {
	bytes.writeBigInt64BE(alertId, offset);
	// The last four bytes tell the Devices of one run apart.
	euiToBytes(deviceId).copy(bytes, offset + 8, 4, 8);
	bytes.writeUIntBE(at, offset + 12, 6);
}

const sizeOf = ({ keys }: Pick<Entry, 'keys'>): number => 3 + ITEM_BYTES + keys.length * KEY_BYTES;

/** Writes the entry at `offset`. Returns the offset after it. */
function writeEntry(bytes: Buffer, offset: number, entry: Entry): number {
	bytes.writeUInt16BE(entry.supplierId, offset);
	writeItem(bytes, offset + 2, entry);
	offset += 2 + ITEM_BYTES;
	offset = bytes.writeUInt8(entry.keys.length, offset);
	for (const key of entry.keys) offset = bytes.writeBigInt64BE(key, offset);
	return offset;
}

export function entriesBytes(entries: readonly Entry[]): Buffer {
	const bytes = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + sizeOf(entry), 0));
	let offset = 0;
	for (const entry of entries) offset = writeEntry(bytes, offset, entry);
	return bytes;
}

export function readEntries(blob: Buffer): Array<Omit<Entry, 'deviceId'>> {
	const entries: Array<Omit<Entry, 'deviceId'>> = [];
	for (let i = 0; i < blob.length;) {
		const count = blob[i + 2 + ITEM_BYTES]!;
		const first = i + 3 + ITEM_BYTES;
		entries.push({
			supplierId: blob.readUInt16BE(i),
			alertId: blob.readBigInt64BE(i + 2),
			at: blob.readUIntBE(i + 14, 6),
			keys: Array.from({ length: count }, (_, k) => blob.readBigInt64BE(first + k * KEY_BYTES))
		});
		i = first + count * KEY_BYTES;
	}
	return entries;
}

export function readPlace({ keys }: Entry, answer: Buffer, i: number): Place {
	const at = i * ANSWER_BYTES;
	const rank = answer[at]!;
	const bits = answer[at + 9]!;
	return {
		episodeId: rank === NO_RANK ? null : answer.readBigInt64BE(at + 1),
		key: rank === NO_RANK ? null : keys[rank]!,
		doubts: bits === 0 ? [] : keys.filter((_, i) => bits & (1 << i))
	};
}

export const readMoves = (moved: Buffer): Move[] =>
	Array.from({ length: moved.length / MOVE_BYTES }, (_, i) => ({
		alertId: moved.readBigInt64BE(i * MOVE_BYTES),
		episodeId: moved.readBigInt64BE(i * MOVE_BYTES + 8),
		key: moved.readBigInt64BE(i * MOVE_BYTES + 16),
		at: moved.readUIntBE(i * MOVE_BYTES + 24, 6)
	}));

export function runsBytes(runs: readonly KnownRun[]): Buffer {
	return Buffer.concat([Buffer.from([RUNS]), ...runs.map(runBytes)]);
}

function runBytes({ from, to, episodeId, held, isFull }: KnownRun): Buffer {
	const bytes = Buffer.alloc(RUN_BYTES + held.length * ITEM_BYTES);
	bytes.writeUIntBE(from, 0, 6);
	bytes.writeUIntBE(to, 6, 6);
	bytes.writeBigInt64BE(episodeId ?? 0n, 12);
	bytes.writeUInt32BE(Math.floor(Date.now() / 1000), 20);
	bytes[24] = held.length + (isFull ? 128 : 0);
	held.forEach((member, i) => writeItem(bytes, RUN_BYTES + i * ITEM_BYTES, member));
	return bytes;
}

/** Writes the place of the key of the entry's episode, and this episode. */
export function placeBytes({
	keys,
	key,
	episodeId
}: Entry & { episodeId: bigint | null; key: RunKey | null }): Buffer {
	const bytes = Buffer.alloc(1 + KEY_BYTES, 0);
	const rank = key === null || episodeId === null ? -1 : keys.indexOf(key);
	bytes[0] = rank < 0 ? NO_RANK : rank;
	if (rank >= 0) bytes.writeBigInt64BE(episodeId!, 1);
	return bytes;
}

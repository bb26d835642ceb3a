import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMicroBatch } from '#lib/server/ingest/micro-batch.ts';
import { createIds, firstIdAt } from '#lib/server/postgres/record-id.ts';
import { coalesce, encodeFrame } from '#lib/server/live/frames.ts';
import type { SerializedFrame } from '#lib/server/live/live-channel.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Fewer runs than other properties, because every run waits for timers. */
const microBatchRuns = propertyRuns * 0.3;

const frame = (from: number, to: number): SerializedFrame => ({
	from,
	to,
	items: Array.from({ length: to - from + 1 }, (_, i) => `{"seq":${from + i}}`).join(','),
	retracted: ''
});

describe('frames', () => {
	it('that follow each other become one, in whatever order they come', () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }),
				fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
				(sizes, chance) => {
					let next = 1;
					const frames = sizes.map((size) => frame(next, (next += size) - 1));
					const shuffled = frames
						.map((one) => ({ one, at: chance.next().value as number }))
						.sort((a, b) => a.at - b.at)
						.map(({ one }) => one);
					const [joined, ...more] = coalesce(shuffled);
					expect(more).toEqual([]);
					expect(JSON.parse(encodeFrame(joined!).json)).toEqual({
						from: 1,
						to: next - 1,
						items: Array.from({ length: next - 1 }, (_, i) => ({ seq: i + 1 })),
						retracted: []
					});
				}
			)
		);
	});

	it('with a gap between them stay apart, so that the gap shows', () => {
		expect(coalesce([frame(1, 2), frame(4, 5)]).map(({ from, to }) => [from, to])).toEqual([
			[1, 2],
			[4, 5]
		]);
	});
});

describe('record ids', () => {
	it('rise, carry their time and never repeat, even when the clock is set back', () => {
		const times = [
			1_800_000_000_000,
			1_800_000_000_000,
			1_799_999_000_000,
			...Array<number>(10_000).fill(1_800_000_000_001)
		];
		let i = 0;
		const range = { number: 5, from: 0, until: Infinity };
		const source = createIds(range, () => times[Math.min(i++, times.length - 1)]!);
		const ids = times.map(() => source.next()!);
		expect(new Set(ids).size).toBe(ids.length);
		expect(ids.every((id, n) => n === 0 || id > ids[n - 1]!)).toBe(true);
		expect(ids[0]! >= firstIdAt(1_800_000_000_000)).toBe(true);
		expect(ids[0]! < firstIdAt(1_800_000_000_001)).toBe(true);
	});

	it('stay inside the range of instants, whatever the clock says, and end with the range', () => {
		const range = { number: 5, from: 1_800_000_000_000, until: 1_800_000_000_001 };
		for (const clock of [0, 1_800_000_000_000, 4_000_000_000_000]) {
			const source = createIds({ ...range }, () => clock);
			const ids: bigint[] = [];
			for (let id = source.next(); id !== null; id = source.next()) ids.push(id);
			expect(new Set(ids).size).toBe(clock > range.until ? 4096 : 8192);
			expect(ids.every((id) => id >= firstIdAt(range.from) && id < firstIdAt(range.until + 1))).toBe(true);
		}
	});

	it('go on when the range is moved forward', () => {
		const range = { number: 5, from: 1_800_000_000_000, until: 1_799_999_999_999 };
		const source = createIds(range, () => 1_800_000_000_500);
		expect(source.next()).toBeNull();
		range.until = 1_800_000_001_000;
		expect(source.next()! >= firstIdAt(1_800_000_000_500)).toBe(true);
	});
});

describe('micro-batches', () => {
	it('give every caller its own results, and share the writes of concurrent callers', async () => {
		const writes: number[][] = [];
		const batch = createMicroBatch<number, number>({
			lingerMs: 5,
			size: 100,
			concurrency: 2,
			write: async (items) => (writes.push(items), items.map((n) => n * 2))
		});
		const results = await Promise.all(Array.from({ length: 50 }, (_, i) => batch.add([i, i + 1000])));
		expect(results).toEqual(Array.from({ length: 50 }, (_, i) => [i * 2, (i + 1000) * 2]));
		expect(writes.length).toBeLessThanOrEqual(2);
		expect(batch.waiting).toBe(0);
	});

	it('tell only the callers of a failed write', async () => {
		const batch = createMicroBatch<number, number>({
			lingerMs: 0,
			size: 1,
			concurrency: 1,
			write: async ([n]) => (n === 2 ? Promise.reject(new Error('no')) : [n!])
		});
		expect(await Promise.allSettled([batch.add([1]), batch.add([2]), batch.add([3])])).toMatchObject([
			{ status: 'fulfilled', value: [1] },
			{ status: 'rejected' },
			{ status: 'fulfilled', value: [3] }
		]);
	});

	it('finish what they hold before they close', async () => {
		const written: number[] = [];
		const batch = createMicroBatch<number, number>({
			lingerMs: 60_000,
			size: 10,
			concurrency: 1,
			write: async (items) => (written.push(...items), items)
		});
		const held = batch.add([1, 2, 3]);
		await batch.close();
		expect(written).toEqual([1, 2, 3]);
		expect(await held).toEqual([1, 2, 3]);
	});

	it('let those who wait take turns: one record of a Supplier goes with the next write, whatever another has sent', async () => {
		const writes: string[][] = [];
		let release = (): void => {};
		const held = new Promise<void>((resolve) => (release = resolve));
		const batch = createMicroBatch<string, string>({
			lingerMs: 0,
			size: 10,
			concurrency: 1,
			async write(items) {
				writes.push(items);
				await held;
				return items;
			}
		});
		const flood = batch.add(
			Array.from({ length: 95 }, (_, i) => `storm ${i}`),
			1
		);
		const other = batch.add(['quiet'], 2);
		expect(batch.loadOf(1)).toEqual({ own: 95, lanes: 2 });
		expect(batch.loadOf(3)).toEqual({ own: 0, lanes: 3 });
		release();
		expect(await other).toEqual(['quiet']);
		expect(writes.findIndex((items) => items.includes('quiet'))).toBe(1);
		expect((await flood).at(-1)).toBe('storm 94');
		expect(batch.loadOf(1)).toEqual({ own: 0, lanes: 1 });
	});

	it('give each call its results in its order, however many lanes and writes there are', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.record({ lane: fc.integer({ min: 0, max: 3 }), count: fc.integer({ min: 0, max: 12 }) }),
					{
						minLength: 1,
						maxLength: 20
					}
				),
				fc.integer({ min: 1, max: 7 }),
				fc.integer({ min: 1, max: 3 }),
				async (calls, size, concurrency) => {
					const written: number[] = [];
					const batch = createMicroBatch<number, string>({
						lingerMs: 0,
						size,
						concurrency,
						async write(items) {
							expect(items.length).toBeLessThanOrEqual(size);
							written.push(...items);
							return items.map(String);
						}
					});
					let next = 0;
					const sent = calls.map(({ lane, count }) => {
						const items = Array.from({ length: count }, () => next++);
						return { items, results: batch.add(items, lane) };
					});
					for (const { items, results } of sent) expect(await results).toEqual(items.map(String));
					expect(written.sort((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, i) => i));
					expect(batch.waiting).toBe(0);
				}
			),
			{ numRuns: microBatchRuns }
		);
	});
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBatchRunner } from '#lib/server/jobs/batch-runner.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Makes rounds that end when the test says so. */
function rounds(most = 2) {
	const open: Array<{ end(count: number): void; fail(error: Error): void; more(): void }> = [];
	const began: number[] = [];
	const call = createBatchRunner({
		everyMs: 50,
		mostAtOnce: most,
		work(more) {
			began.push(performance.now());
			return new Promise((end, fail) => open.push({ end, fail, more }));
		}
	});
	return { call, open, began };
}

describe('jobs that ask within a moment', () => {
	it('begins at once after a quiet moment, and the rest of the moment is one round', async () => {
		const { call, open, began } = rounds();
		const first = call();
		expect(open).toHaveLength(1);
		const [second, third] = [call(), call()];
		open[0]!.end(7);
		await expect(first).resolves.toBe(7);
		await vi.advanceTimersByTimeAsync(49);
		expect(open).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(1);
		expect(open).toHaveLength(2);
		open[1]!.end(3);
		await expect(Promise.all([second, third])).resolves.toEqual([3, 3]);
		expect(began[1]! - began[0]!).toBeGreaterThanOrEqual(50);
	});

	it('is never answered by a round that began before the call', async () => {
		const { call, open } = rounds();
		void call();
		let answered = false;
		void call().then(() => (answered = true));
		open[0]!.end(1);
		await vi.advanceTimersByTimeAsync(10);
		expect(answered).toBe(false);
		await vi.advanceTimersByTimeAsync(40);
		open[1]!.end(1);
		await vi.advanceTimersByTimeAsync(0);
		expect(answered).toBe(true);
	});

	it('runs side by side where there is more, no more of them than allowed, and without waiting', async () => {
		const { call, open } = rounds(2);
		void call();
		open[0]!.more();
		expect(open).toHaveLength(2);
		open[1]!.more();
		expect(open).toHaveLength(2);
		open[0]!.end(500);
		await vi.advanceTimersByTimeAsync(0);
		expect(open).toHaveLength(3);
	});

	it('waits twice as long as the last round took, and a quarter of a second at most', async () => {
		const { call, open } = rounds();
		void call();
		await vi.advanceTimersByTimeAsync(30);
		open[0]!.end(1);
		void call();
		await vi.advanceTimersByTimeAsync(29);
		expect(open).toHaveLength(1);
		await vi.advanceTimersByTimeAsync(1);
		expect(open).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(200);
		open[1]!.end(1);
		void call();
		await vi.advanceTimersByTimeAsync(49);
		expect(open).toHaveLength(2);
		await vi.advanceTimersByTimeAsync(1);
		expect(open).toHaveLength(3);
	});

	it('fails with its round, and the next call begins a new one', async () => {
		const { call, open } = rounds();
		const failed = call();
		open[0]!.fail(new Error('the record is gone'));
		await expect(failed).rejects.toThrow('the record is gone');
		const next = call();
		await vi.advanceTimersByTimeAsync(50);
		open[1]!.end(1);
		await expect(next).resolves.toBe(1);
	});
});

// Turns the rows that a write of explanations returns into frames to push and a doorbell to enqueue.
import { toAlert, type ExplanationRow, type FeedChange, type Frame, type StoredState } from './feed.ts';

/**
 * A returned row: either a feed entry, with the place of its input row from 1, or the doorbell. The values of the other
 * kind are `null`.
 */
export interface WrittenRow {
	place: number | null;
	seq: bigint | null;
	doorbell: bigint | null;
}

/**
 * Groups the written rows into one frame for each Supplier. `stateOf`: returns the values stored beside the explanation
 * of a written row.
 */
export function readWritten<T extends WrittenRow>(
	rows: readonly ExplanationRow[],
	written: readonly T[],
	stateOf: (row: T, place: number) => Omit<StoredState, 'seq'>
): FeedChange {
	const frames = new Map<number, Frame>();
	let doorbell: bigint | null = null;
	for (const row of written) {
		const { place, seq } = row;
		if (place === null || seq === null) {
			doorbell = row.doorbell;
			continue;
		}
		const { supplierId, body } = rows[place - 1]!;
		let frame = frames.get(supplierId);
		if (!frame)
			frames.set(supplierId, (frame = { supplierId, from: Infinity, to: 0, items: [], retracted: [] }));
		const number = Number(seq);
		frame.from = Math.min(frame.from, number);
		frame.to = Math.max(frame.to, number);
		frame.items.push(toAlert(body, { ...stateOf(row, place), seq }));
	}
	return { frames: [...frames.values()], doorbell };
}

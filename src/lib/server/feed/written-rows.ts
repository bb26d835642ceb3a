// Reads what a write of explanations returns, as frames to push and a doorbell to enqueue.
import { toAlert, type ExplanationRow, type FeedChange, type Frame, type StoredState } from './feed.ts';

/** An entry of a feed with the place of its row in the input, from 1; or the doorbell, and neither. */
export interface WrittenRow {
	place: number | null;
	seq: bigint | null;
	doorbell: bigint | null;
}

/** `stateOf`: what the table stores beside the explanation of a written row. */
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

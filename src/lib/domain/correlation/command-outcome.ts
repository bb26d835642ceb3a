// How far a future-dated command has come. A Device stores one instruction for each part of the command and sends one
// Alert for each when its time comes: 8F66 done, 8F67 failed (GBCS use cases of message codes 00CA to 00CD, 0124).
// The first 8F66 is not the end of the command, and one 8F67 is a partial failure.
import { z } from 'zod';
import { counterOf, originatorOf, type CommandReference } from '../command-reference.ts';

export const OUTCOME_CODES = { done: '8F66', failed: '8F67' } as const;

/** Instructions that are not heard of this long after the first is news of its own (ms). */
export const INSTRUCTIONS_WITHIN = 2 * 3_600_000;

export const CommandOutcome = z.object({
	/** TotalCommandInstructions; a command of one instruction needs no count. */
	expected: z.number().int(),
	confirmed: z.number().int(),
	failed: z.number().int(),
	/** `waiting` until all have reported, or the time for it is over: then `incomplete`. */
	state: z.enum(['waiting', 'complete', 'partly-failed', 'incomplete'])
});
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** One outcome Alert of the command, the Alert in question included. */
export interface InstructionReport {
	code: string;
	reference: CommandReference;
	/** Epoch ms. */
	at: number;
}

/**
 * Counts what the Device has reported on one command up to `now` (epoch ms). `null` where the Alert tells of no
 * instructions. `dueAt`: while `waiting`, the instant after which silence is news.
 */
export function commandOutcome(
	alert: { code: string; reference: CommandReference | null },
	reports: readonly InstructionReport[],
	now: number
): (CommandOutcome & { dueAt: number | null }) | null {
	const expected = alert.reference?.instructions ?? 0;
	if (expected < 2 || !isOutcome(alert.code)) return null;
	const own = reports.filter(
		(report) => isOutcome(report.code) && sameCommand(report.reference, alert.reference!)
	);
	if (own.length === 0) return null;
	const numbersOf = (code: string) =>
		new Set(own.filter((r) => r.code === code).map((r, i) => r.reference.instruction ?? `unnumbered ${i}`));
	const failed = numbersOf(OUTCOME_CODES.failed);
	const confirmed = [...numbersOf(OUTCOME_CODES.done)].filter((number) => !failed.has(number));
	const heard = failed.size + confirmed.length;
	const dueAt = Math.min(...own.map((report) => report.at)) + INSTRUCTIONS_WITHIN;
	const counts = { expected, confirmed: confirmed.length, failed: failed.size };
	if (failed.size > 0) return { ...counts, state: 'partly-failed', dueAt: null };
	if (heard >= expected) return { ...counts, state: 'complete', dueAt: null };
	return now < dueAt
		? { ...counts, state: 'waiting', dueAt }
		: { ...counts, state: 'incomplete', dueAt: null };
}

/** The sentence on it, for a person. */
export function outcomeSentence({ expected, confirmed, failed, state }: CommandOutcome): string {
	const so = `${confirmed} of ${expected} instructions confirmed`;
	switch (state) {
		case 'complete':
			return `All ${expected} instructions of the command are confirmed.`;
		case 'partly-failed':
			return `The command is only partly applied: ${so}, ${failed} failed.`;
		case 'incomplete':
			return `The command is only partly applied: ${so}, and nothing more came within two hours.`;
		case 'waiting':
			return `${so} so far.`;
	}
}

const isOutcome = (code: string): boolean => code === OUTCOME_CODES.done || code === OUTCOME_CODES.failed;

function sameCommand(a: CommandReference, b: CommandReference): boolean {
	const [from, by] = [originatorOf(a), originatorOf(b)];
	return counterOf(a) === counterOf(b) && (from === null || by === null || from === by);
}

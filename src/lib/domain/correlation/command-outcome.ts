// Counts the progress of a future-dated command. A Device stores one instruction for each part of the command. At the
// time of an instruction, the Device sends one Alert: 8F66 (done) or 8F67 (failed). GBCS defines these Alerts in the
// use cases of message codes 00CA to 00CD and 0124. One 8F66 is not the end of the command, and one 8F67 is a partial
// failure.
import { z } from 'zod';
import { counterOf, originatorOf, type CommandReference } from '../command-reference.ts';

export const OUTCOME_CODES = { done: '8F66', failed: '8F67' } as const;

/**
 * All instructions must report within this time after the first report (ms). After this time, a command with missing
 * reports is incomplete.
 */
export const INSTRUCTION_REPORT_WINDOW_MS = 2 * 3_600_000;

export const CommandOutcome = z.object({
	/**
	 * The number of instructions of the command (TotalCommandInstructions), at least 2. A command with one instruction
	 * has no progress to count.
	 */
	expected: z.number().int(),
	confirmed: z.number().int(),
	failed: z.number().int(),
	/** `waiting` until all instructions have reported. `incomplete` if some instructions have not reported in time. */
	state: z.enum(['waiting', 'complete', 'partly-failed', 'incomplete'])
});
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** One outcome Alert of a command. The reports of a command include the Alert to explain. */
export interface InstructionReport {
	code: string;
	reference: CommandReference;
	/** The time of the report (epoch ms). */
	at: number;
}

/**
 * Counts the Device's reports on one command up to `now` (epoch ms). Returns `null` if the Alert is no outcome of a
 * command with several instructions. `dueAt`: the instant when a `waiting` command becomes `incomplete` (epoch ms);
 * `null` for a command that is not `waiting`.
 */
export function commandOutcome(
	alert: { code: string; reference: CommandReference | null },
	reports: readonly InstructionReport[],
	now: number
): (CommandOutcome & { dueAt: number | null }) | null {
	const expected = alert.reference?.instructions ?? 0;
	if (expected < 2 || !isOutcome(alert.code)) return null;
	const ownReports = reports.filter(
		(report) => isOutcome(report.code) && sameCommand(report.reference, alert.reference!)
	);
	if (ownReports.length === 0) return null;
	const instructionsWith = (code: string) =>
		new Set(
			ownReports.filter((r) => r.code === code).map((r, i) => r.reference.instruction ?? `unnumbered ${i}`)
		);
	const failed = instructionsWith(OUTCOME_CODES.failed);
	const confirmed = [...instructionsWith(OUTCOME_CODES.done)].filter((number) => !failed.has(number));
	const reported = failed.size + confirmed.length;
	const dueAt = Math.min(...ownReports.map((report) => report.at)) + INSTRUCTION_REPORT_WINDOW_MS;
	const counts = { expected, confirmed: confirmed.length, failed: failed.size };
	if (failed.size > 0) return { ...counts, state: 'partly-failed', dueAt: null };
	if (reported >= expected) return { ...counts, state: 'complete', dueAt: null };
	return now < dueAt
		? { ...counts, state: 'waiting', dueAt }
		: { ...counts, state: 'incomplete', dueAt: null };
}

/** Writes the note on the outcome of the command, which is shown beside the explanation. */
export function outcomeSentence({ expected, confirmed, failed, state }: CommandOutcome): string {
	const progress = `${confirmed} of ${expected} instructions are confirmed`;
	switch (state) {
		case 'complete':
			return `All ${expected} instructions of the command are confirmed.`;
		case 'partly-failed':
			return `The command is only partly applied: ${progress}, and ${failed} failed.`;
		case 'incomplete':
			return `The command is only partly applied: ${progress}, and no other report arrived within two hours.`;
		case 'waiting':
			return `${progress} so far.`;
	}
}

const isOutcome = (code: string): boolean => code === OUTCOME_CODES.done || code === OUTCOME_CODES.failed;

/**
 * Returns whether both references name one command. If a reference does not name the originator, compares only the
 * counters.
 */
function sameCommand(a: CommandReference, b: CommandReference): boolean {
	const [originatorA, originatorB] = [originatorOf(a), originatorOf(b)];
	const sameOriginator = originatorA === null || originatorB === null || originatorA === originatorB;
	return counterOf(a) === counterOf(b) && sameOriginator;
}

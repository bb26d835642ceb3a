// Tests the progress of a command that runs in several instructions.
import { describe, expect, it } from 'vitest';
import {
	INSTRUCTION_REPORT_WINDOW_MS,
	commandOutcome,
	outcomeSentence
} from '#lib/domain/correlation/command-outcome.ts';
import { NOON } from '../../support/evidence.ts';

const reference = (instruction: number | null, counter = '1760000000123', instructions = 6) => ({
	originatorId: null,
	counter,
	messageCode: '0019',
	requestId: null,
	instruction,
	instructions
});
const report = (instruction: number, code = '8F66', at = NOON + instruction * 3000) => ({
	code,
	reference: reference(instruction),
	at
});
const alert = { code: '8F66', reference: reference(1) };
const aMinuteLater = NOON + 60_000;
const afterTheWindow = NOON + INSTRUCTION_REPORT_WINDOW_MS + 60_000;

describe('the outcome of a command that runs in several instructions', () => {
	it.each([
		['is waiting if one of six instructions has reported within a minute', [1], aMinuteLater, 'waiting'],
		[
			'is waiting if five of six instructions have reported within a minute',
			[1, 2, 3, 4, 5],
			aMinuteLater,
			'waiting'
		],
		[
			'is incomplete if five of six instructions have reported after two hours',
			[1, 2, 3, 4, 5],
			afterTheWindow,
			'incomplete'
		],
		['is complete if all six instructions have reported', [1, 2, 3, 4, 5, 6], afterTheWindow, 'complete'],
		['is incomplete if one instruction has reported three times', [1, 1, 1], afterTheWindow, 'incomplete']
	])('%s', (_behaviour, numbers, now, state) => {
		expect(
			commandOutcome(
				alert,
				numbers.map((n) => report(n)),
				now
			)
		).toMatchObject({ expected: 6, confirmed: new Set(numbers).size, failed: 0, state });
	});

	it('is a partial failure if one instruction failed, however many succeeded', () => {
		const reports = [1, 2, 3, 4, 5].map((n) => report(n));
		const outcome = commandOutcome(alert, [...reports, report(6, '8F67')], aMinuteLater)!;
		expect(outcome).toMatchObject({ confirmed: 5, failed: 1, state: 'partly-failed' });
		expect(outcomeSentence(outcome)).toBe(
			'The command is only partly applied: 5 of 6 instructions are confirmed, and 1 failed.'
		);
	});

	it('counts only the reports on its own command', () => {
		const other = { code: '8F66', reference: reference(2, '99'), at: NOON };
		const noOutcome = { code: '8F30', reference: reference(3), at: NOON };
		expect(commandOutcome(alert, [report(1), other, noOutcome], aMinuteLater)).toMatchObject({
			confirmed: 1
		});
	});

	it('is due two hours after the earliest report, whichever report arrived first', () => {
		const reports = [report(2), report(1)];
		expect(commandOutcome(alert, reports, aMinuteLater)?.dueAt).toBe(
			NOON + 3000 + INSTRUCTION_REPORT_WINDOW_MS
		);
		expect(commandOutcome(alert, reports.toReversed(), aMinuteLater)?.dueAt).toBe(
			NOON + 3000 + INSTRUCTION_REPORT_WINDOW_MS
		);
	});

	it('is null if the Alert names fewer than two instructions or reports no outcome', () => {
		expect(commandOutcome({ code: '8F66', reference: null }, [], aMinuteLater)).toBeNull();
		expect(commandOutcome({ code: '8F66', reference: reference(1, '7', 1) }, [], aMinuteLater)).toBeNull();
		expect(commandOutcome({ code: '8F85', reference: reference(1) }, [report(1)], aMinuteLater)).toBeNull();
	});
});

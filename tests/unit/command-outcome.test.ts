import { describe, expect, it } from 'vitest';
import {
	INSTRUCTION_REPORT_WINDOW_MS,
	commandOutcome,
	outcomeSentence
} from '#lib/domain/correlation/command-outcome.ts';
import { NOON } from '../support/evidence.ts';

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
const soon = NOON + 60_000;
const late = NOON + INSTRUCTION_REPORT_WINDOW_MS + 60_000;

describe('the outcome of a command that runs in several instructions', () => {
	it.each([
		['one of six has reported, a minute later', [1], soon, 'waiting'],
		['five of six have reported, a minute later', [1, 2, 3, 4, 5], soon, 'waiting'],
		['five of six have reported, and two hours have passed', [1, 2, 3, 4, 5], late, 'incomplete'],
		['all six have reported', [1, 2, 3, 4, 5, 6], late, 'complete'],
		['one report came three times', [1, 1, 1], late, 'incomplete']
	])('%s: %s', (_, numbers, now, state) => {
		expect(
			commandOutcome(
				alert,
				numbers.map((n) => report(n)),
				now
			)
		).toMatchObject({ expected: 6, confirmed: new Set(numbers).size, failed: 0, state });
	});

	it('one failed instruction is a partial failure, however many succeeded', () => {
		const reports = [1, 2, 3, 4, 5].map((n) => report(n));
		const outcome = commandOutcome(alert, [...reports, report(6, '8F67')], soon)!;
		expect(outcome).toMatchObject({ confirmed: 5, failed: 1, state: 'partly-failed' });
		expect(outcomeSentence(outcome)).toBe(
			'The command is only partly applied: 5 of 6 instructions confirmed, 1 failed.'
		);
	});

	it('counts the reports on its own command only', () => {
		const other = { code: '8F66', reference: reference(2, '99'), at: NOON };
		const noOutcome = { code: '8F30', reference: reference(3), at: NOON };
		expect(commandOutcome(alert, [report(1), other, noOutcome], soon)).toMatchObject({ confirmed: 1 });
	});

	it('waits two hours from the first report, whichever came in first', () => {
		const reports = [report(2), report(1)];
		expect(commandOutcome(alert, reports, soon)?.dueAt).toBe(NOON + 3000 + INSTRUCTION_REPORT_WINDOW_MS);
		expect(commandOutcome(alert, reports.toReversed(), soon)?.dueAt).toBe(
			NOON + 3000 + INSTRUCTION_REPORT_WINDOW_MS
		);
	});

	it('is none where the Alert tells of no instructions, or is no outcome', () => {
		expect(commandOutcome({ code: '8F66', reference: null }, [], soon)).toBeNull();
		expect(commandOutcome({ code: '8F66', reference: reference(1, '7', 1) }, [], soon)).toBeNull();
		expect(commandOutcome({ code: '8F85', reference: reference(1) }, [report(1)], soon)).toBeNull();
	});
});

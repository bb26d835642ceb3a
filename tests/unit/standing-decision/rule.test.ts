// Tests which standing decisions are allowed: their conditions, their reason and their end.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable, shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { fieldErrors } from '#lib/domain/field-errors.ts';
import { covers } from '#lib/domain/standing-decision/fit.ts';
import {
	endFault,
	StandingDecisionIn,
	whenFault,
	whyNeverCovered
} from '#lib/domain/standing-decision/rule.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { someFacts, someWhen } from '../../support/standing-facts.ts';

const NOW = Date.parse('2026-11-05T02:00:00.000Z');
const input = {
	when: { code: '8F30', explanation: 'likely', serviceReferenceVariant: '6.5', userRole: 'ED' },
	verdict: 'ignorable',
	reason: 'other-user-command',
	note: null,
	expiresAt: '2026-12-05T00:00:00.000Z'
};
const faultsOf = (value: unknown): string[] => {
	const { error } = StandingDecisionIn.safeParse(value);
	return error ? fieldErrors(error, value).map(({ path }) => path) : [];
};

// The codes of the trade's own list, apart from the list of the product.
const PHYSICAL_AND_SUPPLY =
	'8F3F 8F73 8F74 8F75 8F76 8F77 8F78 81A1 81A5 81B9 81BC 81C1 81C2 81C3 8F35 8F36 8F37 8F38 8F39 8F3A 8F3B 8F3C 8F57 AD1 81BD 81BE 81BF 81C0 8F01 8F32 8F33 81AC 81B4 8F1D'.split(
		' '
	);

describe('the conditions of a standing decision', () => {
	it('are accepted with a reason that belongs to the verdict', () => {
		expect(faultsOf(input)).toEqual([]);
		expect(faultsOf({ ...input, reason: 'tamper' })).toEqual(['reason']);
		expect(faultsOf({ ...input, reason: 'other' })).toEqual(['note']);
	});
	it('name a suspect only if the explanation has one', () => {
		expect(faultsOf({ ...input, when: { ...input.when, explanation: 'unexplained' } })).toEqual([
			'when.serviceReferenceVariant',
			'when.userRole',
			'reason'
		]);
	});
	it('are refused with a field that does not exist, because a misspelt condition would cover more', () => {
		expect(faultsOf({ ...input, when: { ...input.when, srv: '6.5' } })).toEqual(['when']);
	});
	it.each(['ambiguous', 'pending', 'out-of-scope'])('never cover the explanation %s', (explanation) => {
		expect(faultsOf({ ...input, when: { code: '8F30', explanation } })).toContain('when.explanation');
	});

	it.each(PHYSICAL_AND_SUPPLY)('never name %s, whatever explains it', (code) => {
		for (const explanation of ['exact', 'likely', 'not-command', 'unexplained'] as const)
			expect(whenFault({ code, explanation }, causeTable)).toMatchObject({ path: 'when.code' });
	});
	it.each(shippedFile.notCommand.flatMap(({ alerts }) => alerts.filter((alert) => !alert.includes(':'))))(
		'never let a Service Request explain the guard code %s away',
		(code) => {
			for (const explanation of ['exact', 'likely', 'unexplained'] as const)
				expect(whenFault({ code, explanation }, causeTable)?.message).toMatch(/a person decides each/i);
		}
	);
	it('may cover the housekeeping of the home network, which no command causes', () => {
		expect(whenFault({ code: '81A4', explanation: 'not-command' }, causeTable)).toBeNull();
	});
	it('protect every code whose Alert means that somebody touched the Device', () => {
		for (const { code } of deviceAlertTable.codes.filter(({ physical }) => physical))
			expect(whyNeverCovered({ code, category: 'unknown', explanation: 'likely' }, causeTable)).toMatch(
				/tamper/
			);
	});

	it('never cover a protected Alert, however the conditions were stored', () => {
		fc.assert(
			fc.property(someWhen, someFacts, (when, facts) => {
				const all = { ...when, code: facts.code };
				if (covers(all, facts, causeTable)) expect(PHYSICAL_AND_SUPPLY).not.toContain(facts.code);
				if (whenFault(all, causeTable)) expect(covers(all, facts, causeTable)).toBe(false);
			}),
			{ numRuns: propertyRuns }
		);
	});
});

describe('the end of a standing decision', () => {
	it.each([
		['2026-11-05T02:00:00.000Z', /future/],
		['2027-02-03T02:00:00.001Z', /within 90 days/]
	])('is refused at %s', (expiresAt, message) => {
		expect(endFault(expiresAt, NOW)).toEqual({ path: 'expiresAt', message: expect.stringMatching(message) });
	});
	it('may be 90 days away', () => {
		expect(endFault('2027-02-03T02:00:00.000Z', NOW)).toBeNull();
	});
});

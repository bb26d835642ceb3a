// Generates facts of Alerts and conditions of standing decisions, from few values, so that many of them fit.
import fc from 'fast-check';
import { describeAlert } from '#lib/domain/alert-code.ts';
import type { Candidate } from '#lib/domain/alert.ts';
import { namesSuspect, ExplanationKind } from '#lib/domain/explanation-kind.ts';
import type { StandingFacts } from '#lib/domain/standing-decision/fit.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';

/** Codes that a standing decision may cover, and codes that it may never cover. */
export const SOME_CODES = [
	'8F30',
	'8F3E',
	'8F1C',
	'81A4',
	'8F21',
	'8F3F',
	'8F73',
	'8F35',
	'81BD',
	'81AC',
	'AD1',
	'N24'
];

const variant = fc.constantFrom('6.5', '6.15.1', '11.3');
const role = fc.constantFrom('ED', 'IS', 'OU');
const responseCode = fc.constantFrom('I0', 'E21');

export const aSuspect = fc.record({
	serviceReferenceVariant: variant,
	userRole: role,
	own: fc.boolean(),
	responseCode: fc.option(responseCode)
}) as unknown as fc.Arbitrary<Candidate>;

export const someFacts: fc.Arbitrary<StandingFacts> = fc
	.record({
		code: fc.constantFrom(...SOME_CODES),
		explanation: fc.constantFrom(...ExplanationKind.options),
		candidates: fc.array(aSuspect, { maxLength: 2 }),
		deviceType: fc.option(fc.constantFrom('ESME', 'GSME')),
		area: fc.option(fc.constantFrom('SW1', 'NW1'))
	})
	.map((facts) => ({
		...facts,
		category: describeAlert({ kind: facts.code.startsWith('8') ? 'device' : 'dcc', code: facts.code })
			.category
	}));

/** Conditions as the schema lets them through. */
export const someWhen: fc.Arbitrary<StandingWhen> = fc
	.record(
		{
			code: fc.constantFrom(...SOME_CODES),
			explanation: fc.constantFrom(
				'exact' as const,
				'likely' as const,
				'not-command' as const,
				'unexplained' as const
			),
			serviceReferenceVariant: variant,
			userRole: role,
			own: fc.boolean(),
			responseCode,
			deviceType: fc.constantFrom('ESME', 'GSME'),
			area: fc.constantFrom('SW1', 'NW1')
		},
		{ requiredKeys: ['code', 'explanation'] }
	)
	.map((when) => {
		if (namesSuspect(when.explanation)) return when;
		const { serviceReferenceVariant: _v, userRole: _r, own: _o, responseCode: _c, ...rest } = when;
		return rest;
	});

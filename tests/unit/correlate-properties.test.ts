import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { patternKey, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import { mayRestOn } from '#lib/domain/correlation/learned-fit.ts';
import { BRW, C1, E1, EDN, FLD, G1, HAL, NOON, OUC, SECOND, explain, request } from '../support/evidence.ts';

describe('what must hold for any evidence', () => {
	const users = [BRW, HAL, EDN, OUC, FLD];
	const anyRequest = fc
		.record({
			user: fc.constantFrom(...users),
			variant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '6.22', '11.3', '9.99'),
			before: fc.integer({ min: -3000, max: 9000 }),
			answer: fc.constantFrom(null, 'I0', 'E21', 'E4', 'E65'),
			device: fc.constantFrom(E1, C1, G1),
			counter: fc.integer({ min: 1, max: 1e9 })
		})
		.map(({ user, variant, before, answer, device, counter }) =>
			request(user, variant, before, {
				deviceId: device,
				responseCode: answer,
				respondedAt: answer === null ? null : NOON - before * SECOND + 30 * SECOND,
				counter: String(counter)
			})
		);
	const evidence = fc.uniqueArray(anyRequest, { maxLength: 12, selector: (r) => r.requestId });
	const code = fc.constantFrom('8F30', '8F3E', '8F76', '8F35', '8183', '8F66', '8FFF', '8F0C');

	it('the order of the requests, and repeats of them, change nothing', () => {
		fc.assert(
			fc.property(evidence, code, fc.integer(), (requests, alertCode, seed) => {
				const shuffled = [...requests, ...requests.slice(0, 3)].sort(
					(a, b) => hash(a.requestId, seed) - hash(b.requestId, seed)
				);
				expect(explain(shuffled, { code: alertCode })).toEqual(explain(requests, { code: alertCode }));
			}),
			{ numRuns: 10_000 }
		);
	});

	it('a physical or supply Alert is never likely, and no explanation holds more than five candidates', () => {
		fc.assert(
			fc.property(
				evidence,
				fc.constantFrom('8F76', '8F3F', '8F35', '8F73', '81B8'),
				(requests, alertCode) => {
					const { kind, candidates } = explain(requests, { code: alertCode });
					expect(['ambiguous', 'unexplained', 'not-command']).toContain(kind);
					expect(candidates.length).toBeLessThanOrEqual(5);
				}
			),
			{ numRuns: 10_000 }
		);
	});

	const inNoHub = fc.constantFrom(
		...['8F30', '8F3E', '8F76', '8F35', '8183', '8F66', '8FFF', '8F0C', '81AF'].filter(
			(alert) => !causeTable.entries.get(alert)?.causes.some(({ relation }) => relation === 'same-hub')
		)
	);

	it('a request to another Device says nothing where no cause lies in the home network', () => {
		fc.assert(
			fc.property(evidence, inNoHub, (requests, alertCode) => {
				const own = requests.filter(({ deviceId }) => deviceId === E1);
				expect(explain(requests, { code: alertCode })).toEqual(explain(own, { code: alertCode }));
			}),
			{ numRuns: 10_000 }
		);
	});

	const pattern = (alertCode: string): fc.Arbitrary<LearnedPattern> =>
		fc.record({
			deviceType: fc.constant('ESME'),
			code: fc.constant(alertCode),
			serviceReferenceVariant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '6.22', '11.3'),
			userRole: fc.constantFrom('IS', 'GS', 'ED', 'OU', 'RSA'),
			relation: fc.constantFrom('same-device', 'same-hub'),
			withinSeconds: fc.constantFrom(30, 600, 21_600),
			seen: fc.constant(40),
			of: fc.constant(50),
			byChance: fc.constant(1),
			lift: fc.constant(40),
			low: fc.constant(20),
			high: fc.constant(80),
			devices: fc.constant(30),
			offered: fc.boolean()
		});

	it('what was learned says nothing where no explanation may rest on it', () => {
		let idle = 0;
		fc.assert(
			fc.property(
				evidence,
				code.chain((alertCode) => pattern(alertCode)),
				(requests, learned) => {
					fc.pre(!mayRestOn(learned, causeTable));
					idle++;
					const { code: alertCode } = learned;
					const taught = explain(
						requests,
						{ code: alertCode },
						{ learned: new Map([[patternKey(learned), learned]]) }
					);
					expect(taught).toEqual(explain(requests, { code: alertCode }));
				}
			),
			{ numRuns: 5000, maxSkipsPerRun: 20 }
		);
		expect(idle).toBeGreaterThanOrEqual(5000);
	});
});

function hash(text: string, seed: number): number {
	let value = seed | 0;
	for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) | 0;
	return value;
}

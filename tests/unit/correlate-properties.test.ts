import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
});

function hash(text: string, seed: number): number {
	let value = seed | 0;
	for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) | 0;
	return value;
}

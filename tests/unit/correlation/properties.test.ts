// Tests the properties that correlation has for any evidence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { patternKey, type LearnedPattern } from '#lib/domain/learned-pattern.ts';
import { mayUsePattern } from '#lib/domain/correlation/learned-fit.ts';
import {
	ourUser,
	hub,
	electricityMeter,
	networkOperator,
	supplierAgent,
	gasMeter,
	gasSupplier,
	NOON,
	consumerService,
	SECOND_MS,
	explain,
	request
} from '../../support/evidence.ts';
import { propertyRuns } from '../../support/property-runs.ts';

describe('correlation of any evidence', () => {
	const users = [ourUser, gasSupplier, networkOperator, consumerService, supplierAgent];
	const anyRequest = fc
		.record({
			user: fc.constantFrom(...users),
			variant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '6.22', '11.3', '9.99'),
			before: fc.integer({ min: -3000, max: 9000 }),
			answer: fc.constantFrom(null, 'I0', 'E21', 'E4', 'E65'),
			device: fc.constantFrom(electricityMeter, hub, gasMeter),
			counter: fc.integer({ min: 1, max: 1e9 })
		})
		.map(({ user, variant, before, answer, device, counter }) =>
			request(user, variant, before, {
				deviceId: device,
				responseCode: answer,
				respondedAt: answer === null ? null : NOON - before * SECOND_MS + 30 * SECOND_MS,
				counter: String(counter)
			})
		);
	const evidence = fc.uniqueArray(anyRequest, { maxLength: 12, selector: (r) => r.requestId });
	const code = fc.constantFrom('8F30', '8F3E', '8F76', '8F35', '8183', '8F66', '8FFF', '8F0C');

	it('does not depend on the order or the repetition of the requests', () => {
		fc.assert(
			fc.property(evidence, code, fc.integer(), (requests, alertCode, seed) => {
				const shuffled = [...requests, ...requests.slice(0, 3)].sort(
					(a, b) => hash(a.requestId, seed) - hash(b.requestId, seed)
				);
				expect(explain(shuffled, { code: alertCode })).toEqual(explain(requests, { code: alertCode }));
			}),
			{ numRuns: propertyRuns }
		);
	});

	it('never calls a physical or supply Alert likely, and names at most five candidates', () => {
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
			{ numRuns: propertyRuns }
		);
	});

	const codeWithoutHubCause = fc.constantFrom(
		...['8F30', '8F3E', '8F76', '8F35', '8183', '8F66', '8FFF', '8F0C', '81AF'].filter(
			(alert) => !causeTable.entries.get(alert)?.causes.some(({ relation }) => relation === 'same-hub')
		)
	);

	it('ignores requests to other Devices if no cause of the code lies in the home network', () => {
		fc.assert(
			fc.property(evidence, codeWithoutHubCause, (requests, alertCode) => {
				const own = requests.filter(({ deviceId }) => deviceId === electricityMeter);
				expect(explain(requests, { code: alertCode })).toEqual(explain(own, { code: alertCode }));
			}),
			{ numRuns: propertyRuns }
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

	it('ignores a learned pattern that the explanation may not use', () => {
		let checkedRuns = 0;
		fc.assert(
			fc.property(
				evidence,
				code.chain((alertCode) => pattern(alertCode)),
				(requests, learned) => {
					fc.pre(!mayUsePattern(learned, causeTable));
					checkedRuns++;
					const { code: alertCode } = learned;
					const withPattern = explain(
						requests,
						{ code: alertCode },
						{ learned: new Map([[patternKey(learned), learned]]) }
					);
					expect(withPattern).toEqual(explain(requests, { code: alertCode }));
				}
			),
			{ numRuns: propertyRuns, maxSkipsPerRun: 20 }
		);
		expect(checkedRuns).toBeGreaterThanOrEqual(propertyRuns);
	});
});

function hash(text: string, seed: number): number {
	let value = seed | 0;
	for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) | 0;
	return value;
}

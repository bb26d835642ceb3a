// Tests the properties that correlation has for any evidence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { patternKey } from '#lib/domain/learned-pattern.ts';
import { mayUsePattern } from '#lib/domain/correlation/learned-fit.ts';
import { anyCode, anyPattern, anyRequests } from '../../support/any-evidence.ts';
import { electricityMeter, explain } from '../../support/evidence.ts';
import { propertyRuns } from '../../support/property-runs.ts';

describe('correlation of any evidence', () => {
	it('does not depend on the order or the repetition of the requests', () => {
		fc.assert(
			fc.property(anyRequests, anyCode, fc.integer(), (requests, alertCode, seed) => {
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
				anyRequests,
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
			fc.property(anyRequests, codeWithoutHubCause, (requests, alertCode) => {
				const own = requests.filter(({ deviceId }) => deviceId === electricityMeter);
				expect(explain(requests, { code: alertCode })).toEqual(explain(own, { code: alertCode }));
			}),
			{ numRuns: propertyRuns }
		);
	});

	it('ignores a learned pattern that the explanation may not use', () => {
		let checkedRuns = 0;
		fc.assert(
			fc.property(
				anyRequests,
				anyCode.chain((alertCode) => anyPattern(alertCode)),
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

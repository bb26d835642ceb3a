// Tests the properties of tenure for any history: the edge of a tenure is exact, and events outside a Supplier's tenure
// do not change its explanations. The model is an array with one responsible Supplier for each instant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVisible } from '#lib/domain/correlation/disclosure.ts';
import type { HomeDevice } from '#lib/domain/correlation/evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { changesNear, hasLeft, isResponsible, tenureAt, type TenureSpan } from '#lib/domain/tenure.ts';
import {
	ourUser,
	hub,
	electricityMeter,
	networkOperator,
	supplierAgent,
	gasMeter,
	gasSupplier,
	HOUR_MS,
	NOON,
	otherSupplierId,
	consumerService,
	ourSupplierId,
	SECOND_MS,
	evidence,
	explain,
	request
} from '../support/evidence.ts';
import { propertyRuns } from '../support/property-runs.ts';

const thirdSupplierId = 3;
const NOBODY = 0;
/** The number of instants in the model. The last tenure may continue beyond them. */
const INSTANTS = 40;

/** Tenures that follow each other with or without gaps, listed in any order. */
const history = fc
	.array(
		fc.record({
			gap: fc.nat(6),
			length: fc.integer({ min: 1, max: 12 }),
			owner: fc.constantFrom(ourSupplierId, otherSupplierId, thirdSupplierId)
		}),
		{
			maxLength: 6
		}
	)
	.chain((parts) => fc.record({ parts: fc.constant(parts), open: fc.boolean(), seed: fc.integer() }))
	.map(({ parts, open, seed }) => {
		let at = 0;
		const spans = parts.map(({ gap, length, owner }, i): TenureSpan => {
			const from = at + gap;
			at = from + length;
			return { supplierId: owner, from, to: open && i === parts.length - 1 ? null : at };
		});
		return spans.sort((a, b) => Math.imul(a.from + 7, seed | 1) - Math.imul(b.from + 7, seed | 1));
	});

/** The model: a Supplier is responsible from the first instant of its tenure up to, but not at, the last. */
function ownersOf(spans: readonly TenureSpan[]): number[] {
	const owners = Array<number>(INSTANTS + 60).fill(NOBODY);
	for (const { supplierId, from, to } of spans) owners.fill(supplierId, from, to ?? owners.length);
	return owners;
}

describe('any history of tenures', () => {
	it('names at every instant the Supplier of the model as the only responsible one', () => {
		fc.assert(
			fc.property(history, (spans) => {
				const owners = ownersOf(spans);
				expect(owners.map((_, at) => tenureAt(spans, at)?.supplierId ?? NOBODY)).toEqual(owners);
				for (const supplier of [ourSupplierId, otherSupplierId, thirdSupplierId])
					expect(owners.map((_, at) => isResponsible(spans, supplier, at))).toEqual(
						owners.map((owner) => owner === supplier)
					);
			}),
			{ numRuns: propertyRuns }
		);
	});

	it('has a change near an instant exactly if the model has an edge within the given times', () => {
		fc.assert(
			fc.property(history, fc.nat(INSTANTS), fc.nat(8), fc.nat(8), (spans, at, before, after) => {
				const edges = new Set(spans.flatMap(({ from, to }) => [from, to ?? Infinity]));
				const near = Array.from({ length: before + after + 1 }, (_, i) => at - before + i).some((i) =>
					edges.has(i)
				);
				expect(changesNear(spans, at, before, after)).toBe(near);
			}),
			{ numRuns: propertyRuns }
		);
	});

	it('a Supplier has left at an instant if it was responsible before, and is not at or after that instant', () => {
		fc.assert(
			fc.property(history, fc.nat(INSTANTS - 1), (spans, at) => {
				const owners = ownersOf(spans);
				const was = owners.slice(0, at).includes(ourSupplierId);
				const willBe = owners.slice(at).includes(ourSupplierId);
				expect(hasLeft(spans, ourSupplierId, at)).toBe(was && !willBe);
			}),
			{ numRuns: propertyRuns }
		);
	});
});

const ALWAYS = { from: 0, to: null };
const homeOf = (
	ofMeter: readonly TenureSpan[],
	ofGasMeter: readonly TenureSpan[] = []
): Map<string, HomeDevice> =>
	new Map([
		[electricityMeter, { deviceType: 'ESME', tenures: ofMeter }],
		[gasMeter, { deviceType: 'GSME', tenures: ofGasMeter }],
		[hub, { deviceType: 'CHF', tenures: ofMeter }]
	]);
const viewerOf = (supplierId: number) => ({
	supplierId,
	userIds: new Set(
		supplierId === ourSupplierId ? [ourUser] : supplierId === otherSupplierId ? [gasSupplier] : []
	)
});
const anyCode = fc.constantFrom('8F30', '8F3E', '8F3D', '8F76', '8F84', '8183', '8F66', '8FFF', '8F0C');

/** A request of a User `before` ms before noon. The Alert is raised at noon. */
const requestAt = (user: fc.Arbitrary<string>, device: fc.Arbitrary<string>, before: fc.Arbitrary<number>) =>
	fc
		.record({
			user,
			device,
			before,
			variant: fc.constantFrom('6.5', '6.15.1', '4.6.1', '8.11', '1.1.1', '11.3', '9.99'),
			answer: fc.constantFrom(null, 'I0', 'E21', 'E4'),
			counter: fc.integer({ min: 1, max: 50 })
		})
		.map(({ user, device, before, variant, answer, counter }): ServiceRequest =>
			request(user, variant, 0, {
				deviceId: device,
				requestedAt: NOON - before,
				responseCode: answer,
				respondedAt: answer === null ? null : NOON - before + 30 * SECOND_MS,
				counter: String(counter)
			})
		);

describe('a millisecond across the edge of a tenure', () => {
	it('moves an Alert from one Supplier to the other, never to both or neither', () => {
		fc.assert(
			fc.property(anyCode, fc.integer({ min: -3, max: 3 }), fc.constantFrom(-1, 1), (code, off, by) => {
				const change = NOON + off;
				const home = homeOf([
					{ supplierId: ourSupplierId, from: 0, to: change },
					{ supplierId: otherSupplierId, from: change, to: null }
				]);
				const inScope = (at: number) =>
					[ourSupplierId, otherSupplierId].filter(
						(id) =>
							explain([], { code, effectiveAt: at }, { home, viewer: viewerOf(id) }).kind !== 'out-of-scope'
					);
				for (const at of [NOON, NOON + by])
					expect(inScope(at)).toEqual([at < change ? ourSupplierId : otherSupplierId]);
			}),
			{ numRuns: propertyRuns }
		);
	});

	it('makes a request of another User visible to the other Supplier instead', () => {
		const start = NOON - 60 * SECOND_MS;
		const home = homeOf([
			{ supplierId: otherSupplierId, from: 0, to: start },
			{ supplierId: ourSupplierId, from: start, to: null }
		]);
		fc.assert(
			fc.property(
				requestAt(
					fc.constantFrom(networkOperator, consumerService, supplierAgent),
					fc.constant(electricityMeter),
					fc.integer({ min: 59_997, max: 60_003 })
				),
				anyCode,
				(sent, code) => {
					const seen = [ourSupplierId, otherSupplierId].filter((id) =>
						isVisible(sent, evidence({ code }, { home, viewer: viewerOf(id) }))
					);
					expect(seen).toEqual([sent.requestedAt! < start ? otherSupplierId : ourSupplierId]);
					if (!seen.includes(ourSupplierId))
						expect(JSON.stringify(explain([sent], { code }, { home }))).not.toContain(sent.userId);
				}
			),
			{ numRuns: propertyRuns }
		);
	});
});

describe('two worlds that differ only outside our tenure', () => {
	const start = NOON - 120 * SECOND_MS;
	const ours = requestAt(
		fc.constantFrom(ourUser, gasSupplier, networkOperator, consumerService, supplierAgent),
		fc.constantFrom(electricityMeter, hub),
		fc.integer({ min: -300_000, max: 120_000 })
	);
	/** Requests of other Users before our tenure, or to the gas meter, for which we are never responsible. */
	const hidden = fc.oneof(
		requestAt(
			fc.constantFrom(gasSupplier, networkOperator, consumerService, supplierAgent),
			fc.constantFrom(electricityMeter, hub),
			fc.integer({ min: 120_001, max: 900_000 })
		),
		requestAt(
			fc.constantFrom(gasSupplier, networkOperator, consumerService, supplierAgent),
			fc.constant(gasMeter),
			fc.integer({ min: -300_000, max: 900_000 })
		)
	);
	/** The hidden requests, the earlier tenures of the Device with any changes, and the Supplier of the gas meter. */
	const world = fc.record({
		requests: fc.array(hidden, { maxLength: 6 }),
		before: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
		gas: fc.constantFrom(otherSupplierId, thirdSupplierId)
	});
	const unique = (requests: ServiceRequest[]) => [...new Map(requests.map((r) => [r.requestId, r])).values()];

	it('give us explanations that are identical to the byte', () => {
		fc.assert(
			fc.property(
				fc.array(ours, { maxLength: 6 }),
				world,
				world,
				anyCode,
				fc.option(fc.integer({ min: 1, max: 50 }), { nil: null }),
				(shared, one, other, code, named) => {
					const seen = unique(shared);
					const known = new Set(seen.map((r) => r.requestId));
					const [here, there] = [one, other].map(({ requests, before, gas }) => {
						const edges = before.sort((a, b) => b - a).map((hours) => start - hours * HOUR_MS);
						const tenures: TenureSpan[] = edges.map((from, i) => ({
							supplierId: i % 2 ? otherSupplierId : thirdSupplierId,
							from,
							to: edges[i + 1] ?? start
						}));
						return JSON.stringify(
							explain(
								[...unique(requests).filter((r) => !known.has(r.requestId)), ...seen],
								{
									code,
									reference:
										named === null
											? null
											: {
													originatorId: null,
													counter: String(named),
													messageCode: null,
													requestId: null,
													instruction: null,
													instructions: null
												}
								},
								{
									home: homeOf(
										[...tenures, { supplierId: ourSupplierId, from: start, to: null }],
										[{ supplierId: gas, ...ALWAYS }]
									)
								}
							)
						);
					});
					expect(here).toBe(there);
				}
			),
			{ numRuns: propertyRuns }
		);
	});
});

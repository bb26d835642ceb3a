// What must hold for any history of tenures: the edge is sharp, and what lies outside a Supplier's tenure tells it
// nothing. The model is a plain array with one owner for each instant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isVisible } from '#lib/domain/correlation/disclosure.ts';
import type { HomeDevice } from '#lib/domain/correlation/evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { changesNear, isResponsible, tenureAt, type TenureSpan } from '#lib/domain/tenure.ts';
import {
	BRW,
	C1,
	E1,
	EDN,
	FLD,
	G1,
	HAL,
	HOUR,
	NOON,
	OTHER,
	OUC,
	OURS,
	SECOND,
	evidence,
	explain,
	request
} from '../support/evidence.ts';

const THIRD = 3;
const NOBODY = 0;
/** Instants of the model; the last tenure may go on. */
const LENGTH = 40;

/** Tenures that follow each other with or without gaps, in any order. */
const history = fc
	.array(
		fc.record({
			gap: fc.nat(6),
			length: fc.integer({ min: 1, max: 12 }),
			owner: fc.constantFrom(OURS, OTHER, THIRD)
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

/** "A Supplier is responsible from the first instant of its tenure up to, and not at, the last." */
function ownersOf(spans: readonly TenureSpan[]): number[] {
	const owners = Array<number>(LENGTH + 60).fill(NOBODY);
	for (const { supplierId, from, to } of spans) owners.fill(supplierId, from, to ?? owners.length);
	return owners;
}

describe('any history of tenures', () => {
	it('names at every instant the owner of the model, and only that one is responsible', () => {
		fc.assert(
			fc.property(history, (spans) => {
				const owners = ownersOf(spans);
				expect(owners.map((_, at) => tenureAt(spans, at)?.supplierId ?? NOBODY)).toEqual(owners);
				for (const supplier of [OURS, OTHER, THIRD])
					expect(owners.map((_, at) => isResponsible(spans, supplier, at))).toEqual(
						owners.map((owner) => owner === supplier)
					);
			}),
			{ numRuns: 10_000 }
		);
	});

	it('a change lies near an instant just where an edge of the model is within reach', () => {
		fc.assert(
			fc.property(history, fc.nat(LENGTH), fc.nat(8), fc.nat(8), (spans, at, before, after) => {
				const edges = new Set(spans.flatMap(({ from, to }) => [from, to ?? Infinity]));
				const near = Array.from({ length: before + after + 1 }, (_, i) => at - before + i).some((i) =>
					edges.has(i)
				);
				expect(changesNear(spans, at, before, after)).toBe(near);
			}),
			{ numRuns: 10_000 }
		);
	});
});

const ALWAYS = { from: 0, to: null };
const homeOf = (e1: readonly TenureSpan[], g1: readonly TenureSpan[] = []): Map<string, HomeDevice> =>
	new Map([
		[E1, { deviceType: 'ESME', tenures: e1 }],
		[G1, { deviceType: 'GSME', tenures: g1 }],
		[C1, { deviceType: 'CHF', tenures: e1 }]
	]);
const viewerOf = (supplierId: number) => ({
	supplierId,
	userIds: new Set(supplierId === OURS ? [BRW] : supplierId === OTHER ? [HAL] : [])
});
const anyCode = fc.constantFrom('8F30', '8F3E', '8F3D', '8F76', '8F84', '8183', '8F66', '8FFF', '8F0C');

/** A request of a User at an instant (ms before noon, which is when the Alert was raised). */
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
				respondedAt: answer === null ? null : NOON - before + 30 * SECOND,
				counter: String(counter)
			})
		);

describe('the edge of a tenure (P3)', () => {
	it('an Alert moved across it by a millisecond moves from one Supplier to the other, never to both or neither', () => {
		fc.assert(
			fc.property(anyCode, fc.integer({ min: -3, max: 3 }), fc.constantFrom(-1, 1), (code, off, by) => {
				const change = NOON + off;
				const home = homeOf([
					{ supplierId: OURS, from: 0, to: change },
					{ supplierId: OTHER, from: change, to: null }
				]);
				const inScope = (at: number) =>
					[OURS, OTHER].filter(
						(id) =>
							explain([], { code, effectiveAt: at }, { home, viewer: viewerOf(id) }).kind !== 'out-of-scope'
					);
				for (const at of [NOON, NOON + by]) expect(inScope(at)).toEqual([at < change ? OURS : OTHER]);
			}),
			{ numRuns: 10_000 }
		);
	});

	it('a request of another User moved across it moves from the sight of the one to that of the other', () => {
		const start = NOON - 60 * SECOND;
		const home = homeOf([
			{ supplierId: OTHER, from: 0, to: start },
			{ supplierId: OURS, from: start, to: null }
		]);
		fc.assert(
			fc.property(
				requestAt(fc.constantFrom(EDN, OUC, FLD), fc.constant(E1), fc.integer({ min: 59_997, max: 60_003 })),
				anyCode,
				(sent, code) => {
					const seen = [OURS, OTHER].filter((id) =>
						isVisible(sent, evidence({ code }, { home, viewer: viewerOf(id) }))
					);
					expect(seen).toEqual([sent.requestedAt! < start ? OTHER : OURS]);
					if (!seen.includes(OURS))
						expect(JSON.stringify(explain([sent], { code }, { home }))).not.toContain(sent.userId);
				}
			),
			{ numRuns: 10_000 }
		);
	});
});

describe('two worlds that differ only outside our tenure (P2)', () => {
	const start = NOON - 120 * SECOND;
	const ours = requestAt(
		fc.constantFrom(BRW, HAL, EDN, OUC, FLD),
		fc.constantFrom(E1, C1),
		fc.integer({ min: -300_000, max: 120_000 })
	);
	/** Sent before our tenure began, by others; or to the gas meter, which is never ours. */
	const hidden = fc.oneof(
		requestAt(
			fc.constantFrom(HAL, EDN, OUC, FLD),
			fc.constantFrom(E1, C1),
			fc.integer({ min: 120_001, max: 900_000 })
		),
		requestAt(
			fc.constantFrom(HAL, EDN, OUC, FLD),
			fc.constant(G1),
			fc.integer({ min: -300_000, max: 900_000 })
		)
	);
	/** Who had the Device before, with whatever changes and gaps, and who had the gas meter. */
	const world = fc.record({
		requests: fc.array(hidden, { maxLength: 6 }),
		before: fc.uniqueArray(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
		gas: fc.constantFrom(OTHER, THIRD)
	});
	const unique = (requests: ServiceRequest[]) => [...new Map(requests.map((r) => [r.requestId, r])).values()];

	it('give us explanations that are the same to the byte', () => {
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
						const edges = before.sort((a, b) => b - a).map((hours) => start - hours * HOUR);
						const tenures: TenureSpan[] = edges.map((from, i) => ({
							supplierId: i % 2 ? OTHER : THIRD,
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
										[...tenures, { supplierId: OURS, from: start, to: null }],
										[{ supplierId: gas, ...ALWAYS }]
									)
								}
							)
						);
					});
					expect(here).toBe(there);
				}
			),
			{ numRuns: 10_000 }
		);
	});
});

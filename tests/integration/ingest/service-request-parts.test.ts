// Law 4 for one request told in parts: whatever order its records come in, and however often, it reads the same. The rule:
// the earliest request; the latest response; the code of the latest response that has one; of what differs the greatest.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { ED, aRequest, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

interface Told {
	requestedAt: string | null;
	respondedAt: string | null;
	responseCode: string | null;
	executeAt: string | null;
	userName: string | null;
	serviceReferenceVariant: string | null;
}

const instant = fc.option(
	fc.nat(5).map((second) => `2026-11-05T02:13:4${second}.000Z`),
	{ nil: null }
);
const told: fc.Arbitrary<Told> = fc
	.record({
		requestedAt: instant,
		respondedAt: instant,
		responseCode: fc.constantFrom(null, 'I0', 'E21', 'E4'),
		executeAt: instant,
		userName: fc.constantFrom(null, 'North Grid', 'South Grid'),
		serviceReferenceVariant: fc.constantFrom(null, '6.5', '6.15.1')
	})
	.filter(({ requestedAt, respondedAt }) => (requestedAt ?? respondedAt) !== null);
const parts = fc.array(told, { minLength: 1, maxLength: 4 });

const greatest = (values: Array<string | null>): string | null =>
	values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** The rule, on the plain array. */
function model(records: readonly Told[]) {
	const latest = greatest(records.flatMap((r) => (r.responseCode ? (r.respondedAt ?? '') : [])));
	return {
		requestedAt: records
			.map((r) => r.requestedAt)
			.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null),
		respondedAt: greatest(records.map((r) => r.respondedAt)),
		responseCode: greatest(
			records.flatMap((r) => (r.responseCode && (r.respondedAt ?? '') === latest ? r.responseCode : []))
		),
		executeAt: greatest(records.map((r) => r.executeAt)),
		userName: greatest(records.map((r) => r.userName)),
		serviceReferenceVariant: greatest(records.map((r) => r.serviceReferenceVariant)) ?? ''
	};
}

/** What the record holds of each request, by counter. */
async function kept(deviceId: string): Promise<Map<number, ReturnType<typeof model>>> {
	const { rows } = await system.record.query(
		`select ('x' || encode(substr(key, 17, 8), 'hex'))::bit(64)::bigint::int as counter, requested_at, responded_at,
			response_code, execute_at, user_name, variant from service_request where device_id = $1`,
		[euiToBytes(deviceId)]
	);
	const iso = (at: Date | null) => at?.toISOString() ?? null;
	return new Map(
		rows.map((row) => [
			row.counter,
			{
				requestedAt: iso(row.requested_at),
				respondedAt: iso(row.responded_at),
				responseCode: row.response_code,
				executeAt: iso(row.execute_at),
				userName: row.user_name,
				serviceReferenceVariant: row.variant
			}
		])
	);
}

const [COUNT, ORDERS] = [1000, 4];

describe(`${COUNT} requests told in up to four parts`, () => {
	it(`read the same in ${ORDERS} orders, parts doubled, one call or several at once, and as the rule says`, async () => {
		const requests = fc.sample(parts, { numRuns: COUNT, seed: 38 });
		for (let order = 0; order < ORDERS; order++) {
			const deviceId = newDeviceId();
			const records = requests.flatMap((told, counter) => {
				const mine = told.map((fields) =>
					aRequest(deviceId, {
						userRole: 'ED',
						mode: null,
						...fields,
						requestId: `${ED}:${deviceId}:${counter}`
					})
				);
				return order % 2 ? [...mine, ...mine.slice(0, 1)].toReversed() : mine;
			});
			// All of each request in one call; then scattered over calls that come at once.
			const calls = order < 2 ? chunks(records, 5000) : scatter(records, 4 + order);
			const answers = await Promise.all(calls.map((call) => system.post('/service-requests', call)));
			for (const { status, body } of answers) expect([status, body.rejected]).toEqual([202, []]);
			const found = await kept(deviceId);
			requests.forEach((told, counter) =>
				expect({ told, kept: found.get(counter) }).toEqual({ told, kept: model(told) })
			);
		}
	});
});

const chunks = <T>(all: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
const scatter = <T>(all: readonly T[], ways: number): T[][] =>
	Array.from({ length: ways }, (_, way) => all.filter((_, i) => i % ways === way));

// Tests that one Service Request reads the same whatever the order of its records, and however often each is posted. The rule:
// the earliest time of request, the latest time of response, and the code of the latest response that has a code. Of other
// fields that differ, the greatest value counts.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { NORTH_GRID_USER_ID, aRequest, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/** The fields of one record about a request. `null`: the record does not have the field. */
interface RequestPart {
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
const part: fc.Arbitrary<RequestPart> = fc
	.record({
		requestedAt: instant,
		respondedAt: instant,
		responseCode: fc.constantFrom(null, 'I0', 'E21', 'E4'),
		executeAt: instant,
		userName: fc.constantFrom(null, 'North Grid', 'South Grid'),
		serviceReferenceVariant: fc.constantFrom(null, '6.5', '6.15.1')
	})
	.filter(({ requestedAt, respondedAt }) => (requestedAt ?? respondedAt) !== null);
const parts = fc.array(part, { minLength: 1, maxLength: 4 });

const greatest = (values: Array<string | null>): string | null =>
	values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/** Merges records by the rule, on a plain array. */
function mergedByRule(records: readonly RequestPart[]) {
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

/** Reads the stored requests of a Device, by counter. */
async function storedRequests(deviceId: string): Promise<Map<number, ReturnType<typeof mergedByRule>>> {
	const { rows } = await system.database.query(
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

/** All requests of an order are posted in a few calls, so 1000 of them take seconds and not minutes. */
const REQUEST_COUNT = 1000;
const ORDER_COUNT = 4;

describe(`${REQUEST_COUNT} requests, each posted in up to four records`, () => {
	it(`read as the rule says in ${ORDER_COUNT} orders, with repeated records, in one call or in several at once`, async () => {
		const requests = fc.sample(parts, { numRuns: REQUEST_COUNT, seed: 38 });
		for (let order = 0; order < ORDER_COUNT; order++) {
			const deviceId = newDeviceId();
			const records = requests.flatMap((parts, counter) => {
				const own = parts.map((fields) =>
					aRequest(deviceId, {
						userRole: 'ED',
						mode: null,
						...fields,
						requestId: `${NORTH_GRID_USER_ID}:${deviceId}:${counter}`
					})
				);
				return order % 2 ? [...own, ...own.slice(0, 1)].toReversed() : own;
			});
			// In the first two orders a call has all records of a request. In the others they are spread over simultaneous calls.
			const calls = order < 2 ? chunks(records, 5000) : scatter(records, 4 + order);
			const answers = await Promise.all(calls.map((call) => system.post('/service-requests', call)));
			for (const { status, body } of answers) expect([status, body.rejected]).toEqual([202, []]);
			const found = await storedRequests(deviceId);
			requests.forEach((posted, counter) =>
				expect({ posted, stored: found.get(counter) }).toEqual({ posted, stored: mergedByRule(posted) })
			);
		}
	});
});

const chunks = <T>(all: readonly T[], size: number): T[][] =>
	Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
const scatter = <T>(all: readonly T[], ways: number): T[][] =>
	Array.from({ length: ways }, (_, way) => all.filter((_, i) => i % ways === way));

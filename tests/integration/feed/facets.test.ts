// Tests the facets of the list of Alerts against a plain count over random Alerts, and that a count ends in time.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	AGE_CLASSES,
	FILTERS_OF_FACET,
	OLDER,
	type AlertFacets,
	type Facet,
	type FacetFilters
} from '#lib/domain/alert-facets.ts';
import { matches } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { createFacetReader } from '#lib/server/feed/facet-reader.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import {
	NORTH_GRID_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { allAlerts, settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

const NOW = Date.parse('2026-11-05T12:00:00.000Z');
const SECOND_GRID = '90-B3-D5-1F-30-02-00-02';
const DEVICE_COUNT = 60;
const ALERT_COUNT = 240;

let system: System;
let reader: ReturnType<typeof createFacetReader>;
let close: () => Promise<void>;
let supplierId: number;
let alerts: Alert[];
/** What the Supplier now reads of each Device. */
const devices = new Map<string, { model: string | null; firmware: string | null }>();

const pick = <T>(list: readonly T[], place: number): T => list[place % list.length]!;

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	const [random] = fc.sample(
		fc.array(fc.nat(1_000_000), { minLength: 3 * ALERT_COUNT, maxLength: 3 * ALERT_COUNT }),
		{ numRuns: 1, seed: 29 }
	);
	const ids = Array.from({ length: DEVICE_COUNT }, newDeviceId);
	await system.post(
		'/devices',
		ids.map((id, i) =>
			aDevice(id, {
				...(i % 7 !== 0 && { model: pick(['Storm 9', 'Storm 10', 'Reed'], i), area: pick(['SW1', 'N1'], i) }),
				...(i % 5 !== 0 && { firmware: pick(['2.10', '2.11'], i) }),
				// Some Devices are in no tenure of Brightwell any more. Their attributes are not counted.
				...(i % 6 === 0 && { tenures: suppliedBy('brightwell', ['2026-11-05T11:00:00.000Z', 'halden']) })
			})
		)
	);
	await system.post(
		'/service-requests',
		ids
			.filter((_, i) => i % 3 !== 0)
			.flatMap((id, i) => [
				aRequest(id),
				...(i % 4 === 0
					? [
							aRequest(id, {
								userId: SECOND_GRID,
								userName: 'South Grid',
								requestedAt: '2026-11-05T02:13:30.000Z'
							})
						]
					: []),
				...(i % 5 === 0
					? [aRequest(id, { userId: '90-B3-D5-1F-30-04-00-01', userRole: 'GT', userName: 'Gas Net' })]
					: [])
			])
	);
	const posted = await system.post(
		'/alerts',
		Array.from({ length: ALERT_COUNT }, (_, i) => {
			const [device, code, age] = random!.slice(3 * i, 3 * i + 3) as [number, number, number];
			const raisedAt = pick(
				[
					'2026-11-05T02:14:07.000Z',
					'2026-11-05T10:30:00.000Z',
					'2026-11-05T11:30:00.000Z',
					'2026-11-01T00:00:00.000Z',
					'2026-10-01T00:00:00.000Z'
				],
				age % 7
			);
			return anAlert(pick(ids, device), {
				code: pick(['8F30', '8F35', '81B8', '8F3E', '8ABC'], code),
				raisedAt,
				receivedAt: raisedAt
			});
		})
	);
	expect(posted.body.rejected).toEqual([]);
	await settled(system);
	alerts = await allAlerts(system, 'brightwell');
	for (const [i, alert] of alerts.entries())
		if (i % 9 === 0)
			await system.call('POST', `/alerts/${alert.id}/decision`, 'brightwell', {
				verdict: 'actionable',
				reason: 'tamper',
				version: alert.version
			});
	alerts = await allAlerts(system, 'brightwell');
	for (let cursor: string | null = ''; cursor !== null;) {
		const { body } = await system.get('brightwell', `/devices?limit=500${cursor && `&cursor=${cursor}`}`);
		for (const { deviceId, model, firmware } of body.items) devices.set(deviceId, { model, firmware });
		cursor = body.nextCursor;
	}
	const { rows } = await system.database.query<{ id: number }>(
		`select id from supplier where slug = 'brightwell'`
	);
	supplierId = rows[0]!.id;
	const opened = openDatabase(system.databaseUrl, 'causeway_web', 2);
	close = opened.close;
	reader = createFacetReader(opened.pool, { seconds: 6, chunk: 50 });
}, 120_000);
afterAll(async () => {
	await close?.();
	await system?.[Symbol.asyncDispose]();
});

/** Returns the values of an Alert for a facet. */
function valuesOf(alert: Alert, facet: Facet): Array<string | null | undefined> {
	switch (facet) {
		case 'tier':
			return [alert.candidates[0]?.tier];
		case 'role':
			return [...new Set(alert.candidates.map((c) => c.userRole))];
		case 'user':
			return [...new Set(alert.candidates.map((c) => c.userId))];
		case 'model':
		case 'firmware':
			return [devices.get(alert.deviceId)?.[facet]];
		case 'age': {
			const hours = (NOW - Date.parse(alert.effectiveAt)) / 3_600_000;
			return [AGE_CLASSES.find(([, limit]) => hours < limit)?.[0] ?? OLDER];
		}
		default:
			return [alert[facet]];
	}
}

/** Counts the facets plainly, by the filter of the browser. */
function plainCount(filters: FacetFilters, facet: Facet): Record<string, number> {
	const own: readonly string[] =
		facet in FILTERS_OF_FACET ? FILTERS_OF_FACET[facet as keyof typeof FILTERS_OF_FACET] : [];
	const others = Object.fromEntries(Object.entries(filters).filter(([name]) => !own.includes(name)));
	const counts: Record<string, number> = {};
	for (const alert of alerts.filter((a) => matches(a, others)))
		for (const value of valuesOf(alert, facet)) if (value != null) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
}

const countsOf = ({ facets }: AlertFacets, facet: Facet): Record<string, number> =>
	Object.fromEntries(facets[facet].values.map(({ value, alerts: count }) => [value, count]));

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const someFilters: fc.Arbitrary<FacetFilters> = fc
	.record({
		code: optional(['8F30', '8F35', '81B8']),
		category: optional(['security', 'power']),
		explanation: optional([['likely'], ['unexplained', 'not-command'], []] as Array<
			NonNullable<FacetFilters['explanation']>
		>),
		decision: optional(['none', 'open', 'any', 'actionable', 'ignorable'] as const),
		priority: optional([1, 3]),
		user: optional([NORTH_GRID_USER_ID, SECOND_GRID]),
		role: optional(['ED', 'GT']),
		since: optional(['2026-11-05T02:14:07.000Z', '2026-11-05T11:00:00.000Z']),
		until: optional(['2026-11-05T11:30:00.000Z']),
		q: optional(['8F3', 'grid', '%'])
	})
	.map((filters) => Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined)));

describe('the facets of the list', () => {
	it('are the counts of a plain count, each without its own filter', async () => {
		await fc.assert(
			fc.asyncProperty(someFilters, async (filters) => {
				const read = await reader.of(supplierId, filters, NOW);
				expect(read.atLeast).toBe(false);
				expect(read.total).toBe(alerts.filter((alert) => matches(alert, filters)).length);
				for (const facet of Object.keys(read.facets) as Facet[])
					expect([facet, countsOf(read, facet)]).toEqual([facet, plainCount(filters, facet)]);
			}),
			{ numRuns: 40, seed: 5, endOnFailure: true }
		);
	}, 60_000);

	it('are served with names, the most frequent value first', async () => {
		const { status, body } = await system.get('brightwell', '/alerts/facets?code=8F30');
		expect(status).toBe(200);
		expect(body.total).toBe(alerts.filter(({ code }) => code === '8F30').length);
		const { values } = body.facets.code;
		expect(values.length).toBe(5);
		expect(values.map(({ alerts: count }: { alerts: number }) => count)).toEqual(
			values.map(({ alerts: count }: { alerts: number }) => count).sort((a: number, b: number) => b - a)
		);
		expect(body.facets.user.values[0]).toMatchObject({ value: NORTH_GRID_USER_ID, name: 'North Grid' });
		const { body: device } = await system.get('brightwell', `/alerts/facets?device=${alerts[0]!.deviceId}`);
		expect(device.total).toBe(alerts.filter(({ deviceId }) => deviceId === alerts[0]!.deviceId).length);
	});

	it('show another Supplier only its own Alerts', async () => {
		const { body } = await system.get('halden', '/alerts/facets');
		const own = await allAlerts(system, 'halden');
		expect(body.total).toBe(own.length);
		expect(countsOf(body, 'code')['8F30'] ?? 0).toBe(own.filter(({ code }) => code === '8F30').length);
	});

	it('refuse the parameters of pages, and a wrong filter', async () => {
		expect((await system.get('brightwell', '/alerts/facets?limit=5')).status).toBe(400);
		expect((await system.get('brightwell', '/alerts/facets?explanation=odd')).status).toBe(400);
		expect((await system.call('GET', '/alerts/facets', '*')).status).toBe(403);
	});

	it('say "at least" when the time is over', async () => {
		const opened = openDatabase(system.databaseUrl, 'causeway_web', 2);
		const read = await createFacetReader(opened.pool, { seconds: 0.501, chunk: 1 }).of(supplierId, {}, NOW);
		expect(read.atLeast).toBe(true);
		expect(read.total).toBeLessThan(alerts.length);
		await opened.close();
	});
});

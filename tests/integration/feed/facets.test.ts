// Tests the facets of the list of Alerts against a plain count over random Alerts, and that a count ends in time.
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	AGE_CLASSES,
	FILTERS_OF_FACET,
	OLDER,
	type AlertFacets,
	type Facet,
	type FacetFilters
} from '#lib/domain/alert-facets.ts';
import { matches, type AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { createAlertReader, type AlertReader } from '#lib/server/feed/alert-reader.ts';
import { createFacetReader } from '#lib/server/feed/facet-reader.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { NORTH_GRID_USER_ID } from '../../support/records.ts';
import { allAlerts, settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';
import { SECOND_GRID, sendVariedAlerts } from '../../support/varied-alerts.ts';

const NOW = Date.parse('2026-11-05T12:00:00.000Z');
let system: System;
let reader: ReturnType<typeof createFacetReader>;
let pool: pg.Pool;
let close: () => Promise<void>;
let supplierId: number;
let alerts: Alert[];
/** What the Supplier now reads of each Device. */
const devices = new Map<string, { model: string | null; firmware: string | null }>();

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	await sendVariedAlerts(system);
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
	pool = opened.pool;
	reader = createFacetReader(opened.pool, { seconds: 6, chunk: 50 });
}, 120_000);
afterAll(async () => {
	await close?.();
	await system?.[Symbol.asyncDispose]();
});

/** Reads a whole list, and checks that each page goes on where the last one ended. */
async function readAll(read: AlertReader, filters: AlertFilters): Promise<string[]> {
	const ids: string[] = [];
	for (let cursor: string | undefined; ;) {
		const page = await read.page(supplierId, { ...filters, ...(cursor !== undefined && { cursor }) });
		ids.push(...page.items.map(({ id }) => id));
		if (page.nextCursor === null) return ids;
		expect(page.nextCursor).not.toBe(cursor);
		cursor = page.nextCursor;
	}
}

/** Returns the values of an Alert for a facet. */
function valuesOf(alert: Alert, facet: Facet): Array<string | null | undefined> {
	switch (facet) {
		case 'tier':
			return [alert.candidates[0]?.tier];
		case 'role':
			return [...new Set(alert.candidates.flatMap((c) => (c.own ? [c.userRole, 'own'] : [c.userRole])))];
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

/** The filters of the browser, and those that only the server can judge. */
function passes(alert: Alert, filters: FacetFilters): boolean {
	const held = (attribute: 'model' | 'firmware') => devices.get(alert.deviceId)?.[attribute] ?? '';
	return (
		matches(alert, filters) &&
		(!filters.model?.length || filters.model.includes(held('model'))) &&
		!filters.notModel?.includes(held('model')) &&
		(!filters.firmware?.length || filters.firmware.includes(held('firmware'))) &&
		!filters.notFirmware?.includes(held('firmware'))
	);
}

/** Counts the facets plainly. */
function plainCount(filters: FacetFilters, facet: Facet): Record<string, number> {
	const own: readonly string[] = FILTERS_OF_FACET[facet];
	const others = Object.fromEntries(Object.entries(filters).filter(([name]) => !own.includes(name)));
	const counts: Record<string, number> = {};
	for (const alert of alerts.filter((a) => passes(a, others)))
		for (const value of valuesOf(alert, facet)) if (value != null) counts[value] = (counts[value] ?? 0) + 1;
	return counts;
}

const countsOf = ({ facets }: AlertFacets, facet: Facet): Record<string, number> =>
	Object.fromEntries(facets[facet].values.map(({ value, alerts: count }) => [value, count]));

const optional = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
const someFilters: fc.Arbitrary<FacetFilters> = fc
	.record({
		code: optional([['8F30'], ['8F35', '81B8']]),
		notCode: optional([['8F3E', '8F35']]),
		category: optional([['security'], ['power']]),
		tier: optional([['strong'], ['strong', 'weak']] as Array<NonNullable<FacetFilters['tier']>>),
		notTier: optional([['weak']] as Array<NonNullable<FacetFilters['tier']>>),
		model: optional([['Storm 9'], ['Storm 10', 'Reed']]),
		notModel: optional([['Storm 9']]),
		firmware: optional([['2.10'], ['2.11', '2.10']]),
		notFirmware: optional([['2.10']]),
		area: optional([['SW1'], ['SW1', 'N1']]),
		notArea: optional([['SW1']]),
		explanation: optional([['likely'], ['unexplained', 'not-command'], []] as Array<
			NonNullable<FacetFilters['explanation']>
		>),
		decision: optional(['none', 'open', 'any', 'actionable', 'ignorable'] as const),
		priority: optional([1, 3]),
		priorityFrom: optional([2, 4]),
		user: optional([[NORTH_GRID_USER_ID], [SECOND_GRID]]),
		role: optional([['ED'], ['GT', 'own'], ['own']]),
		notRole: optional([['own'], ['GT']]),
		since: optional(['2026-11-05T02:14:07.000Z', '2026-11-05T11:00:00.000Z']),
		until: optional(['2026-11-05T11:30:00.000Z']),
		q: optional(['8F3', 'grid', '%'])
	})
	// Few filters at once, because many leave no Alert.
	.chain((filters) =>
		fc
			.subarray(
				Object.entries(filters).filter(([, value]) => value !== undefined),
				{ maxLength: 3 }
			)
			.map((few) => Object.fromEntries(few))
	);

describe('the facets of the list', () => {
	it('are the counts of a plain count, each without its own filter', async () => {
		await fc.assert(
			fc.asyncProperty(someFilters, async (filters) => {
				const read = await reader.of(supplierId, filters, NOW);
				expect(read.atLeast).toBe(false);
				expect(read.total).toBe(alerts.filter((alert) => passes(alert, filters)).length);
				for (const facet of Object.keys(read.facets) as Facet[])
					expect([facet, countsOf(read, facet)]).toEqual([facet, plainCount(filters, facet)]);
			}),
			{ numRuns: 40, seed: 5, endOnFailure: true }
		);
	}, 60_000);

	it('come with a list of exactly the Alerts that they count, page by page', async () => {
		const slow = createAlertReader(pool, { seconds: 0, chunks: [30] });
		const fast = createAlertReader(pool, { seconds: 60, chunks: [30, 7] });
		await fc.assert(
			fc.asyncProperty(someFilters, fc.constantFrom('newest', 'oldest'), async (filters, sort) => {
				const expected = alerts.filter((alert) => passes(alert, filters)).map(({ id }) => id);
				if (sort === 'oldest') expected.reverse();
				for (const read of [slow, fast])
					expect(await readAll(read, { ...filters, sort, limit: 40 })).toEqual(expected);
			}),
			{ numRuns: 40, seed: 6, endOnFailure: true }
		);
	}, 60_000);

	it('name an own Service Request as a role of its own', async () => {
		const own = alerts.filter((alert) => alert.candidates.some((c) => c.own));
		expect(own.length).toBeGreaterThan(0);
		const { body } = await system.get('brightwell', '/alerts/facets');
		expect(countsOf(body, 'role')['own']).toBe(own.length);
		expect((await system.alerts('brightwell', '?role=own&limit=500')).length).toBe(own.length);
		expect((await system.alerts('brightwell', '?notRole=own&limit=500')).length).toBe(
			alerts.length - own.length
		);
	});

	it('read Alerts that were stored before the filters had columns', async () => {
		const list = async () => [
			await system.alerts('brightwell', '?tier=strong&notArea=SW1&limit=500'),
			await system.alerts('brightwell', '?area=N1&role=own&limit=500'),
			(await system.get('brightwell', '/alerts/facets')).body.facets
		];
		const before = await list();
		const whole = (await allAlerts(system, 'brightwell')).map((alert) => JSON.stringify(alert));
		await system.database.query(
			`update supplier_alert s set tier = null, area = null, own = null, body = w.body::json
			 from unnest($1::text[]) as w(body) where s.alert_id = (w.body::json->>'id')::bigint
				and s.supplier_id = (select id from supplier where slug = 'brightwell')`,
			[whole]
		);
		expect(await list()).toEqual(before);
		expect(before[0].length).toBeGreaterThan(0);
		expect(before[1].length).toBeGreaterThan(0);
	});

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

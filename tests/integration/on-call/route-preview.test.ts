// Tests the preview of a route on a real database: its numbers equal those of the pure rule of routes for any routes and
// Alerts, days and nights are those of the rota, and a preview of too many Alerts says "at least".
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { NIGHT_FROM_HOUR, NIGHT_TO_HOUR, PREVIEW_DAYS, WouldHavePaged } from '#lib/domain/on-call/preview.ts';
import { matches, type RouteFacts, type RouteWhen } from '#lib/domain/on-call/route.ts';
import { createRoutePreviews, type RoutePreviews } from '#lib/server/on-call/routing/preview.ts';
import { openDatabase, type Connection } from '#lib/server/postgres/database.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { anAlert } from '../../support/paged.ts';
import { startSystem, type System } from '../../support/system.ts';

const DAY_MS = 86_400_000;
const now = Date.parse('2026-11-28T05:00:00Z');

let system: System;
let web: Connection;
let previews: RoutePreviews;
let brightwell: number;
let halden: number;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	web = openDatabase(system.databaseUrl, 'causeway_web', 4);
	previews = createRoutePreviews(web.pool);
	const { rows } = await system.database.query<{ id: number }>('select id from supplier order by slug');
	[brightwell, halden] = [rows[0]!.id, rows[1]!.id];
});
afterAll(async () => {
	await web.close();
	await system[Symbol.asyncDispose]();
});

interface StoredAlert extends Omit<RouteFacts, 'decided' | 'devices'> {
	id: bigint;
	at: number;
	episode: { id: number; devices: number } | null;
}

async function store(supplierId: number, alerts: readonly StoredAlert[]): Promise<void> {
	const { database } = system;
	await database.query('delete from supplier_alert where supplier_id = $1', [supplierId]);
	await database.query('delete from episode where supplier_id = $1', [supplierId]);
	const episodes = new Map(alerts.flatMap(({ episode }) => (episode ? [[episode.id, episode]] : [])));
	for (const { id, devices } of episodes.values())
		await database.query(
			`insert into episode (id, supplier_id, key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority)
			overriding system value values ($1, $2, 0, 'repeat', '{}', now(), now(), 2, $3, 2, false, 1)`,
			[id, supplierId, devices]
		);
	await database.query(
		`insert into supplier_alert (supplier_id, alert_id, seq, explanation, code, category, device_id, users, roles, effective_at,
			table_version, body, priority, occurrences, throttled, episode_id, contradicted)
		select $1, id, 1, explanation, code, category, 'device', '{}', '{}', at, 't', body, priority, 1, false, episode, contradicted
		from jsonb_to_recordset($2) as a(id bigint, explanation text, code text, category text, at timestamptz, body json,
			priority int, episode bigint, contradicted boolean)`,
		[
			supplierId,
			JSON.stringify(
				alerts.map(({ id, at, area, episode, ...facts }) => ({
					...facts,
					id: id.toString(),
					at: new Date(at),
					episode: episode?.id ?? null,
					body: { ...anAlert({ id: id.toString(), area, code: facts.code }), version: undefined }
				}))
			)
		]
	);
}

const explanation = fc.constantFrom(...ExplanationKind.options);
const category = fc.constantFrom('security', 'tamper', 'power');
const code = fc.constantFrom('8F30', '81A1', '8F57');
const area = fc.constantFrom('SW1', 'N1', "O'Hara, {x}");
const some = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 3 });

const anyAlerts = fc
	.array(
		fc.record({
			explanation,
			category,
			code,
			area: fc.option(area),
			priority: fc.integer({ min: 1, max: 4 }),
			contradicted: fc.boolean(),
			hoursAgo: fc.integer({ min: 0, max: 33 * 24 }),
			episode: fc.option(fc.integer({ min: 1, max: 4 }))
		}),
		{ maxLength: 40 }
	)
	.map((list) =>
		list.map(({ hoursAgo, episode, ...facts }, place): StoredAlert => {
			const at = now - hoursAgo * 3_600_000 - place * 1000;
			return {
				...facts,
				at,
				id: firstIdAt(at) + BigInt(place),
				episode: episode === null ? null : { id: episode, devices: 25 * episode }
			};
		})
	);

const anyWhen: fc.Arbitrary<RouteWhen> = fc
	.record(
		{
			explanation: some(explanation),
			category: some(category),
			codes: some(code),
			priority: fc.integer({ min: 1, max: 4 }),
			areas: some(area),
			minDevices: fc.integer({ min: 2, max: 110 }),
			contradicted: fc.constant(true as const)
		},
		{ requiredKeys: [] }
	)
	.filter((when) => Object.keys(when).length > 0);

/** Counts with the pure rule: the time of the first Alert of each page, oldest first. */
function pagesByRule(
	alerts: readonly StoredAlert[],
	when: RouteWhen,
	earlier: readonly RouteWhen[],
	since: number
) {
	const takes = (route: RouteWhen, { episode, ...facts }: StoredAlert): boolean =>
		matches(route, { ...facts, decided: false, devices: episode?.devices ?? 0 });
	const recent = alerts.filter(({ at }) => at >= since && at <= now);
	const matters = Map.groupBy(recent, ({ id, episode }) =>
		episode ? `episode ${episode.id}` : `alert ${id}`
	);
	return [...matters.values()].flatMap((matter) => {
		if (matter.some((alert) => earlier.some((route) => takes(route, alert)))) return [];
		const own = matter.filter((alert) => takes(when, alert)).map(({ at }) => at);
		return own.length === 0 ? [] : [Math.min(...own)];
	});
}

/** Counts the pages of each day, and of each night by the day on which the night begins. */
function byDay(pages: readonly number[], timeZone: string) {
	const local = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
	const first = local(now)
		.toPlainDate()
		.subtract({ days: PREVIEW_DAYS - 1 });
	const dayOf = (date: Temporal.PlainDate): number => first.until(date, { largestUnit: 'day' }).days;
	const counts = {
		perDay: Array<number>(PREVIEW_DAYS).fill(0),
		perNight: Array<number>(PREVIEW_DAYS).fill(0)
	};
	for (const page of pages) {
		const at = local(page);
		counts.perDay[dayOf(at.toPlainDate())]!++;
		const isMorning = at.hour < NIGHT_TO_HOUR;
		if (!isMorning && at.hour < NIGHT_FROM_HOUR) continue;
		const evening = isMorning ? at.toPlainDate().subtract({ days: 1 }) : at.toPlainDate();
		counts.perNight[Math.max(0, dayOf(evening))]!++;
	}
	return counts;
}

const saveRoute = (supplierId: number, name: string, place: number, when: RouteWhen, enabled = true) =>
	system.database.query(
		`insert into on_call_route (supplier_id, name, place, enabled, definition, saved_by) values ($1, $2, $3, $4, $5, 'a test')`,
		[supplierId, name, place, enabled, JSON.stringify({ when })]
	);
const saveRota = (supplierId: number, name: string, timeZone: string) =>
	system.database.query(
		`insert into on_call_rota (supplier_id, name, definition, calendar_nonce, saved_by) values ($1, $2, $3, 'n', 'a test')`,
		[supplierId, name, JSON.stringify({ timeZone })]
	);

test(
	'any route counts the same pages as the pure rule, in the days and nights of its rota',
	{ timeout: 120_000 },
	async () => {
		const zones = ['Europe/London', 'Pacific/Auckland', 'America/New_York'] as const;
		for (const zone of zones) await saveRota(brightwell, zone.replace('/', ' '), zone);
		await fc.assert(
			fc.asyncProperty(
				anyAlerts,
				anyWhen,
				fc.array(anyWhen, { maxLength: 2 }),
				fc.constantFrom(...zones),
				async (alerts, when, earlier, timeZone) => {
					await store(brightwell, alerts);
					await system.database.query('delete from on_call_route');
					for (const [place, route] of earlier.entries())
						await saveRoute(brightwell, `earlier ${place}`, place + 1, route);
					await saveRoute(brightwell, 'disabled', 3, { priority: 4 }, false);
					await saveRoute(brightwell, 'own', 4, { priority: 4 });
					await saveRoute(brightwell, 'later', 5, { priority: 4 });

					const rota = timeZone.replace('/', ' ');
					const preview = await previews.of(brightwell, { when, rota }, 'own', now);
					expect(WouldHavePaged.parse(preview)).toEqual(preview);
					const since = Temporal.PlainDate.from(preview.firstDay).toZonedDateTime(timeZone).epochMilliseconds;
					const pages = pagesByRule(alerts, when, earlier, since);
					expect(preview).toMatchObject({
						pages: pages.length,
						...byDay(pages, timeZone),
						timeZone,
						atLeast: false
					});
					const newest = pages.toSorted((a, b) => b - a).slice(0, 5);
					expect(
						preview.examples.map(({ id }) => alerts.find((alert) => alert.id.toString() === id)!.at)
					).toEqual(newest);
				}
			),
			{ numRuns: process.env.CI ? 1000 : 300 }
		);
	}
);

const securityAlerts = (count: number, at = now - DAY_MS): StoredAlert[] =>
	Array.from({ length: count }, (_, place) => ({
		explanation: 'unexplained',
		category: 'security',
		code: '8F30',
		area: 'SW1',
		priority: 1,
		contradicted: false,
		at: at + place,
		id: firstIdAt(at) + BigInt(place),
		episode: null
	}));
const security = { when: { category: ['security'] }, rota: null };

test('a route does not count the Alerts of another Supplier', async () => {
	await system.database.query('delete from on_call_route');
	await store(brightwell, securityAlerts(3));
	await store(halden, []);
	expect(await previews.of(brightwell, security, null, now)).toMatchObject({
		pages: 3,
		timeZone: 'Europe/London'
	});
	expect(await previews.of(halden, security, null, now)).toMatchObject({ pages: 0, examples: [] });
});

test('a route that moves to the front no longer yields to the other routes', async () => {
	await system.database.query('delete from on_call_route');
	await store(brightwell, securityAlerts(3));
	await saveRoute(brightwell, 'first', 1, { category: ['security'] });
	await saveRoute(brightwell, 'second', 2, { category: ['security'] });
	expect((await previews.of(brightwell, security, 'second', now)).pages).toBe(0);
	expect((await previews.of(brightwell, { ...security, place: 1 }, 'second', now)).pages).toBe(3);
	expect((await previews.of(brightwell, security, 'first', now)).pages).toBe(3);
	expect((await previews.of(brightwell, security, null, now)).pages).toBe(0);
});

test('a preview of more Alerts than it reads counts the newest ones and says "at least"', async () => {
	await system.database.query('delete from on_call_route');
	await store(brightwell, [...securityAlerts(4, now - 20 * DAY_MS), ...securityAlerts(6)]);
	const few = createRoutePreviews(web.pool, { alerts: 6, fewerAlerts: 3, seconds: 60 });
	const preview = await few.of(brightwell, security, null, now);
	expect(preview).toMatchObject({ pages: 6, atLeast: true });
	expect(preview.note).toContain('the newest 6 Alerts');
});

test('a preview that takes too long counts fewer Alerts and says "at least"', async () => {
	await system.database.query('delete from on_call_route');
	await store(brightwell, securityAlerts(20_000));
	const hasty = createRoutePreviews(web.pool, { alerts: 1_000_000, fewerAlerts: 10, seconds: 0.001 });
	expect(await hasty.of(brightwell, security, null, now)).toMatchObject({ pages: 10, atLeast: true });
});

test('a route of feed faults says that it cannot count, and not "no pages"', async () => {
	const preview = await previews.of(brightwell, { when: { feedFault: true }, rota: null }, null, now);
	expect(preview.pages).toBe(0);
	expect(preview.note).toMatch(/no history of faults/);
});

test('the API previews a route without saving it, and refuses a route without conditions', async () => {
	await store(brightwell, securityAlerts(7, Date.now() - DAY_MS));
	const route = { when: { category: ['security'] }, channels: ['mail'] };
	const answer = await system.call('POST', '/on-call/routes/preview', 'brightwell', route);
	expect(answer.status).toBe(200);
	expect(answer.body.wouldHavePaged).toMatchObject({ days: 30, pages: 7, atLeast: false });
	expect(answer.body.wouldHavePaged.examples).toHaveLength(5);
	expect((await system.database.query('select from on_call_route')).rowCount).toBe(0);
	const refused = await system.call('POST', '/on-call/routes/preview', 'brightwell', { ...route, when: {} });
	expect(refused.status).toBe(400);
	expect(refused.body.errors[0].message).toBe('must have at least one condition');
});

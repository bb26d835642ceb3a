// Counts what a route would have paged in the last 30 days, and picks examples. An episode counts as one page, and so
// does an Alert that stands alone. A page that an earlier route would have opened does not count.
import type pg from 'pg';
import type { Alert } from '#lib/domain/alert.ts';
import {
	NIGHT_FROM_HOUR,
	NIGHT_TO_HOUR,
	PREVIEW_DAYS,
	type WouldHavePaged
} from '#lib/domain/on-call/preview.ts';
import type { RouteIn, RouteWhen } from '#lib/domain/on-call/route.ts';
import { stateColumns, toAlert, type AlertBody, type StoredState } from '#lib/server/feed/feed.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplierWithin } from '#lib/server/postgres/time-limit.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { conditionsOf } from './route-conditions.ts';

const EXAMPLES = 5;
const DAY_MS = 86_400_000;
/** The time zone of a route whose rota is unknown. */
const DEFAULT_TIME_ZONE = 'Europe/London';

/** The limits of one preview. The preview reads the newest Alerts, at most this number of them. */
interface Limits {
	alerts: number;
	/** The number of Alerts that the preview reads instead if the database needs more than `seconds`. */
	fewerAlerts: number;
	seconds: number;
}
const LIMITS: Limits = { alerts: 1_000_000, fewerAlerts: 50_000, seconds: 6 };

/** The conditions of a route, and of the enabled routes before it. */
interface Previewed {
	when: RouteWhen;
	earlier: readonly RouteWhen[];
	/** The time zone of the rota, in which days and nights count. */
	timeZone: string;
	now: number;
}

interface CountRow {
	pages: number;
	read: number;
	first_day: string;
	per_day: number[];
	per_night: number[];
	/** The first Alerts of the newest pages, the newest first. */
	examples: string[];
}

interface ExampleRow extends StoredState {
	body: AlertBody;
}

export type RoutePreviews = ReturnType<typeof createRoutePreviews>;

export function createRoutePreviews(pool: pg.Pool, limits = LIMITS) {
	return {
		/**
		 * Counts what the route would have paged in the 30 days before `now` (epoch ms). `name`: the stored route that this
		 * route replaces, or that it is; `null`: the route is new.
		 */
		async of(
			supplierId: number,
			route: Pick<RouteIn, 'when' | 'rota' | 'place'>,
			name: string | null,
			now = Date.now()
		): Promise<WouldHavePaged> {
			const previewed = await asSupplier(pool, supplierId, async (client): Promise<Previewed> => {
				const { rota, place = null } = route;
				const { rows } = await client.query<{ time_zone: string | null; earlier: RouteWhen[] }>(
					CONTEXT({ supplierId, rota, place, name })
				);
				return {
					when: route.when,
					earlier: rows[0]!.earlier,
					timeZone: rows[0]!.time_zone ?? DEFAULT_TIME_ZONE,
					now
				};
			});
			return (
				(await count(pool, supplierId, previewed, limits.alerts, limits.seconds)) ??
				(await count(pool, supplierId, previewed, limits.fewerAlerts, null))!
			);
		}
	};
}

/** Counts over the newest Alerts. Returns `null` if the database needs more than `seconds`; `null`: there is no limit. */
async function count(
	pool: pg.Pool,
	supplierId: number,
	previewed: Previewed,
	mostAlerts: number,
	seconds: number | null
): Promise<WouldHavePaged | null> {
	const { when, timeZone } = previewed;
	return asSupplierWithin(pool, supplierId, seconds, async (client) => {
		const { rows } = await client.query<CountRow>(countQuery(supplierId, previewed, mostAlerts));
		const counted = rows[0]!;
		const atLeast = counted.read >= mostAlerts;
		return {
			days: PREVIEW_DAYS,
			pages: counted.pages,
			perDay: counted.per_day,
			perNight: counted.per_night,
			firstDay: counted.first_day,
			timeZone,
			examples: await readExamples(client, supplierId, counted.examples),
			atLeast,
			note: noteOf(when, atLeast ? mostAlerts : null)
		};
	});
}

/** Reads the time zone of the rota, and the conditions of the enabled routes that come before the route. */
const CONTEXT = query(`
with own as (
	select coalesce(:place::int, (
		select place from on_call_route where supplier_id = :supplierId and name = :name
	), 1001) as place
)
select (
	select definition->>'timeZone' from on_call_rota where supplier_id = :supplierId and name = :rota
) as time_zone, (
	select coalesce(jsonb_agg(r.definition->'when' order by r.place, r.id), '[]') from on_call_route r, own
	where r.supplier_id = :supplierId and r.enabled and r.place < own.place and r.name is distinct from :name
) as earlier`);

function noteOf({ feedFault, contradicted }: RouteWhen, mostAlerts: number | null): string | null {
	if (feedFault) return 'Causeway keeps no history of faults of feeds, so that their pages are not counted.';
	if (mostAlerts !== null)
		return `There are more Alerts than a preview reads. The numbers count the newest ${mostAlerts.toLocaleString('en-GB')} Alerts.`;
	return contradicted ? 'Contradictions that somebody has settled already are not counted.' : null;
}

async function readExamples(client: pg.ClientBase, supplierId: number, ids: string[]): Promise<Alert[]> {
	if (ids.length === 0) return [];
	const { rows } = await client.query<ExampleRow>(ALERTS({ supplierId, ids }));
	return rows.map(({ body, ...state }) => toAlert(body, state));
}

const ALERTS = query(`
select body, ${stateColumns('s')} from supplier_alert s
where supplier_id = :supplierId and alert_id = any(:ids::bigint[])
order by array_position(:ids::bigint[], alert_id)`);

/**
 * Counts in one statement. `alert`: the newest Alerts that may count. `page`: the episodes and single Alerts that the
 * route takes. A day begins at midnight in the time zone.
 */
function countQuery(
	supplierId: number,
	{ when, earlier, timeZone, now }: Previewed,
	mostAlerts: number
): pg.QueryConfig {
	const mine = conditionsOf(when, 'own');
	const others = earlier.map((route, place) => conditionsOf(route, `earlier${place}`));
	const isTaken = others.length === 0 ? 'false' : `(${others.map(({ sql }) => sql).join(' or ')})`;
	const all = [mine, ...others];
	const join = all.some(({ readsEpisode }) => readsEpisode)
		? 'left join episode e on e.id = s.episode_id and e.supplier_id = s.supplier_id'
		: '';
	const statement = query(`
with bound as (
	select (:now::timestamptz at time zone :timeZone)::date - ${PREVIEW_DAYS - 1} as first_day
), alert as materialized (
	select s.alert_id, s.effective_at, s.episode_id, (${mine.sql} and s.decision ->> 'standing' is null) as mine, ${isTaken} as taken
	from (
		select * from supplier_alert
		where supplier_id = :supplierId and alert_id >= :firstId
		order by alert_id desc limit :mostAlerts
	) s ${join}
), page as (
	select min(effective_at) filter (where mine) as at, min(alert_id) filter (where mine) as alert_id
	from alert, bound
	where (mine or taken) and effective_at <= :now and effective_at >= (first_day::timestamp at time zone :timeZone)
	group by episode_id, case when episode_id is null then alert_id end
	having bool_or(mine) and not bool_or(taken)
), local as (
	select alert_id, at at time zone :timeZone as at from page
), placed as (
	select alert_id, at::date - first_day as day,
		case when extract(hour from at) >= ${NIGHT_FROM_HOUR} or extract(hour from at) < ${NIGHT_TO_HOUR}
			then greatest(0, (at - interval '${NIGHT_TO_HOUR} hours')::date - first_day) end as night
	from local, bound
), per_day as (
	select day, count(*)::int as pages from placed group by day
), per_night as (
	select night as day, count(*)::int as pages from placed where night is not null group by night
)
select (select count(*)::int from placed) as pages,
	(select count(*)::int from alert) as read,
	(select to_char(first_day, 'YYYY-MM-DD') from bound) as first_day,
	array(select coalesce(d.pages, 0) from generate_series(0, ${PREVIEW_DAYS - 1}) day left join per_day d using (day) order by day) as per_day,
	array(select coalesce(n.pages, 0) from generate_series(0, ${PREVIEW_DAYS - 1}) day left join per_night n using (day) order by day) as per_night,
	array(select alert_id::text from placed order by alert_id desc limit ${EXAMPLES}) as examples`);
	return statement({
		...Object.assign({}, ...all.map(({ values }) => values)),
		supplierId,
		now: new Date(now),
		timeZone,
		mostAlerts,
		firstId: leastIdSince(now - PREVIEW_DAYS * DAY_MS)
	});
}

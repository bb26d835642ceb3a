// Counts what one User sends to the Devices of a Supplier, and the Alerts that name the User as a candidate. The count is
// bounded: with very many rows it counts the newest, and says so.
import type pg from 'pg';
import { sinceOf, sumRequests, type RequestCount, type Sender } from '#lib/domain/sender.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplierWithin } from '#lib/server/postgres/time-limit.ts';

/**
 * The most rows of one count, and the seconds that it may take. A count that takes longer is repeated with fewer rows. An
 * index finds the requests of a User: 17,000 of them took 0.55 s. The Alerts are the newest of the Supplier.
 */
const LIMITS = { requests: 100_000, alerts: 300_000, seconds: 6, fewer: 20_000 };

export type SenderReader = ReturnType<typeof createSenderReader>;

interface Span {
	since: number;
	until: number;
}

/** `roleOnly`: the User Roles whose Users are not named. Their requests are not counted, except the Supplier's own. */
export function createSenderReader(pool: pg.Pool, roleOnly: ReadonlySet<string>, limits = LIMITS) {
	return {
		/**
		 * Reads the User in the `days` days that end at `until` (epoch ms). A User that sent nothing to the Supplier's
		 * Devices reads the same as a User that does not exist.
		 */
		async of(
			supplierId: number,
			userId: string,
			{ days, until = Date.now() }: { days: number; until?: number }
		): Promise<Sender> {
			const span = { since: sinceOf(until, days), until };
			const within = async <T>(
				most: number,
				count: (client: pg.ClientBase, most: number) => Promise<T>
			): Promise<T> =>
				(await asSupplierWithin(pool, supplierId, limits.seconds, (client) => count(client, most))) ??
				(await asSupplierWithin(pool, supplierId, null, (client) =>
					count(client, Math.min(most, limits.fewer))
				))!;
			const [sent, alerts] = await Promise.all([
				within(limits.requests, (client, most) =>
					countRequests(client, { supplierId, userId, span, most, hiddenRoles: [...roleOnly] })
				),
				within(limits.alerts, (client, most) => countAlerts(client, { supplierId, userId, span, most }))
			]);
			const { own, names, roles, requests } = sent;
			return {
				userId,
				own,
				names,
				roles,
				since: new Date(span.since).toISOString(),
				until: new Date(span.until).toISOString(),
				requests,
				alerts
			};
		}
	};
}

interface RequestsRow {
	own: boolean;
	read: number;
	names: string[];
	roles: string[];
	counts: RequestCount[];
	/** `variant: null`: the number of all Devices. */
	devices: Array<{ variant: string | null; role: string | null; devices: number }>;
}

async function countRequests(
	client: pg.ClientBase,
	{
		supplierId,
		userId,
		span,
		most,
		hiddenRoles
	}: { supplierId: number; userId: string; span: Span; most: number; hiddenRoles: string[] }
): Promise<Pick<Sender, 'own' | 'names' | 'roles' | 'requests'>> {
	const { rows } = await client.query<RequestsRow>(
		REQUESTS({
			supplierId,
			user: euiToBytes(userId),
			since: new Date(span.since),
			until: new Date(span.until),
			firstId: leastIdSince(span.since),
			most,
			hiddenRoles
		})
	);
	const { own, read, names, roles, counts, devices } = rows[0]!;
	const devicesOf = new Map(devices.map((row) => [`${row.variant} ${row.role}`, row.devices]));
	return {
		own,
		names,
		roles,
		requests: {
			...sumRequests(counts, span, (variant, role) => devicesOf.get(`${variant} ${role}`) ?? 0),
			devices: devicesOf.get('null null') ?? 0,
			atLeast: read >= most
		}
	};
}

// Row-level security shows the requests within the Supplier's tenures, and the Supplier's own. The parts of one request,
// which the installation and the Supplier's key fed, are one request (completeRequests). A request whose time is not
// known, because only its response has arrived, is not counted.
const REQUESTS = query(`
with own as (
	select exists (select from supplier_user where user_id = :user and supplier_id = :supplierId) as own
), part as materialized (
	select key, device_id, variant, user_role, user_name, requested_at, responded_at, response_code
	from service_request
	where user_id = :user and requested_at >= :since and requested_at < :until and id >= :firstId
	order by requested_at desc limit :most
), request as materialized (
	select max(variant) as variant, max(user_role) as role, max(user_name) as name, min(requested_at) as at,
		(array_agg(device_id order by device_id desc))[1] as device_id,
		(array_agg(response_code order by responded_at desc nulls last) filter (where response_code is not null))[1] as code
	from part group by key
	having (select own from own) or not max(user_role) = any(:hiddenRoles::text[])
), counted as (
	select variant, role, to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day, code, count(*)::int as requests
	from request group by 1, 2, 3, 4
), device as (
	select variant, role, count(distinct device_id)::int as devices from request
	group by grouping sets ((variant, role), ())
)
select (select own from own) as own, (select count(*)::int from part) as read,
	array(select distinct name from request where name is not null order by name) as names,
	array(select distinct role from request where role <> '' order by role) as roles,
	(select coalesce(json_agg(c), '[]') from counted c) as counts,
	(select coalesce(json_agg(d), '[]') from device d) as devices`);

interface AlertsRow {
	read: number;
	codes: Array<{
		code: string;
		name: string;
		total: number;
		exact: number;
		strong: number;
		weak: number;
		actionable: number;
		ignorable: number;
	}>;
}

async function countAlerts(
	client: pg.ClientBase,
	{ supplierId, userId, span, most }: { supplierId: number; userId: string; span: Span; most: number }
): Promise<Sender['alerts']> {
	const { rows } = await client.query<AlertsRow>(
		ALERTS({
			supplierId,
			user: userId,
			since: new Date(span.since),
			until: new Date(span.until),
			firstId: leastIdSince(span.since),
			most
		})
	);
	const { read, codes } = rows[0]!;
	const byCode = codes
		.map(({ code, name, total, exact, strong, weak, actionable, ignorable }) => ({
			code,
			name,
			total,
			tiers: { exact, strong, weak },
			actionable,
			ignorable,
			undecided: exact + strong + weak - actionable - ignorable
		}))
		.sort((a, b) => suspectedOf(b) - suspectedOf(a) || b.total - a.total || (a.code < b.code ? -1 : 1));
	return {
		total: byCode.reduce((sum, { total }) => sum + total, 0),
		suspect: byCode.reduce((sum, row) => sum + suspectedOf(row), 0),
		atLeast: read >= most,
		byCode
	};
}

const suspectedOf = ({ tiers }: Sender['alerts']['byCode'][number]): number =>
	tiers.exact + tiers.strong + tiers.weak;

// The Alerts of the Supplier are read from the newest, and only those of the User are taken apart, each body once. A role that is not
// disclosed has no User ID in `users`.
const ALERTS = query(`
with newest as not materialized (
	select * from supplier_alert where supplier_id = :supplierId and alert_id >= :firstId
	order by alert_id desc limit :most
), followed as materialized (
	select code, b.name, decision->>'verdict' as verdict,
		case when b.candidates #>> '{0,userId}' = :user then coalesce(tier, b.candidates #>> '{0,tier}') end as tier
	from newest cross join lateral json_to_record(body) as b(name text, candidates json)
	where :user = any(users) and effective_at >= :since and effective_at < :until
), by_code as (
	select code, max(name) as name, count(*)::int as total,
		count(*) filter (where tier = 'exact')::int as exact, count(*) filter (where tier = 'strong')::int as strong,
		count(*) filter (where tier = 'weak')::int as weak,
		count(*) filter (where tier is not null and verdict = 'actionable')::int as actionable,
		count(*) filter (where tier is not null and verdict = 'ignorable')::int as ignorable
	from followed group by code
)
select (select count(*)::int from newest) as read, (select coalesce(json_agg(b), '[]') from by_code b) as codes`);

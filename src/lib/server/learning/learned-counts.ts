// What learned evidence counts: what is to be counted, the samples, and the sums over them. Sums follow the samples by
// their differences, so that no order of arrival can show.
import { SPREAD, type Sighting } from '#lib/domain/learned-evidence.ts';
import type pg from 'pg';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';

/** So many Devices are enough to learn from: of more, a fixed share of the homes is taken. */
const ENOUGH_DEVICES = 25_000;

/** One home in `share` is learned from. */
export interface Sampling {
	share: number;
}

/** Looks up how many Devices there are by now. */
export async function readSampling(pool: pg.Pool): Promise<Sampling> {
	const { rows } = await pool.query<Sampling>(
		`select greatest(1, ceil(reltuples / $1))::int as share from pg_class where oid = 'device'::regclass`,
		[ENOUGH_DEVICES]
	);
	return rows[0]!;
}

/** `isSampled` of a home (the bytes of its EUI-64) as the record asks it. */
export const sampledHome = (home: string, share: string): string =>
	`((('x' || encode(substr(${home}, 5), 'hex'))::bit(32)::bigint * ${SPREAD} & 4294967295) >> 8) % ${share} = 0`;

/** Has these Alerts counted, after the caller's commit; for requests index-service-requests.ts does. */
export async function learnLater(client: pg.ClientBase, alertIds: readonly bigint[]): Promise<void> {
	if (alertIds.length === 0) return;
	await client.query({
		name: 'learn-later',
		text: 'insert into learn_due (alert_ids) values ($1)',
		values: [alertIds]
	});
}

/** One hour of a Device and a code, by the first Alert in it. */
export interface Occasion {
	deviceId: Buffer;
	code: string;
	hour: Date;
	alertId: bigint;
}

/** Takes what is due within the caller's transaction; `null` where another worker is at it, or nothing is due. */
export async function takeDue(client: pg.ClientBase, most: number): Promise<Occasion[] | null> {
	const { rows: locks } = await client.query<{ got: boolean }>(
		'select pg_try_advisory_xact_lock($1) as got',
		[LOCKS.counting]
	);
	if (!locks[0]!.got) return null;
	const { rows: due } = await client.query<{ alert_ids: bigint[]; request_ids: bigint[] }>(
		`delete from learn_due where id in (
			select id from (
				select id, sum(cardinality(alert_ids) + cardinality(request_ids)) over (order by id) as so_far from (
					select * from learn_due order by id limit 200
				) first
			) counted where so_far <= $1 or id = (select min(id) from learn_due)
		) returning alert_ids::text[], request_ids::text[]`,
		[most]
	);
	if (due.length === 0) return null;
	const alertIds = due.flatMap((row) => row.alert_ids);
	const requestIds = due.flatMap((row) => row.request_ids);
	const { rows: bounds } = await client.query<{ since: Date | null }>({
		name: 'learned-since',
		text: SINCE,
		values: [alertIds, requestIds]
	});
	const since = bounds[0]!.since;
	if (since === null) return [];
	const { rows } = await client.query<{ device_id: Buffer; code: string; hour: Date; alert_id: bigint }>({
		name: 'learned-occasions',
		text: OCCASIONS,
		values: [alertIds, requestIds, leastIdSince(since.getTime())]
	});
	return rows.map((row) => ({
		deviceId: row.device_id,
		code: row.code,
		hour: row.hour,
		alertId: row.alert_id
	}));
}

/** What stood before an occasion's first Alert, as one Supplier sees it. */
export interface Sample extends Omit<Occasion, 'alertId'> {
	supplierId: number;
	deviceType: string;
	sightings: readonly Sighting[];
}

/** Puts the samples of these occasions in the place of those before, and moves the sums by the difference. */
export async function replaceSamples(
	client: pg.ClientBase,
	occasions: ReadonlyArray<Omit<Occasion, 'alertId'>>,
	samples: readonly Sample[]
): Promise<void> {
	await client.query(REPLACE, [
		occasions.map((o) => o.deviceId),
		occasions.map((o) => o.code),
		occasions.map((o) => o.hour),
		samples.map((s) => s.supplierId),
		samples.map((s) => s.deviceId),
		samples.map((s) => s.code),
		samples.map((s) => s.hour),
		samples.map((s) => s.deviceType),
		JSON.stringify(samples.map((s) => s.sightings.map(toText)))
	]);
}

/** What is older is no evidence of how things are now (days). */
const REMEMBER = 35;

/** Forgets old samples, and takes them out of the sums. Returns how many. */
export async function forgetSamples(pool: pg.Pool): Promise<number> {
	let count = 0;
	for (;;) {
		const { rows } = await pool.query<{ count: number }>(FORGET, [REMEMBER, FORGET_STEP]);
		count += rows[0]!.count;
		if (rows[0]!.count < FORGET_STEP) return count;
	}
}
const FORGET_STEP = 5000;

const toText = ({ serviceReferenceVariant, userRole, relation, bucket }: Sighting): string =>
	[serviceReferenceVariant, userRole, relation, bucket].join('|');

/** The oldest hour that can be meant: the search for Alerts starts there. */
const SINCE = `
select min(at) as since from (
	select min(effective_at) as at from alert where id = any($1)
	union all
	select min(least(requested_at, responded_at, execute_at)) from service_request where id = any($2)
) t`;

// A request may stand before any Alert of its home network within a day after each of its instants.
const OCCASIONS = `
with asked as (
	select r.device_id, i.at from service_request r
	cross join lateral (values (r.requested_at), (r.responded_at), (r.execute_at)) i(at)
	where r.id = any($2) and i.at is not null
), places as (
	select device_id, at from asked
	union
	select d.device_id, a.at from asked a ${homeOf('a.device_id')}
), touched as (
	select device_id, code, effective_at from alert where id = any($1)
	union all
	select x.device_id, x.code, x.effective_at from places p cross join lateral (
		select device_id, code, effective_at from alert where device_id = p.device_id and id >= $3
			and effective_at between p.at - interval '5 seconds' and p.at + interval '1 day' offset 0
	) x
), hours as (
	select distinct device_id, code, date_bin('1 hour', effective_at, 'epoch'::timestamptz) as hour from touched
)
select h.device_id, h.code, h.hour, f.id as alert_id from hours h cross join lateral (
	select id from alert a where a.device_id = h.device_id and a.code = h.code and a.effective_at >= h.hour
		and a.effective_at < h.hour + interval '1 hour' and a.id >= $3
	order by a.effective_at, a.id limit 1
) f order by h.device_id, h.code, h.hour`;

const SUM = (difference: string) => `
	insert into learned_count as c (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
	select supplier_id, device_type, code, coalesce(split_part(sighting, '|', 1), ''), coalesce(split_part(sighting, '|', 2), ''),
		coalesce(nullif(split_part(sighting, '|', 3), ''), 'same-device'), coalesce(nullif(split_part(sighting, '|', 4), '')::int, 0), sum(by)
	from (${difference}) d group by 1, 2, 3, 4, 5, 6, 7 having sum(by) <> 0
	order by 1, 2, 3, 4, 5, 6, 7
	on conflict (supplier_id, device_type, code, variant, user_role, relation, bucket) do update set n = c.n + excluded.n
	returning supplier_id`;

const EACH = `unnest(sightings || '{""}'::text[]) as sighting`;

const REPLACE = `
with occasion as (
	select * from unnest($1::bytea[], $2::text[], $3::timestamptz[]) as t(device_id, code, hour)
), input as (
	select t.*, array(select jsonb_array_elements_text($9::jsonb -> (t.place - 1)::int)) as sightings
	from unnest($4::smallint[], $5::bytea[], $6::text[], $7::timestamptz[], $8::text[])
		with ordinality as t(supplier_id, device_id, code, hour, device_type, place)
), before as (
	select s.* from occasion o cross join lateral (
		select ctid as row, * from learned_sample where device_id = o.device_id and code = o.code and hour = o.hour for update
	) s
), gone as (
	delete from learned_sample where ctid = any(array(
		select row from before b
		where not exists (select from input i where (i.supplier_id, i.device_id, i.code, i.hour) = (b.supplier_id, b.device_id, b.code, b.hour))
	))
), kept as (
	insert into learned_sample (supplier_id, device_id, code, hour, device_type, sightings)
	select supplier_id, device_id, code, hour, device_type, sightings from input
	on conflict (supplier_id, device_id, code, hour) do update set device_type = excluded.device_type, sightings = excluded.sightings
), moved as (${SUM(`
	select supplier_id, device_type, code, 1 as by, ${EACH} from input
	union all select supplier_id, device_type, code, -1, ${EACH} from before`)}
)
insert into learned_state (supplier_id, counted) select distinct supplier_id, 1 from moved
on conflict (supplier_id) do update set counted = learned_state.counted + 1`;

const FORGET = `
with gone as (
	delete from learned_sample where (supplier_id, device_id, code, hour) in (
		select supplier_id, device_id, code, hour from learned_sample where hour < now() - make_interval(days => $1) order by hour limit $2
	) returning *
), moved as (${SUM(`select supplier_id, device_type, code, -1 as by, ${EACH} from gone`)}
), told as (
	insert into learned_state (supplier_id, counted) select distinct supplier_id, 1 from moved
	on conflict (supplier_id) do update set counted = learned_state.counted + 1
)
select count(*)::int as count from gone`;

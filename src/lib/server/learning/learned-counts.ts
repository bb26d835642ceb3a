// Stores the counts of learned evidence: the due work, the samples, and the sums over the samples. A changed sample
// changes the sums by the difference, so that the sums do not depend on the order of arrival.
import type pg from 'pg';
import { HASH_MULTIPLIER, type Sighting } from '#lib/domain/learned-evidence.ts';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { columns, query, statement } from '#lib/server/postgres/statement.ts';

/** If there are more Devices than this, only a fixed share of the homes is sampled. */
const ENOUGH_DEVICES = 25_000;

/** The sampling of homes: one home in `share` is sampled. */
export interface Sampling {
	readonly share: number;
}

export type FollowedSampling = Sampling & {
	/** Computes the share again from PostgreSQL's estimate of the number of Devices. */
	refresh(): Promise<void>;
};

export async function followSampling(pool: pg.Pool): Promise<FollowedSampling> {
	let share = 1;
	const sampling: FollowedSampling = {
		get share() {
			return share;
		},
		async refresh() {
			const { rows } = await pool.query<{ share: number }>(SHARE({ enough: ENOUGH_DEVICES }));
			share = rows[0]!.share;
		}
	};
	await sampling.refresh();
	return sampling;
}

/** SQL: whether a home is sampled, by the same rule as `isSampled`. `home`: the bytes of the home's EUI-64. */
export const sampledHome = (home: string, share: string): string =>
	`((('x' || encode(substr(${home}, 5), 'hex'))::bit(32)::bigint * ${HASH_MULTIPLIER} & 4294967295) >> 8) % ${share} = 0`;

/**
 * Makes these Alerts due for counting, within the caller's transaction. index-service-requests.ts makes Service
 * Requests due in the same way.
 */
export async function learnLater(client: pg.ClientBase, alertIds: readonly bigint[]): Promise<void> {
	if (alertIds.length === 0) return;
	await client.query(LEARN_LATER({ alertIds }));
}

/** One hour of one Device and one Alert code, with the id of the first Alert of that hour. */
export interface Occasion {
	deviceId: Buffer;
	code: string;
	hour: Date;
	alertId: bigint;
}

/**
 * Takes the due occasions of at most `limit` Alerts and Service Requests, within the caller's transaction. Returns
 * `null` if another worker counts or nothing is due.
 */
export async function takeDue(client: pg.ClientBase, limit: number): Promise<Occasion[] | null> {
	const { rows: locks } = await client.query<{ got: boolean }>(LOCK({ key: LOCKS.counting }));
	if (!locks[0]!.got) return null;
	const { rows: due } = await client.query<{ alert_ids: bigint[]; request_ids: bigint[] }>(TAKE({ limit }));
	if (due.length === 0) return null;
	const ids = {
		alertIds: due.flatMap((row) => row.alert_ids),
		requestIds: due.flatMap((row) => row.request_ids)
	};
	const { rows: bounds } = await client.query<{ since: Date | null }>(SINCE(ids));
	const since = bounds[0]!.since;
	if (since === null) return [];
	const { rows } = await client.query<{ device_id: Buffer; code: string; hour: Date; alert_id: bigint }>(
		OCCASIONS({ ...ids, leastId: leastIdSince(since.getTime()) })
	);
	return rows.map((row) => ({
		deviceId: row.device_id,
		code: row.code,
		hour: row.hour,
		alertId: row.alert_id
	}));
}

/** The Service Requests before the first Alert of an occasion, as far as one Supplier may see them. */
export interface Sample extends Omit<Occasion, 'alertId'> {
	supplierId: number;
	deviceType: string;
	sightings: readonly Sighting[];
}

/**
 * Replaces the samples of these occasions, and changes the sums by the difference. An occasion without a new sample
 * loses its old sample.
 */
export async function replaceSamples(
	client: pg.ClientBase,
	occasions: ReadonlyArray<Omit<Occasion, 'alertId'>>,
	samples: readonly Sample[]
): Promise<void> {
	await client.query(
		REPLACE({
			...OCCASION.values(occasions),
			...SAMPLE.values(samples),
			sightings: JSON.stringify(samples.map((sample) => sample.sightings.map(toText)))
		})
	);
}

/** Samples that are older than this number of days are deleted, because they say nothing about the present. */
const SAMPLE_DAYS = 35;
const DELETED_PER_STEP = 5000;

/** Deletes old samples and subtracts them from the sums. Returns the number of samples deleted. */
export async function forgetSamples(pool: pg.Pool): Promise<number> {
	let count = 0;
	for (;;) {
		const { rows } = await pool.query<{ count: number }>(
			FORGET({ days: SAMPLE_DAYS, limit: DELETED_PER_STEP })
		);
		count += rows[0]!.count;
		if (rows[0]!.count < DELETED_PER_STEP) return count;
	}
}

const toText = ({ serviceReferenceVariant, userRole, relation, bucket }: Sighting): string =>
	[serviceReferenceVariant, userRole, relation, bucket].join('|');

const LOCK = query('select pg_try_advisory_xact_lock(:key) as got');

const SHARE = query(
	`select greatest(1, ceil(reltuples / :enough))::int as share from pg_class where oid = 'device'::regclass`
);

const LEARN_LATER = statement('learn-later', 'insert into learn_due (alert_ids) values (:alertIds)');

const TAKE = query(`
delete from learn_due where id in (
	select id from (
		select id, sum(cardinality(alert_ids) + cardinality(request_ids)) over (order by id) as so_far from (
			select * from learn_due order by id limit 200
		) first
	) counted where so_far <= :limit or id = (select min(id) from learn_due)
) returning alert_ids::text[], request_ids::text[]`);

/** Returns the oldest instant of these Alerts and Service Requests. The search for Alerts starts at this instant. */
const SINCE = statement(
	'learned-since',
	`
select min(at) as since from (
	select min(effective_at) as at from alert where id = any(:alertIds)
	union all
	select min(least(requested_at, responded_at, execute_at)) from service_request where id = any(:requestIds)
) t`
);

/**
 * SQL: whether an Alert `a` counts for the Supplier that is responsible for its Device. An Alert that another Supplier's
 * key fed does not count.
 */
const COUNTED_ALERT = `(a.fed_by is null or a.fed_key is null or exists (
	select from tenure t where t.device_id = a.device_id and t.superseded_at is null and t.supplier_id = a.fed_by
		and t.during @> a.effective_at))`;

// A Service Request affects the Alerts of its home network from five seconds before to one day after each of its three
// instants. The instants are requested, responded and executed.
const OCCASIONS = statement(
	'learned-occasions',
	`
with asked as (
	select r.device_id, i.at from service_request r
	cross join lateral (values (r.requested_at), (r.responded_at), (r.execute_at)) i(at)
	where r.id = any(:requestIds) and i.at is not null
), places as (
	select device_id, at from asked
	union
	select d.device_id, a.at from asked a ${homeOf('a.device_id')}
), touched as (
	select device_id, code, effective_at from alert a where id = any(:alertIds) and ${COUNTED_ALERT}
	union all
	select x.device_id, x.code, x.effective_at from places p cross join lateral (
		select device_id, code, effective_at from alert a where device_id = p.device_id and id >= :leastId
			and ${COUNTED_ALERT} and effective_at between p.at - interval '5 seconds' and p.at + interval '1 day' offset 0
	) x
), hours as (
	select distinct device_id, code, date_bin('1 hour', effective_at, 'epoch'::timestamptz) as hour from touched
)
select h.device_id, h.code, h.hour, f.id as alert_id from hours h cross join lateral (
	select id from alert a where a.device_id = h.device_id and a.code = h.code and a.effective_at >= h.hour
		and a.effective_at < h.hour + interval '1 hour' and a.id >= :leastId and ${COUNTED_ALERT}
	order by a.effective_at, a.id limit 1
) f order by h.device_id, h.code, h.hour`
);

/**
 * SQL: adds a relation of sightings to the sums. The number `by` says how much each sighting counts. Returns the ids of
 * the Suppliers.
 */
const sumsOf = (difference: string): string => `
	insert into learned_count as c (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
	select supplier_id, device_type, code, coalesce(split_part(sighting, '|', 1), ''), coalesce(split_part(sighting, '|', 2), ''),
		coalesce(nullif(split_part(sighting, '|', 3), ''), 'same-device'), coalesce(nullif(split_part(sighting, '|', 4), '')::int, 0), sum(by)
	from (${difference}) d group by 1, 2, 3, 4, 5, 6, 7 having sum(by) <> 0
	order by 1, 2, 3, 4, 5, 6, 7
	on conflict (supplier_id, device_type, code, variant, user_role, relation, bucket) do update set n = c.n + excluded.n
	returning supplier_id`;

/** SQL: notes that the counts of the Suppliers in `moved` have changed, so that a worker weighs these counts again. */
const COUNTED = `
	insert into learned_state (supplier_id, counted) select distinct supplier_id, 1 from moved
	on conflict (supplier_id) do update set counted = learned_state.counted + 1`;

/** SQL: makes one row for each sighting of a sample, and one row with an empty text, which counts the sample itself. */
const SIGHTINGS = `unnest(sightings || '{""}'::text[]) as sighting`;

const OCCASION = columns<Omit<Occasion, 'alertId'>>({
	occasion_device_id: ['bytea', (occasion) => occasion.deviceId],
	occasion_code: ['text', (occasion) => occasion.code],
	occasion_hour: ['timestamptz', (occasion) => occasion.hour]
});

const SAMPLE = columns<Sample>(
	{
		supplier_id: ['smallint', (sample) => sample.supplierId],
		device_id: ['bytea', (sample) => sample.deviceId],
		code: ['text', (sample) => sample.code],
		hour: ['timestamptz', (sample) => sample.hour],
		device_type: ['text', (sample) => sample.deviceType]
	},
	{ ordinality: 'place' }
);

const REPLACE = query(`
with occasion as (
	select occasion_device_id as device_id, occasion_code as code, occasion_hour as hour from ${OCCASION.from}
), input as (
	select t.*, array(select jsonb_array_elements_text(:sightings::jsonb -> (t.place - 1)::int)) as sightings
	from ${SAMPLE.from}
), before as (
	select s.* from occasion o cross join lateral (
		select ctid as row, * from learned_sample where device_id = o.device_id and code = o.code and hour = o.hour for update
	) s
), gone as (
	delete from learned_sample where ctid = any(array(
		select row from before b
		where not exists (select from input i where (i.supplier_id, i.device_id, i.code, i.hour) = (b.supplier_id, b.device_id, b.code, b.hour))
	))
), stored as (
	insert into learned_sample (supplier_id, device_id, code, hour, device_type, sightings)
	select supplier_id, device_id, code, hour, device_type, sightings from input
	on conflict (supplier_id, device_id, code, hour) do update set device_type = excluded.device_type, sightings = excluded.sightings
), moved as (${sumsOf(`
	select supplier_id, device_type, code, 1 as by, ${SIGHTINGS} from input
	union all select supplier_id, device_type, code, -1, ${SIGHTINGS} from before`)}
)
${COUNTED}`);

const FORGET = query(`
with gone as (
	delete from learned_sample where (supplier_id, device_id, code, hour) in (
		select supplier_id, device_id, code, hour from learned_sample
		where hour < now() - make_interval(days => :days) order by hour limit :limit
	) returning *
), moved as (${sumsOf(`select supplier_id, device_type, code, -1 as by, ${SIGHTINGS} from gone`)}
), counted as (${COUNTED}
)
select count(*)::int as count from gone`);

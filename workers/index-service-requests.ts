// index-service-requests: puts committed Service Requests into the index, and only then has the Alerts around them
// correlated again. An Alert committed later finds the request in the index: whichever comes second sees the other.
import type pg from 'pg';
import { reachOf, type CauseTable } from '#lib/domain/cause-table.ts';
import { LONGEST_WAIT_SECONDS } from '#lib/domain/evidence.ts';
import { EXCLUDED_WITHIN } from '#lib/domain/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/database.ts';
import { requestsById } from '#lib/server/evidence-store.ts';
import type { FollowLearned, Learned } from '#lib/server/learned-patterns.ts';
import type { Ring } from '#lib/server/queues.ts';
import type { RequestIndex } from '#lib/server/request-index.ts';

export interface IndexDeps {
	pool: pg.Pool;
	index: RequestIndex;
	table: CauseTable;
	learned: FollowLearned;
	ring: Ring;
}

/** Slack for clocks, and for the success of another command that weakens a candidate (two minutes). */
const SLACK = 120_000;
/** A request that a sleeping Device has not answered counts for longer than the window of its causes. */
const WAIT = LONGEST_WAIT_SECONDS * 1000;

/** Works on a doorbell. Returns how many Alerts are to be correlated again. */
export async function indexServiceRequests(
	{ pool, index, table, learned, ring }: IndexDeps,
	doorbell: bigint
): Promise<number> {
	const { rows } = await pool.query<{ ids: string[] }>(
		'select ids::text[] as ids from doorbell where id = $1',
		[doorbell]
	);
	const [bell] = rows;
	if (!bell) return 0;
	const requests = await requestsById(pool, bell.ids.map(BigInt));
	await index.put(requests);
	const known = await learned.read(pool);
	const reaches = requests.map((request) => reach(request, table, known));
	const result = await pool.query<{ id: bigint; count: number }>({
		name: 'alerts-around-requests',
		text: AROUND,
		values: [
			doorbell,
			requests.map((r) => euiToBytes(r.deviceId)),
			reaches.map((r) => new Date(r.from).toISOString()),
			reaches.map((r) => new Date(r.to).toISOString()),
			reaches.map((r) => r.hub),
			requests.map((r) => r.counter),
			bell.ids
		]
	});
	for (const row of result.rows) ring('correlate-alerts', row.id);
	return result.rows.reduce((sum, row) => sum + row.count, 0);
}

/** How far around a request lie the Alerts that it may explain, or be named beside. */
function reach(
	request: ServiceRequest,
	table: CauseTable,
	learned: Learned
): { from: number; to: number; hub: boolean } {
	const instants = [request.requestedAt, request.respondedAt, request.executeAt].filter((at) => at !== null);
	const known = reachOf(table, request.serviceReferenceVariant);
	return {
		from: Math.min(...instants) - (known?.beforeSeconds ?? 0) * 1000 - SLACK,
		to: Math.max(...instants) + Math.max((known?.afterSeconds ?? 0) * 1000 + WAIT, EXCLUDED_WITHIN) + SLACK,
		hub: known?.hub || learned.crossesHub({ serviceReferenceVariant: request.serviceReferenceVariant })
	};
}

const AROUND = `
with input as (
	select * from unnest($2::bytea[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::numeric[]) as t(device_id, "from", "to", hub, counter)
), places as (
	select device_id, "from", "to" from input
	union all
	select d.device_id, i."from", i."to" from input i join device h on h.device_id = i.device_id
	join device d on d.hub_id = h.hub_id and d.device_id <> i.device_id where i.hub
), found as (
	select a.id from places p join alert a on a.device_id = p.device_id and a.effective_at between p."from" and p."to"
	union
	select a.id from input i join alert a on a.reference_counter = i.counter
), parts as (
	select array_agg(id order by id) as ids from (select id, (row_number() over (order by id) - 1) / 500 as part from found) f group by part
), due as (
	insert into learn_due (request_ids) values ($7)
), gone as (
	delete from doorbell where id = $1
)
insert into doorbell (job, ids, again) select 'correlate-alerts', ids, true from parts returning id, cardinality(ids) as count`;

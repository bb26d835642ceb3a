// index-service-requests: puts committed Service Requests into the index, and only then has the Alerts around them
// correlated again. An Alert committed later finds the request in the index: whichever comes second sees the other.
import type pg from 'pg';
import { reachOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { LONGEST_WAIT_SECONDS } from '#lib/domain/correlation/evidence.ts';
import { EXCLUDED_WITHIN } from '#lib/domain/correlation/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes, inTransaction } from '#lib/server/postgres/database.ts';
import { takeDoorbells, type Bells } from '#lib/server/jobs/doorbells.ts';
import { requestsById } from '#lib/server/evidence/evidence-store.ts';
import { sampledHome, type Sampling } from '#lib/server/learning/learned-counts.ts';
import type { FollowLearned, Learned } from '#lib/server/learning/learned-patterns.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';

export interface IndexDeps {
	pool: pg.Pool;
	index: RequestIndex;
	table: CauseTable;
	learned: FollowLearned;
	ring: Ring;
	sampling: Sampling;
}

/** Slack for clocks, and for the success of another command that weakens a candidate (two minutes). */
const SLACK = 120_000;
/** A request that a sleeping Device has not answered counts for longer than the window of its causes. */
const WAIT = LONGEST_WAIT_SECONDS * 1000;

/**
 * One round: the oldest doorbells that wait, as many as make some hundred requests; `more` where others are left. Returns
 * how many Alerts are to be correlated again.
 */
export async function indexServiceRequests(
	{ pool, index, table, learned, ring, sampling }: IndexDeps,
	more: () => void
): Promise<number> {
	const rung = await inTransaction(pool, async (client) => {
		const bells = await takeDoorbells(client, 'index-service-requests');
		if (bells.more) more();
		if (bells.ids.length === 0) return [];
		const requests = await requestsById(client, bells.records);
		await index.put(requests);
		// A statement of its own after the index has them: it sees every Alert that was kept before.
		return ringAround(client, bells, requests, table, await learned.read(client), sampling);
	});
	for (const { id } of rung) ring('correlate-again', id);
	return rung.reduce((sum, { count }) => sum + count, 0);
}

async function ringAround(
	client: pg.ClientBase,
	bells: Bells,
	requests: ReadonlyArray<ServiceRequest & { id: bigint }>,
	table: CauseTable,
	learned: Learned,
	sampling: Sampling
): Promise<Array<{ id: bigint; count: number }>> {
	const reaches = requests.map((request) => reach(request, table, learned));
	const { rows } = await client.query<{ id: bigint; count: number }>({
		name: 'alerts-around-requests',
		text: AROUND,
		values: [
			bells.ids,
			requests.map((r) => euiToBytes(r.deviceId)),
			reaches.map((r) => new Date(r.from).toISOString()),
			reaches.map((r) => new Date(r.to).toISOString()),
			reaches.map((r) => r.hub),
			requests.map((r) => r.counter),
			requests.map((r) => r.id),
			sampling.share,
			leastIdSince(reaches.reduce((least, { from }) => Math.min(least, from), Infinity))
		]
	});
	return rows;
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

// Lateral, and not to be joined otherwise: what is asked of few Devices must never read the Alerts of all.
const AROUND = `
with input as (
	select * from unnest($2::bytea[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::numeric[], $7::bigint[])
		as t(device_id, "from", "to", hub, counter, id)
), places as (
	select device_id, "from", "to" from input
	union all
	select d.device_id, i."from", i."to" from input i ${homeOf('i.device_id')}
	where i.hub and d.device_id <> i.device_id
), found as (
	select a.id from places p cross join lateral (
		select id from alert where device_id = p.device_id and effective_at between p."from" and p."to"
			and id >= $9 offset 0
	) a
	union
	select a.id from input i cross join lateral (
		select id from alert where reference_counter = i.counter and reference_counter is not null
			and id >= $9 offset 0
	) a
), parts as (
	select array_agg(id order by id) as ids from (select id, (row_number() over (order by id) - 1) / 500 as part from found) f group by part
), due as (
	insert into learn_due (request_ids) select array_agg(id) from input
	left join lateral (select hub_id from device where device_id = input.device_id limit 1) d on true
	where ${sampledHome('coalesce(d.hub_id, device_id)', '$8')} having count(*) > 0
), gone as (
	delete from doorbell where id = any($1)
)
insert into doorbell (job, ids) select 'correlate-again', ids from parts returning id, cardinality(ids) as count`;

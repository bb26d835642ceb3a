// index-service-requests: puts stored Service Requests into the Redis index, and then has the Alerts around them
// explained again. An Alert that is stored later finds the request in the index. So whichever of Alert and request
// comes second finds the other.
import type pg from 'pg';
import { effectWindowOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { LONGEST_WAIT_SECONDS } from '#lib/domain/correlation/evidence.ts';
import { EXCLUDED_WINDOW_MS } from '#lib/domain/correlation/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { putNewest } from '#lib/server/evidence/put-newest.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { requestsById, type RequestWithId } from '#lib/server/evidence/stored-requests.ts';
import {
	deleteDoorbells,
	insertDoorbells,
	takeDoorbells,
	type NewDoorbell
} from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { sampledHome, type Sampling } from '#lib/server/learning/learned-counts.ts';
import type { LearnedPatternCache, Learned } from '#lib/server/learning/learned-patterns.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { columns, statement, type Values } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

export interface IndexDeps {
	pool: pg.Pool;
	index: RequestIndex;
	table: CauseTable;
	learned: LearnedPatternCache;
	enqueue: Enqueue;
	sampling: Sampling;
}

/**
 * The margin around the window of a request's effects, in ms. Clocks differ, and another command that succeeds within
 * two minutes weakens a candidate.
 */
const MARGIN_MS = 120_000;
/**
 * The longest time, in ms, by which an unanswered request may exceed the window of a cause. The longest time-out of any
 * Device gives this time, because a gas meter sleeps.
 */
const LONGEST_WAIT_MS = LONGEST_WAIT_SECONDS * 1000;

/**
 * Indexes one batch: the requests of the oldest waiting doorbells, together about 500 ids. Calls `runAnother` if other
 * doorbells wait. Returns the number of Alerts that are explained again.
 */
export async function indexServiceRequests(deps: IndexDeps, runAnother: () => void): Promise<number> {
	const affected = await inTransaction(deps.pool, async (client) => {
		const doorbells = await takeDoorbells(client, 'index-service-requests');
		if (doorbells.more) runAnother();
		if (doorbells.ids.length === 0) return [];
		const stored = await requestsById(client, doorbells.recordIds);
		const requests = await putNewest(client, deps.index, stored);
		// Each statement sees the data that was committed when the statement started (READ COMMITTED). The statement
		// below starts after the put, so it sees every Alert that may have missed these requests in the index.
		return askAffected(client, deps, doorbells.ids, requests);
	});
	for (const { id } of affected) deps.enqueue('correlate-again', id);
	return affected.reduce((sum, { count }) => sum + count, 0);
}

/** Inserts doorbells for the Alerts that these requests may affect, and deletes the doorbells of the requests. */
async function askAffected(
	client: pg.ClientBase,
	{ table, learned, sampling }: IndexDeps,
	doorbells: readonly bigint[],
	requests: readonly RequestWithId[]
): Promise<NewDoorbell[]> {
	const patterns = await learned.read(client);
	const ranges = requests.map((request) => rangeOf(request, table, patterns));
	const values: Values = {
		...INPUT.values(requests.map((request, i) => ({ request, range: ranges[i]! }))),
		doorbells,
		share: sampling.share,
		leastId: leastIdSince(ranges.reduce((least, { from }) => Math.min(least, from), Infinity))
	};
	const { rows } = await client.query<NewDoorbell>(ASK_AFFECTED(values));
	return rows;
}

/**
 * The times of the Alerts that a request may affect (epoch ms). `hub`: Alerts on other Devices of the home network
 * count too.
 */
interface Range {
	from: number;
	to: number;
	hub: boolean;
}

function rangeOf(request: ServiceRequest, table: CauseTable, learned: Learned): Range {
	const instants = [request.requestedAt, request.respondedAt, request.executeAt].filter((at) => at !== null);
	const known = effectWindowOf(table, request.serviceReferenceVariant);
	return {
		from: Math.min(...instants) - (known?.beforeSeconds ?? 0) * 1000 - MARGIN_MS,
		to:
			Math.max(...instants) +
			Math.max((known?.afterSeconds ?? 0) * 1000 + LONGEST_WAIT_MS, EXCLUDED_WINDOW_MS) +
			MARGIN_MS,
		hub: known?.hub || learned.crossesHub({ serviceReferenceVariant: request.serviceReferenceVariant })
	};
}

const INPUT = columns<{ request: RequestWithId; range: Range }>({
	device_id: ['bytea', ({ request }) => euiToBytes(request.deviceId)],
	since: ['timestamptz', ({ range }) => new Date(range.from).toISOString()],
	until: ['timestamptz', ({ range }) => new Date(range.to).toISOString()],
	hub: ['boolean', ({ range }) => range.hub],
	counter: ['numeric', ({ request }) => request.counter],
	id: ['bigint', ({ request }) => request.id]
});

// Lateral joins with `offset 0` make PostgreSQL look the Alerts up by key. Without them, PostgreSQL may read the Alerts
// of all Devices.
const ASK_AFFECTED = statement(
	'alerts-around-requests',
	`
with input as (
	select * from ${INPUT.from}
), places as (
	select device_id, since, until from input
	union all
	select d.device_id, i.since, i.until from input i ${homeOf('i.device_id')}
	where i.hub and d.device_id <> i.device_id
), found as (
	select a.id from places p cross join lateral (
		select id from alert where device_id = p.device_id and effective_at between p.since and p.until
			and id >= :leastId offset 0
	) a
	union
	select a.id from input i cross join lateral (
		select id from alert where reference_counter = i.counter and reference_counter is not null
			and id >= :leastId offset 0
	) a
), due as (
	insert into learn_due (request_ids) select array_agg(id) from input
	left join lateral (
		select hub_id from device where device_id = input.device_id order by said_by limit 1
	) d on true
	where ${sampledHome('coalesce(d.hub_id, device_id)', ':share')} having count(*) > 0
), done as (${deleteDoorbells(':doorbells')})
${insertDoorbells('correlate-again', 'found')}`
);

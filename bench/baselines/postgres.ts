// Measures two solutions on PostgreSQL alone. Both look for the cause of an Alert in a table of requests. One solution
// handles one Alert at a time, the other solution handles batches.
import type pg from 'pg';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { scratchDatabase } from '../../launcher/scratch.ts';
import type { Trace } from '../trace.ts';
import { inTwoHalves, measureThroughput, type MeasureOptions } from './throughput.ts';

const SINGLE_CONNECTIONS = 10;
const BATCH_CONNECTIONS = 4;
const BATCH_SIZE = 500;
const FILL_BATCH_SIZE = 5000;

export interface PostgresFigures {
	requests: number;
	/** Alerts per second, one Alert at a time on each of ten connections: insert, find the request, store the result. */
	lookupAlertsPerSecond: number;
	/** Alerts per second in batches of 500 Alerts on four connections, with one statement for each batch. */
	batchedAlertsPerSecond: number;
	/** The share of the Alerts in the batches for which the statement found a request. */
	found: number;
}

const CREATE_TABLES = `
	create table request (
		request_id text not null, device_id bytea not null, requested_at timestamptz not null,
		variant text not null, user_id bytea not null, user_role text not null, response_code text
	);
	create table alert (
		id bigint generated always as identity primary key, message_id text not null unique, device_id bytea not null,
		code text not null, received_at timestamptz not null, explained_by text
	);`;
const CREATE_INDEX = 'create index request_of_device on request (device_id, requested_at desc)';

const INSERT_ALERT =
	'insert into alert (message_id, device_id, code, received_at) values ($1, $2, $3, $4) on conflict do nothing returning id';
const FIND_REQUESTS = `select request_id, variant, user_id, user_role, response_code, requested_at from request
	where device_id = $1 and requested_at <= $2 and requested_at > $2::timestamptz - interval '24 hours'
	order by requested_at desc limit 50`;
const UPDATE_ALERT = 'update alert set explained_by = $2 where id = $1';

const INSERT_EXPLAINED_ALERTS = `insert into alert (message_id, device_id, code, received_at, explained_by)
	select a.message_id, a.device_id, a.code, a.received_at, r.request_id
	from unnest($1::text[], $2::bytea[], $3::text[], $4::timestamptz[]) a(message_id, device_id, code, received_at)
	left join lateral (
		select request_id from request
		where device_id = a.device_id and requested_at <= a.received_at
			and requested_at > a.received_at - interval '24 hours'
		order by requested_at desc limit 1
	) r on true
	on conflict do nothing returning explained_by`;

/** Fills a scratch database with the requests of the trace and explains the Alerts of the trace in both ways. */
export async function measurePostgres({
	databaseUrl,
	trace,
	requests = trace.requests,
	seconds,
	onProgress
}: MeasureOptions & { databaseUrl: string; trace: Trace; requests?: number }): Promise<PostgresFigures> {
	await using stack = new AsyncDisposableStack();
	const scratch = stack.adopt(await scratchDatabase(databaseUrl, 'bench'), (s) => s.drop());
	const pool = stack.adopt(openOwnerPool(scratch.url, SINGLE_CONNECTIONS), (p) => p.end());
	await pool.query(CREATE_TABLES);
	await fill(pool, trace, requests);
	await pool.query(CREATE_INDEX);
	await pool.query('vacuum analyze request');

	let next = 0;
	const nextAlert = () => {
		const { messageId, deviceId, code, receivedAt } = trace.alertAt(next++);
		return { messageId, deviceId: euiToBytes(deviceId), code, receivedAt };
	};

	async function oneByOne(): Promise<number> {
		const { messageId, deviceId, code, receivedAt } = nextAlert();
		const inserted = await pool.query<{ id: string }>(
			named('keep', INSERT_ALERT, messageId, deviceId, code, receivedAt)
		);
		const requests = await pool.query<{ request_id: string }>(
			named('look', FIND_REQUESTS, deviceId, receivedAt)
		);
		await pool.query(
			named('write', UPDATE_ALERT, inserted.rows[0]!.id, requests.rows[0]?.request_id ?? null)
		);
		return 1;
	}

	let [examined, found] = [0, 0];
	async function inBatches(): Promise<number> {
		const batch = Array.from({ length: BATCH_SIZE }, nextAlert);
		const { rows } = await pool.query<{ explained_by: string | null }>(
			named(
				'batch',
				INSERT_EXPLAINED_ALERTS,
				batch.map((a) => a.messageId),
				batch.map((a) => a.deviceId),
				batch.map((a) => a.code),
				batch.map((a) => a.receivedAt)
			)
		);
		examined += rows.length;
		found += rows.filter((row) => row.explained_by !== null).length;
		return rows.length;
	}

	const [first, second] = inTwoHalves({ seconds, onProgress });
	const lookupAlertsPerSecond = await measureThroughput(SINGLE_CONNECTIONS, oneByOne, first);
	const batchedAlertsPerSecond = await measureThroughput(BATCH_CONNECTIONS, inBatches, second);
	return { requests, lookupAlertsPerSecond, batchedAlertsPerSecond, found: found / examined };
}

/** Makes a named statement, which each connection prepares once. */
const named = (name: string, text: string, ...values: unknown[]) => ({ name, text, values });

async function fill(pool: pg.Pool, trace: Trace, requests: number): Promise<void> {
	let next = 0;
	const lane = async (): Promise<void> => {
		while (next < requests) {
			const from = next;
			next = Math.min(requests, from + FILL_BATCH_SIZE);
			const batch = Array.from({ length: next - from }, (_, i) => trace.serviceRequestAt(from + i));
			await pool.query(
				named(
					'fill',
					`insert into request (request_id, device_id, requested_at, variant, user_id, user_role, response_code)
					 select * from unnest($1::text[], $2::bytea[], $3::timestamptz[], $4::text[], $5::bytea[], $6::text[], $7::text[])`,
					batch.map((r) => r.requestId),
					batch.map((r) => euiToBytes(r.deviceId)),
					batch.map((r) => new Date(r.requestedAt!)),
					batch.map((r) => r.serviceReferenceVariant),
					batch.map((r) => euiToBytes(r.userId)),
					batch.map((r) => r.userRole),
					batch.map((r) => r.responseCode)
				)
			);
		}
	};
	await Promise.all(Array.from({ length: BATCH_CONNECTIONS }, lane));
}

// Service Requests as they arrive. `requestId` is the identity: a later record completes the earlier one, by a merge
// whose result does not depend on the order of arrival.
import type { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { splitRequestId } from '#lib/domain/service-request.ts';
import type pg from 'pg';
import { euiToBytes } from '#lib/server/postgres/database.ts';
import { createMicroBatch } from './micro-batch.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';

export type RequestStore = ReturnType<typeof createRequestStore>;

export function createRequestStore(deps: {
	pool: pg.Pool;
	nextId: () => bigint;
	ring: Ring;
	lingerMs: number;
}) {
	const { pool, nextId, ring, lingerMs } = deps;
	return createMicroBatch<ServiceRequestIn, 'accepted' | 'duplicate'>({
		lingerMs,
		size: 500,
		concurrency: 1,
		write
	});

	async function write(records: ServiceRequestIn[]): Promise<Array<'accepted' | 'duplicate'>> {
		const keys = records.map((record) => requestKey(record.requestId));
		const results: Array<'accepted' | 'duplicate'> = [];
		// One statement cannot write a row twice: records of one request within a batch follow each other in rounds.
		for (const round of rounds(keys)) {
			const order = round.sort((a, b) => Buffer.compare(keys[a]!, keys[b]!));
			const done = await writeRound(order.map((i) => ({ key: keys[i]!, record: records[i]! })));
			order.forEach((i, n) => (results[i] = done[n]!));
		}
		return results;
	}

	async function writeRound(rows: Row[]): Promise<Array<'accepted' | 'duplicate'>> {
		const values = columns(rows, nextId);
		const inserted = await pool.query<{ keys: Buffer[]; doorbell: bigint | null }>({
			name: 'keep-requests',
			text: INSERT,
			values
		});
		const { keys, doorbell } = inserted.rows[0]!;
		if (doorbell !== null) ring('index-service-requests', doorbell);
		const fresh = new Set(keys.map((key) => key.toString('latin1')));
		if (fresh.size === rows.length) return rows.map(() => 'accepted');

		const known = rows.filter((row) => !fresh.has(row.key.toString('latin1')));
		const merged = await pool.query<{ keys: Buffer[]; doorbell: bigint | null }>({
			name: 'merge-requests',
			text: MERGE,
			values: columns(known, nextId)
		});
		if (merged.rows[0]!.doorbell !== null) ring('index-service-requests', merged.rows[0]!.doorbell);
		for (const key of merged.rows[0]!.keys) fresh.add(key.toString('latin1'));
		return rows.map((row) => (fresh.has(row.key.toString('latin1')) ? 'accepted' : 'duplicate'));
	}
}

interface Row {
	key: Buffer;
	record: ServiceRequestIn;
}

/** Originator (8 bytes), target (8), counter (8, big-endian). */
export function requestKey(requestId: string): Buffer {
	const { userId, deviceId, counter } = splitRequestId(requestId);
	const key = Buffer.alloc(24);
	euiToBytes(userId).copy(key, 0);
	euiToBytes(deviceId).copy(key, 8);
	key.writeBigUInt64BE(BigInt(counter), 16);
	return key;
}

/** Indices in groups, so that no group holds a key twice and the records of a key keep their order. */
function rounds(keys: readonly Buffer[]): number[][] {
	const groups: number[][] = [];
	const seen = new Map<string, number>();
	keys.forEach((key, i) => {
		const text = key.toString('latin1');
		const round = seen.get(text) ?? 0;
		seen.set(text, round + 1);
		(groups[round] ??= []).push(i);
	});
	return groups;
}

function columns(rows: readonly Row[], nextId: () => bigint): unknown[] {
	const of = <T>(pick: (record: ServiceRequestIn, key: Buffer) => T) =>
		rows.map((row) => pick(row.record, row.key));
	return [
		of((_, key) => key),
		rows.map(() => nextId()),
		of((r, key) => (r.deviceId ? euiToBytes(r.deviceId) : key.subarray(8, 16))),
		of((r, key) => (r.userId ? euiToBytes(r.userId) : key.subarray(0, 8))),
		of((r) => r.serviceReferenceVariant ?? ''),
		of((r) => r.userRole ?? ''),
		of((r) => r.userName || null),
		of((r) => r.commandVariant ?? null),
		of((r) => r.mode ?? null),
		of((r) => r.requestedAt ?? null),
		of((r) => r.executeAt ?? null),
		of((r) => r.respondedAt ?? null),
		of((r) => r.responseCode?.toUpperCase() ?? null),
		of((r) => r.source ?? null)
	];
}

const INPUT = `
with input as (
	select *, case when response_code is not null then coalesce(responded_at, '-infinity') end as code_at
	from unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[], $6::text[], $7::text[], $8::smallint[],
		$9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[])
	as t(key, id, device_id, user_id, variant, user_role, user_name, command_variant, mode, requested_at, execute_at,
		responded_at, response_code, source)
)`;

const INSERT = `${INPUT}, fresh as (
	insert into request_key (key, request_id) select key, id from input on conflict (key) do nothing returning key, request_id
), kept as (
	insert into service_request (id, key, device_id, user_id, variant, user_role, user_name, command_variant, mode,
		requested_at, execute_at, responded_at, response_code, code_at, source)
	select id, key, device_id, user_id, variant, user_role, user_name, command_variant, mode,
		requested_at, execute_at, responded_at, response_code, code_at, source
	from input where key in (select key from fresh)
), bell as (
	insert into doorbell (job, ids) select 'index-service-requests', array_agg(request_id order by request_id) from fresh
	having count(*) > 0 returning id
)
select (select id from bell) as doorbell, coalesce((select array_agg(key) from fresh), '{}') as keys`;

// The merge: earliest request, latest response, the code of the latest response that has one, greatest of what differs.
// Order cannot matter: of the code it is kept (`code_at`) which response gave it.
const MERGE = `${INPUT}, standing as (
	select s.*, case when s.response_code is not null then coalesce(s.code_at, s.responded_at, '-infinity') end as coded_at
	from service_request s join request_key k on k.request_id = s.id join input i on i.key = k.key
	for update of s
), merged as (
	select s.id, s.key,
		greatest(s.device_id, i.device_id) as device_id, greatest(s.user_id, i.user_id) as user_id,
		greatest(s.variant, i.variant) as variant, greatest(s.user_role, i.user_role) as user_role,
		greatest(s.user_name, i.user_name) as user_name, greatest(s.command_variant, i.command_variant) as command_variant,
		least(s.mode, i.mode) as mode, least(s.requested_at, i.requested_at) as requested_at,
		greatest(s.execute_at, i.execute_at) as execute_at,
		greatest(s.responded_at, i.responded_at) as responded_at,
		case when s.coded_at is null or (i.code_at, i.response_code) > (s.coded_at, s.response_code)
			then i.response_code else s.response_code end as response_code,
		greatest(s.coded_at, i.code_at) as code_at, greatest(s.source, i.source) as source
	from input i join standing s using (key)
), changed as (
	update service_request s set device_id = m.device_id, user_id = m.user_id, variant = m.variant, user_role = m.user_role,
		user_name = m.user_name, command_variant = m.command_variant, mode = m.mode, requested_at = m.requested_at,
		execute_at = m.execute_at, responded_at = m.responded_at, response_code = m.response_code,
		code_at = m.code_at, source = m.source
	from merged m
	where s.id = m.id and (s.device_id, s.user_id, s.variant, s.user_role, s.user_name, s.command_variant, s.mode, s.requested_at,
			s.execute_at, s.responded_at, s.response_code, s.code_at, s.source)
		is distinct from (m.device_id, m.user_id, m.variant, m.user_role, m.user_name, m.command_variant, m.mode, m.requested_at,
			m.execute_at, m.responded_at, m.response_code, m.code_at, m.source)
	returning s.id, s.key
), bell as (
	insert into doorbell (job, ids) select 'index-service-requests', array_agg(id order by id) from changed
	having count(*) > 0 returning id
)
select (select id from bell) as doorbell, coalesce((select array_agg(key) from changed), '{}') as keys`;

// Stores Service Requests as they arrive. The RequestID is the identity of a request, and a later record completes the
// earlier record. The result of this merge does not depend on the order of arrival.
import type pg from 'pg';
import type { Feeder } from '#lib/domain/fed-by.ts';
import type { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { originatorOf, requestKey, targetOf } from '#lib/server/evidence/request-id.ts';
import { insertDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { columns, statement } from '#lib/server/postgres/statement.ts';
import { createMicroBatch } from './micro-batch.ts';

export interface ArrivedRequest {
	record: ServiceRequestIn;
	/** The Supplier whose API key sent the record; `null`: the key belongs to the whole installation. */
	fedBy: Feeder;
	/** The id of the API key that sent the record. */
	keyId: number;
}

export type RequestStore = ReturnType<typeof createRequestStore>;

type Result = 'accepted' | 'duplicate';

const REQUESTS_PER_COMMIT = 500;

export function createRequestStore(deps: {
	pool: pg.Pool;
	nextId: () => bigint;
	enqueue: Enqueue;
	lingerMs: number;
}) {
	const { pool, nextId, enqueue, lingerMs } = deps;
	return createMicroBatch<ArrivedRequest, Result>({
		lingerMs,
		size: REQUESTS_PER_COMMIT,
		concurrency: 1,
		write
	});

	async function write(arrived: ArrivedRequest[]): Promise<Result[]> {
		const rows = arrived.map((one): Row => ({ ...one, id: nextId(), key: requestKey(one.record.requestId) }));
		const results = new Map<Row, Result>();
		for (const group of withoutRepeats(rows)) {
			// The rows are in the order of their keys, so that two writers with the same requests cannot deadlock.
			group.sort((a, b) => Buffer.compare(a.key, b.key) || (a.fedBy ?? 0) - (b.fedBy ?? 0));
			const changed = await writeGroup(group);
			for (const row of group) results.set(row, changed.has(keyText(row)) ? 'accepted' : 'duplicate');
		}
		return rows.map((row) => results.get(row)!);
	}

	/** Writes records with different keys. Returns the keys of the requests that are new or changed. */
	async function writeGroup(rows: readonly Row[]): Promise<Set<string>> {
		const changed = new Set<string>();
		const run = async (write: typeof INSERT, some: readonly Row[]): Promise<void> => {
			const { rows: found } = await pool.query<{ keys: string[]; doorbell: bigint | null }>(
				write(INPUT.values(some))
			);
			const { keys, doorbell } = found[0]!;
			if (doorbell !== null) enqueue('index-service-requests', doorbell);
			for (const key of keys) changed.add(key);
		};
		await run(INSERT, rows);
		const known = rows.filter((row) => !changed.has(keyText(row)));
		if (known.length > 0) await run(MERGE, known);
		return changed;
	}
}

interface Row extends ArrivedRequest {
	/** The id that the database stores if the request is new. */
	id: bigint;
	key: Buffer;
}

/** The same RequestID of two feeders has two rows. The text is the result of `KEY_TEXT`. */
const keyText = ({ key, fedBy }: Row): string => `${key.toString('hex')} ${fedBy ?? 0}`;
/** SQL: the text of `keyText`. */
const KEY_TEXT = `encode(key, 'hex') || ' ' || fed_by`;

/**
 * Splits the rows into groups in which no key occurs twice, because one SQL statement cannot write a row twice. The
 * records of a key keep their order.
 */
function withoutRepeats(rows: readonly Row[]): Row[][] {
	const groups: Row[][] = [];
	const seen = new Map<string, number>();
	for (const row of rows) {
		const group = seen.get(keyText(row)) ?? 0;
		seen.set(keyText(row), group + 1);
		(groups[group] ??= []).push(row);
	}
	return groups;
}

/** The columns of a Service Request that a later record may change. */
const MERGED = columns<Row>({
	device_id: ['bytea', ({ record: r, key }) => (r.deviceId ? euiToBytes(r.deviceId) : targetOf(key))],
	user_id: ['bytea', ({ record: r, key }) => (r.userId ? euiToBytes(r.userId) : originatorOf(key))],
	variant: ['text', ({ record: r }) => r.serviceReferenceVariant ?? ''],
	user_role: ['text', ({ record: r }) => r.userRole ?? ''],
	user_name: ['text', ({ record: r }) => r.userName || null],
	command_variant: ['smallint', ({ record: r }) => r.commandVariant ?? null],
	mode: ['text', ({ record: r }) => r.mode ?? null],
	requested_at: ['timestamptz', ({ record: r }) => r.requestedAt ?? null],
	execute_at: ['timestamptz', ({ record: r }) => r.executeAt ?? null],
	responded_at: ['timestamptz', ({ record: r }) => r.respondedAt ?? null],
	response_code: ['text', ({ record: r }) => r.responseCode?.toUpperCase() ?? null],
	source: ['text', ({ record: r }) => r.source ?? null]
});

const INPUT = columns<Row>({
	key: ['bytea', (row) => row.key],
	fed_by: ['smallint', (row) => row.fedBy ?? 0],
	fed_key: ['integer', (row) => row.keyId],
	id: ['bigint', (row) => row.id],
	...MERGED.spec
});

/** SQL: the input rows. `code_at`: the time of the response that gave the response code. */
const WITH_INPUT = `
with input as (
	select *, case when response_code is not null then coalesce(responded_at, '-infinity') end as code_at from ${INPUT.from}
)`;

const ALL = `${MERGED.names}, code_at`;
const allOf = (table: string): string =>
	ALL.split(', ')
		.map((name) => `${table}.${name}`)
		.join(', ');

const INSERT = statement(
	'store-requests',
	`${WITH_INPUT}, fresh as (
	insert into request_key (key, fed_by, request_id) select key, fed_by, id from input
	on conflict (key, fed_by) do nothing returning key, fed_by, request_id
), stored as (
	insert into service_request (id, key, fed_by, fed_key, ${ALL}) select id, key, fed_by, fed_key, ${ALL} from input
	where id in (select request_id from fresh)
), bell as (${insertDoorbell('index-service-requests', 'request_id', 'fresh')}
)
select (select id from bell) as doorbell, coalesce((select array_agg(${KEY_TEXT}) from fresh), '{}') as keys`
);

// The merge keeps the earliest request time, the latest response time, and the code of the latest response with a code.
// For all other columns, the merge keeps the greatest of two different values, and for the mode the least. So the
// result does not depend on the order of arrival.
const MERGE = statement(
	'merge-requests',
	`${WITH_INPUT}, known as (
	select s.*, case when s.response_code is not null then coalesce(s.code_at, s.responded_at, '-infinity') end as coded_at
	from service_request s join request_key k on k.request_id = s.id join input i on i.key = k.key and i.fed_by = k.fed_by
	for update of s
), merged as (
	select s.id, s.key, s.fed_by,
		greatest(s.device_id, i.device_id) as device_id, greatest(s.user_id, i.user_id) as user_id,
		greatest(s.variant, i.variant) as variant, greatest(s.user_role, i.user_role) as user_role,
		greatest(s.user_name, i.user_name) as user_name, greatest(s.command_variant, i.command_variant) as command_variant,
		least(s.mode, i.mode) as mode, least(s.requested_at, i.requested_at) as requested_at,
		greatest(s.execute_at, i.execute_at) as execute_at,
		greatest(s.responded_at, i.responded_at) as responded_at,
		case when s.coded_at is null or (i.code_at, i.response_code) > (s.coded_at, s.response_code)
			then i.response_code else s.response_code end as response_code,
		greatest(s.coded_at, i.code_at) as code_at, greatest(s.source, i.source) as source,
		i.fed_key as fed_key
	from input i join known s using (key, fed_by)
), changed as (
	update service_request s set (fed_key, ${ALL}) = (m.fed_key, ${allOf('m')})
	from merged m where s.id = m.id and (${allOf('s')}) is distinct from (${allOf('m')})
	returning s.id, s.key, s.fed_by
), bell as (${insertDoorbell('index-service-requests', 'id', 'changed')}
)
select (select id from bell) as doorbell, coalesce((select array_agg(${KEY_TEXT}) from changed), '{}') as keys`
);

// Reads Service Requests from the database.
import type pg from 'pg';
import { FED_BY_INSTALLATION } from '#lib/domain/fed-by.ts';
import type { RequestMode, ServiceRequest } from '#lib/domain/service-request.ts';
import { bytesToEui } from '#lib/server/postgres/eui-bytes.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { asSigned, COUNTER_OF_KEY, counterOfKey, requestIdOf } from './request-id.ts';

/** The columns of a stored Service Request that its readers need. */
export const REQUEST_COLUMNS =
	'key, device_id, user_id, variant, user_role, user_name, mode, requested_at, execute_at, responded_at, response_code, fed_by';

export interface RequestRow {
	key: Buffer;
	device_id: Buffer;
	user_id: Buffer;
	variant: string;
	user_role: string;
	user_name: string | null;
	mode: RequestMode | null;
	requested_at: Date | null;
	execute_at: Date | null;
	responded_at: Date | null;
	response_code: string | null;
	/** The Supplier whose key fed the record; 0: the installation. */
	fed_by: number;
}

interface VersionedRow extends RequestRow {
	id: bigint;
	row_version: string;
}

const SELECT = `select id, ${REQUEST_COLUMNS} from service_request`;
/** SQL: the transaction that wrote the row last. Every change of a row changes this number. */
const ROW_VERSION = 'xmin::text as row_version';
const SELECT_VERSIONED = `select id, ${REQUEST_COLUMNS}, ${ROW_VERSION} from service_request`;
const SINCE = '(requested_at >= :since or responded_at >= :since or execute_at >= :since)';

/** `rowVersion` differs between two states of the same request. */
export type RequestWithId = ServiceRequest & { id: bigint; rowVersion: string };

export async function requestsById(
	client: pg.ClientBase | pg.Pool,
	ids: readonly bigint[]
): Promise<RequestWithId[]> {
	const { rows } = await client.query<VersionedRow>(BY_ID({ ids }));
	return rows.map(withId);
}

/** Reads the current version of the rows of these requests. */
export async function versionsById(
	client: pg.ClientBase,
	ids: readonly bigint[]
): Promise<ReadonlyMap<bigint, string>> {
	const { rows } = await client.query<{ id: bigint; row_version: string }>(VERSIONS({ ids }));
	return new Map(rows.map((row) => [row.id, row.row_version]));
}

/** Reads the requests to these Devices that were requested, answered or executed at or after `since` (epoch ms). */
export async function requestsSince(
	client: pg.ClientBase,
	deviceIds: readonly Buffer[],
	since: number
): Promise<ServiceRequest[]> {
	const { rows } = await client.query<RequestRow>(TO_DEVICES_SINCE({ deviceIds, since: new Date(since) }));
	return rows.map(toServiceRequest);
}

/**
 * Reads the requests that command references point to, however old. A request is found by one of these keys, or by one
 * of these counters together with one of these Devices.
 */
export async function requestsByCounter(
	client: pg.ClientBase,
	{
		keys,
		deviceIds,
		counters
	}: { keys: readonly Buffer[]; deviceIds: readonly Buffer[]; counters: readonly string[] }
): Promise<ServiceRequest[]> {
	const { rows } = await client.query<RequestRow>(
		BY_COUNTER({ keys, deviceIds, counters: counters.map(asSigned) })
	);
	return rows.map(toServiceRequest);
}

/**
 * Reads the next `limit` requests in the order of their ids, after the id `after`. The requests were requested,
 * answered or executed at or after `since` (epoch ms).
 */
export async function requestsPage(
	client: pg.ClientBase | pg.Pool,
	{ after, since, limit }: { after: bigint; since: number; limit: number }
): Promise<RequestWithId[]> {
	const { rows } = await client.query<VersionedRow>(PAGE({ after, since: new Date(since), limit }));
	return rows.map(withId);
}

const withId = (row: VersionedRow): RequestWithId => ({
	...toServiceRequest(row),
	id: row.id,
	rowVersion: row.row_version
});

export function toServiceRequest(row: RequestRow): ServiceRequest {
	const executeAt = row.execute_at?.getTime() ?? null;
	return {
		requestId: requestIdOf(row.key),
		deviceId: bytesToEui(row.device_id),
		userId: bytesToEui(row.user_id),
		counter: counterOfKey(row.key),
		serviceReferenceVariant: row.variant,
		userRole: row.user_role,
		userName: row.user_name,
		mode: row.mode ?? (executeAt === null ? 'on-demand' : 'future-dated-dsp'),
		requestedAt: row.requested_at?.getTime() ?? null,
		executeAt,
		respondedAt: row.responded_at?.getTime() ?? null,
		responseCode: row.response_code,
		fedBy: row.fed_by === 0 ? FED_BY_INSTALLATION : [row.fed_by]
	};
}

const BY_ID = statement('requests-by-id', `${SELECT_VERSIONED} where id = any(:ids)`);

const VERSIONS = statement(
	'request-versions',
	`select id, ${ROW_VERSION} from service_request where id = any(:ids)`
);

const TO_DEVICES_SINCE = statement(
	'requests-since',
	`${SELECT} where device_id = any(:deviceIds) and ${SINCE}`
);

const BY_COUNTER = statement(
	'requests-by-counter',
	`${SELECT} where key = any(:keys)
	union ${SELECT} where device_id = any(:deviceIds) and ${COUNTER_OF_KEY} = any(:counters)`
);

const PAGE = query(`${SELECT_VERSIONED} where id > :after and ${SINCE} order by id limit :limit`);

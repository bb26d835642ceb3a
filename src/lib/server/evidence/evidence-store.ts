// What the record holds around a batch of Alerts: the Alerts, their home networks, tenures, completeness, Suppliers.
import type { ClockStatus } from '#lib/domain/alert.ts';
import type { InstructionReport } from '#lib/domain/correlation/command-outcome.ts';
import { counterOf, type CommandReference } from '#lib/domain/command-reference.ts';
import type { AlertFacts, HomeDevice } from '#lib/domain/correlation/evidence.ts';
import type { RequestMode, ServiceRequest } from '#lib/domain/service-request.ts';
import type { TenureSpan } from '#lib/domain/tenure.ts';
import type pg from 'pg';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/database.ts';

/** An Alert as kept, with what is shown of it. */
export interface StoredAlert extends AlertFacts {
	id: bigint;
	messageId: string;
	raisedAt: number | null;
	receivedAt: number;
	recipientId: string | null;
	fedBy: number | null;
	area: string | null;
	imageHash: string | null;
}

export interface StoredDevice extends HomeDevice {
	deviceId: string;
	hubId: string | null;
	area: string | null;
	model: string | null;
	firmware: string | null;
	tenures: TenureSpan[];
}

export interface Surroundings {
	alerts: StoredAlert[];
	/** All Devices of the home networks of these Alerts, by id. */
	devices: Map<string, StoredDevice>;
	/** Device ids by hub. */
	homes: Map<string, string[]>;
	/** The oldest completeness mark; `null` while no source has set one. */
	completeUntil: number | null;
	/** The User IDs of each Supplier. */
	userIds: Map<number, ReadonlySet<string>>;
	/** The outcome Alerts of the commands that run in several instructions, by Device. */
	reports: Map<string, StoredReport[]>;
}

export interface StoredReport extends InstructionReport {
	alertId: bigint;
}

/** Loads what stands around these Alerts in one round of queries on the caller's transaction. */
export async function loadSurroundings(client: pg.ClientBase, ids: readonly bigint[]): Promise<Surroundings> {
	const [{ rows: alertRows }, { rows: deviceRows }, { rows: users }] = await Promise.all([
		client.query<AlertRow>({ name: 'load-alerts', text: ALERTS, values: [ids] }),
		client.query<DeviceRow>({ name: 'load-homes', text: HOMES, values: [ids] }),
		client.query<{ until: Date | null; user_id: Buffer | null; supplier_id: number }>({
			name: 'load-mark-and-users',
			text: `select until, user_id, supplier_id from (select min(complete_until) as until from completeness) mark
				left join supplier_user on true`
		})
	]);
	const devices = new Map<string, StoredDevice>();
	const homes = new Map<string, string[]>();
	for (const row of deviceRows) {
		const deviceId = bytesToEui(row.device_id);
		const tenures = devices.get(deviceId)?.tenures ?? [];
		if (row.supplier_id !== null) tenures.push(toSpan(row.supplier_id, row.from!, row.to));
		if (devices.has(deviceId)) continue;
		const hubId = row.hub_id && bytesToEui(row.hub_id);
		const { device_type: deviceType, area, model, firmware } = row;
		devices.set(deviceId, { deviceId, deviceType, hubId, area, model, firmware, tenures });
		if (hubId) homes.set(hubId, [...(homes.get(hubId) ?? []), deviceId]);
	}
	// The record gives them in no order, and nothing that is said may depend on it.
	for (const { tenures } of devices.values()) tenures.sort((a, b) => a.from - b.from);
	for (const home of homes.values()) home.sort();
	const userIds = new Map<number, Set<string>>();
	for (const { user_id, supplier_id } of users)
		if (user_id) userIds.set(supplier_id, (userIds.get(supplier_id) ?? new Set()).add(bytesToEui(user_id)));
	const alerts = alertRows.map((row) => toAlert(row, devices.get(bytesToEui(row.device_id))));
	const reports = await loadReports(client, alerts);
	return { alerts, devices, homes, completeUntil: users[0]?.until?.getTime() ?? null, userIds, reports };
}

/** Whether an Alert reports on one of several instructions of a command. */
export const isReport = ({ reference }: Pick<AlertFacts, 'reference'>): boolean =>
	(reference?.instructions ?? 0) > 1 && counterOf(reference) !== null;

async function loadReports(
	client: pg.ClientBase,
	alerts: readonly StoredAlert[]
): Promise<Map<string, StoredReport[]>> {
	const wanted = alerts.filter(isReport);
	if (wanted.length === 0) return new Map();
	const { rows } = await client.query<
		Pick<AlertRow, 'id' | 'device_id' | 'code' | 'reference' | 'effective_at'>
	>({
		name: 'load-reports',
		text: `select distinct a.id, a.device_id, a.code, a.reference, a.effective_at
			from unnest($1::bytea[], $2::numeric[]) as w(device_id, counter) cross join lateral (
				select * from alert where reference_counter = w.counter and device_id = w.device_id offset 0
			) a order by a.id`,
		values: [wanted.map((a) => euiToBytes(a.deviceId)), wanted.map((a) => counterOf(a.reference))]
	});
	const reports = rows.map((row) => ({
		alertId: row.id,
		deviceId: bytesToEui(row.device_id),
		code: row.code,
		reference: row.reference!,
		at: row.effective_at.getTime()
	}));
	return Map.groupBy(reports, (report) => report.deviceId);
}

interface AlertRow {
	id: bigint;
	message_id: string;
	device_id: Buffer;
	kind: 'device' | 'dcc';
	code: string;
	dcc_payload: string | null;
	raised_at: Date | null;
	received_at: Date;
	effective_at: Date;
	clock_status: ClockStatus;
	recipient_id: Buffer | null;
	throttled_count: bigint | null;
	reference: CommandReference | null;
	fed_by: number | null;
	image_hash: string | null;
}

interface DeviceRow {
	device_id: Buffer;
	device_type: string;
	hub_id: Buffer | null;
	area: string | null;
	model: string | null;
	firmware: string | null;
	/** One tenure; of a Device without any, nothing. Epoch ms. */
	supplier_id: number | null;
	from: number | null;
	to: number | null;
}

const toSpan = (supplierId: number, from: number, to: number | null): TenureSpan => ({
	supplierId,
	from: Math.round(from),
	to: to === null ? null : Math.round(to)
});

function toAlert(row: AlertRow, device: StoredDevice | undefined): StoredAlert {
	return {
		id: row.id,
		messageId: row.message_id,
		deviceId: bytesToEui(row.device_id),
		deviceType: device?.deviceType ?? null,
		hubId: device?.hubId ?? null,
		area: device?.area ?? null,
		kind: row.kind,
		code: row.code,
		dccPayload: row.dcc_payload,
		raisedAt: row.raised_at?.getTime() ?? null,
		receivedAt: row.received_at.getTime(),
		effectiveAt: row.effective_at.getTime(),
		clockStatus: row.clock_status,
		throttledCount: row.throttled_count === null ? null : Number(row.throttled_count),
		reference: row.reference,
		recipientId: row.recipient_id && bytesToEui(row.recipient_id),
		fedBy: row.fed_by,
		imageHash: row.image_hash
	};
}

const REQUEST_COLUMNS =
	'id, key, device_id, user_id, variant, user_role, user_name, mode, requested_at, execute_at, responded_at, response_code';

interface RequestRow {
	id: bigint;
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
}

export async function requestsById(
	client: pg.ClientBase | pg.Pool,
	ids: readonly bigint[]
): Promise<Array<ServiceRequest & { id: bigint }>> {
	const { rows } = await client.query<RequestRow>({
		name: 'requests-by-id',
		text: `select ${REQUEST_COLUMNS} from service_request where id = any($1)`,
		values: [ids]
	});
	return rows.map((row) => ({ ...toServiceRequest(row), id: row.id }));
}

/** From the record: requests to these Devices with any of their instants at or after `since` (epoch ms). */
export async function requestsSince(
	client: pg.ClientBase,
	devices: readonly Buffer[],
	since: number
): Promise<ServiceRequest[]> {
	const { rows } = await client.query<RequestRow>({
		name: 'requests-since',
		text: `select ${REQUEST_COLUMNS} from service_request
			where device_id = any($1) and (requested_at >= $2 or responded_at >= $2 or execute_at >= $2)`,
		values: [devices, new Date(since)]
	});
	return rows.map(toServiceRequest);
}

/** Requests with one of these counters to one of these Devices, however old: what command references point to. */
export async function requestsByCounter(
	client: pg.ClientBase,
	keys: readonly Buffer[],
	devices: readonly Buffer[],
	counters: readonly string[]
): Promise<ServiceRequest[]> {
	const { rows } = await client.query<RequestRow>({
		name: 'requests-by-counter',
		text: `select ${REQUEST_COLUMNS} from service_request where key = any($1)
			union select ${REQUEST_COLUMNS} from service_request
			where device_id = any($2) and ('x' || encode(substr(key, 17, 8), 'hex'))::bit(64)::bigint = any($3)`,
		values: [keys, devices, counters.map((counter) => BigInt.asIntN(64, BigInt(counter)))]
	});
	return rows.map(toServiceRequest);
}

export async function requestsPage(
	client: pg.ClientBase | pg.Pool,
	after: bigint,
	since: number,
	limit: number
): Promise<Array<ServiceRequest & { id: bigint }>> {
	const { rows } = await client.query<RequestRow>(
		`select ${REQUEST_COLUMNS} from service_request
		 where id > $1 and (requested_at >= $2 or responded_at >= $2 or execute_at >= $2) order by id limit $3`,
		[after, new Date(since), limit]
	);
	return rows.map((row) => ({ ...toServiceRequest(row), id: row.id }));
}

export function toServiceRequest(row: Omit<RequestRow, 'id'>): ServiceRequest {
	const executeAt = row.execute_at?.getTime() ?? null;
	return {
		requestId: requestIdOf(row.key),
		deviceId: bytesToEui(row.device_id),
		userId: bytesToEui(row.user_id),
		counter: row.key.readBigUInt64BE(16).toString(),
		serviceReferenceVariant: row.variant,
		userRole: row.user_role,
		userName: row.user_name,
		mode: row.mode ?? (executeAt === null ? 'on-demand' : 'future-dated-dsp'),
		requestedAt: row.requested_at?.getTime() ?? null,
		executeAt,
		respondedAt: row.responded_at?.getTime() ?? null,
		responseCode: row.response_code
	};
}

/** The RequestID of a key: originator, target, counter. */
export const requestIdOf = (key: Buffer): string =>
	`${bytesToEui(key.subarray(0, 8))}:${bytesToEui(key.subarray(8, 16))}:${key.readBigUInt64BE(16)}`;

const ALERTS = `
select id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status, recipient_id,
	throttled_count, reference, fed_by, image_hash
from alert where id = any($1) order by id`;

// One row for each Device and tenure; a Device without a hub stands for itself. By the ids of the Alerts, so that nobody
// waits for these to be read first.
const HOMES = `
with here as (
	select device_id, device_type, hub_id, area, model, firmware from device
	where device_id = any(array(select device_id from alert where id = any($1)))
), home as (
	select d.* from (select distinct hub_id from here where hub_id is not null) h cross join lateral (
		select device_id, device_type, hub_id, area, model, firmware from device where hub_id = h.hub_id offset 0
	) d
	union all
	select device_id, device_type, hub_id, area, model, firmware from here where hub_id is null
)
select d.device_id, d.device_type, d.hub_id, d.area, d.model, d.firmware, t.supplier_id,
	date_part('epoch', lower(t.during)) * 1000 as "from", date_part('epoch', upper(t.during)) * 1000 as "to"
from home d left join lateral (
	select supplier_id, during from tenure where device_id = d.device_id and superseded_at is null offset 0
) t on true`;

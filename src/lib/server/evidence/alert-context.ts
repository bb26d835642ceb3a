// Loads the context of a batch of Alerts: the Alerts, their home networks and tenures, the completeness mark and the
// Suppliers.
import type pg from 'pg';
import type { ClockStatus } from '#lib/domain/alert.ts';
import type { OwnerMark } from '#lib/domain/completeness.ts';
import { counterOf, type CommandReference } from '#lib/domain/command-reference.ts';
import type { InstructionReport } from '#lib/domain/correlation/command-outcome.ts';
import type { AlertFacts, HomeDevice } from '#lib/domain/correlation/evidence.ts';
import type { TenureSpan } from '#lib/domain/tenure.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { statement } from '#lib/server/postgres/statement.ts';

/** An Alert as stored, with the facts of its Device. */
export interface StoredAlert extends AlertFacts {
	id: bigint;
	messageId: string;
	/** The time of the Alert by the clock of the Device (epoch ms); `null`: unknown. */
	raisedAt: number | null;
	/** The time of receipt (epoch ms). */
	receivedAt: number;
	recipientId: string | null;
	/** The Supplier whose API key sent the Alert; `null`: the key belongs to the whole installation. */
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

/** All that the database knows about a batch of Alerts, except Service Requests. */
export interface AlertContext {
	/** The Alerts of the batch in the order of their ids, oldest first. */
	alerts: StoredAlert[];
	/** All Devices of the home networks of these Alerts, by Device id. */
	devices: Map<string, StoredDevice>;
	/** The ids of the Devices of each home network, by the id of its hub. */
	homes: Map<string, string[]>;
	/** The completeness marks of the installation and of each Supplier that has sources. */
	marks: readonly OwnerMark[];
	/** The User IDs of each Supplier. */
	userIds: Map<number, ReadonlySet<string>>;
	/** The Alerts that report on commands of several instructions, by Device id. */
	reports: Map<string, StoredReport[]>;
}

export interface StoredReport extends InstructionReport {
	alertId: bigint;
}

/**
 * Loads the context of these Alerts on the caller's transaction. The context takes one round trip to PostgreSQL, and
 * the reports a second one.
 */
export async function loadContext(client: pg.ClientBase, alertIds: readonly bigint[]): Promise<AlertContext> {
	const [{ rows: alertRows }, { rows: deviceRows }, { rows: users }, { rows: marks }] = await Promise.all([
		client.query<AlertRow>(ALERTS({ alertIds })),
		client.query<DeviceRow>(HOMES({ alertIds })),
		client.query<{ user_id: Buffer; supplier_id: number }>(USERS({})),
		client.query<{ supplier_id: number | null; until: Date | null }>(MARKS({}))
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
	// PostgreSQL returns the rows in no fixed order, and no explanation may depend on their order. So the lists are
	// sorted here.
	for (const { tenures } of devices.values()) tenures.sort((a, b) => a.from - b.from);
	for (const home of homes.values()) home.sort();
	const userIds = new Map<number, Set<string>>();
	for (const { user_id, supplier_id } of users)
		userIds.set(supplier_id, (userIds.get(supplier_id) ?? new Set()).add(bytesToEui(user_id)));
	const alerts = alertRows.map((row) => toStoredAlert(row, devices.get(bytesToEui(row.device_id))));
	const reports = await loadReports(client, alerts);
	return {
		alerts,
		devices,
		homes,
		marks: marks.map((row) => ({ supplierId: row.supplier_id, until: row.until?.getTime() ?? null })),
		userIds,
		reports
	};
}

/** Returns whether an Alert reports on an instruction of a command with several instructions. */
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
	>(
		REPORTS({
			deviceIds: wanted.map((alert) => euiToBytes(alert.deviceId)),
			counters: wanted.map((alert) => counterOf(alert.reference))
		})
	);
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
	/**
	 * The Supplier of a tenure. `from` and `to` are epoch ms. All three are `null` for a Device without tenures; `to`
	 * alone is `null` for a tenure without an end.
	 */
	supplier_id: number | null;
	from: number | null;
	to: number | null;
}

const toSpan = (supplierId: number, from: number, to: number | null): TenureSpan => ({
	supplierId,
	from: Math.round(from),
	to: to === null ? null : Math.round(to)
});

function toStoredAlert(row: AlertRow, device: StoredDevice | undefined): StoredAlert {
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

const ALERTS = statement(
	'load-alerts',
	`
select id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status, recipient_id,
	throttled_count, reference, fed_by, image_hash
from alert where id = any(:alertIds) order by id`
);

// Returns one row for each Device and tenure. A Device without a hub is a home of its own. The statement looks Devices
// up by the ids of the Alerts, so it can be sent before the Alerts are read.
const HOMES = statement(
	'load-homes',
	`
with own as (
	select device_id, device_type, hub_id, area, model, firmware from device
	where device_id = any(array(select device_id from alert where id = any(:alertIds)))
), home as (
	select d.* from (select distinct hub_id from own where hub_id is not null) h cross join lateral (
		select device_id, device_type, hub_id, area, model, firmware from device where hub_id = h.hub_id offset 0
	) d
	union all
	select device_id, device_type, hub_id, area, model, firmware from own where hub_id is null
)
select d.device_id, d.device_type, d.hub_id, d.area, d.model, d.firmware, t.supplier_id,
	date_part('epoch', lower(t.during)) * 1000 as "from", date_part('epoch', upper(t.during)) * 1000 as "to"
from home d left join lateral (
	select supplier_id, during from tenure where device_id = d.device_id and superseded_at is null offset 0
) t on true`
);

const USERS = statement('load-users', 'select user_id, supplier_id from supplier_user');

// `until` is null if a source of the owner has not reported yet.
const MARKS = statement(
	'load-marks',
	`select supplier_id, case when count(*) = count(complete_until) then min(complete_until) end as until
	from completeness_source group by supplier_id`
);

const REPORTS = statement(
	'load-reports',
	`select distinct a.id, a.device_id, a.code, a.reference, a.effective_at
	from unnest(:deviceIds::bytea[], :counters::numeric[]) as w(device_id, counter) cross join lateral (
		select * from alert where reference_counter = w.counter and device_id = w.device_id offset 0
	) a order by a.id`
);

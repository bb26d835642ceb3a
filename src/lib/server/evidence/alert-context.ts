// Loads the context of a batch of Alerts: the Alerts, their home networks and tenures, the completeness mark and the
// Suppliers.
import type pg from 'pg';
import type { ClockStatus } from '#lib/domain/alert.ts';
import type { OwnerMark } from '#lib/domain/completeness.ts';
import { counterOf, type CommandReference } from '#lib/domain/command-reference.ts';
import type { InstructionReport } from '#lib/domain/correlation/command-outcome.ts';
import type { AlertFacts } from '#lib/domain/correlation/evidence.ts';
import type { Feeder } from '#lib/domain/fed-by.ts';
import type { TenureSpan } from '#lib/domain/tenure.ts';
import type { StatedTenure } from '#lib/domain/write-permission.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { createInventory, type DeviceStatement, type HomeView, type Inventory } from './home-view.ts';

/** An Alert as stored. The facts of its Device depend on the Supplier that looks at it (`seenBy`). */
export interface StoredAlert extends Omit<AlertFacts, 'deviceType' | 'hubId'> {
	id: bigint;
	messageId: string;
	/** The time of the Alert by the clock of the Device (epoch ms); `null`: unknown. */
	raisedAt: number | null;
	/** The time of receipt (epoch ms). */
	receivedAt: number;
	recipientId: string | null;
	fedBy: Feeder;
	/**
	 * Whether the Alert is evidence only for the Supplier that fed it. An Alert that was stored before Causeway kept
	 * API keys is evidence for every entitled Supplier.
	 */
	isWalled: boolean;
	/** The Suppliers that see their own copy of this message instead. */
	ownCopies: readonly number[];
	imageHash: string | null;
}

/** An Alert with the facts of its Device as one Supplier knows them. */
export interface SeenAlert extends StoredAlert, AlertFacts {
	area: string | null;
}

/** All that the database knows about a batch of Alerts, except Service Requests. */
export interface AlertContext {
	/** The Alerts of the batch in the order of their ids, oldest first. */
	alerts: StoredAlert[];
	/** The Devices of the home networks of these Alerts. */
	inventory: Inventory;
	/** The completeness marks of the installation and of each Supplier that has sources. */
	marks: readonly OwnerMark[];
	/** The User IDs of each Supplier. */
	userIds: Map<number, ReadonlySet<string>>;
	/** The Alerts that report on commands of several instructions, by Device id. */
	reports: Map<string, StoredReport[]>;
}

/** Returns an Alert with the facts of its Device as this view knows them. */
export function seenBy({ devices }: HomeView, alert: StoredAlert): SeenAlert {
	const { deviceType = null, hubId = null, area = null } = devices.get(alert.deviceId) ?? {};
	return { ...alert, deviceType, hubId, area };
}

export interface StoredReport extends InstructionReport {
	alertId: bigint;
	fedBy: Feeder;
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
	const statements = new Map<string, DeviceStatement[]>();
	const tenures = new Map<string, StatedTenure[]>();
	for (const row of deviceRows) addDeviceRow(row, statements, tenures);
	for (const spans of tenures.values()) spans.sort((a, b) => a.from - b.from);
	const inventory = createInventory(statements, tenures);
	const userIds = new Map<number, Set<string>>();
	for (const { user_id, supplier_id } of users)
		userIds.set(supplier_id, (userIds.get(supplier_id) ?? new Set()).add(bytesToEui(user_id)));
	const alerts = alertRows.map(toStoredAlert);
	const reports = await loadReports(client, alerts);
	return {
		alerts,
		inventory,
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
		Pick<AlertRow, 'id' | 'device_id' | 'code' | 'reference' | 'effective_at' | 'fed_by' | 'fed_key'>
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
		at: row.effective_at.getTime(),
		fedBy: row.fed_key === null ? null : row.fed_by
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
	fed_key: number | null;
	own_copies: number[] | null;
	image_hash: string | null;
}

interface DeviceRow {
	device_id: Buffer;
	device_type: string;
	hub_id: Buffer | null;
	area: string | null;
	model: string | null;
	firmware: string | null;
	/** Epoch ms. */
	changed_at: number | null;
	/** The Supplier that says this of the Device; 0: the installation. */
	said_by: number;
	/** The Supplier that claimed the tenure; `null`: the installation stated it, or there is no tenure. */
	stated_by: number | null;
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

/** Adds the statement and the tenure of a row. Rows repeat a statement for each tenure, and a tenure for each statement. */
function addDeviceRow(
	row: DeviceRow,
	statements: Map<string, DeviceStatement[]>,
	tenures: Map<string, StatedTenure[]>
): void {
	const deviceId = bytesToEui(row.device_id);
	const saidBy = row.said_by || null;
	const said = statements.get(deviceId);
	if (!said?.some((statement) => statement.saidBy === saidBy)) {
		const { device_type: deviceType, area, model, firmware, changed_at: changedAt } = row;
		const hubId = row.hub_id && bytesToEui(row.hub_id);
		const statement = { deviceId, saidBy, deviceType, hubId, area, model, firmware, changedAt };
		if (said) said.push(statement);
		else statements.set(deviceId, [statement]);
	}
	if (row.supplier_id === null) return;
	const span = { ...toSpan(row.supplier_id, row.from!, row.to), statedBy: row.stated_by };
	const spans = tenures.get(deviceId);
	if (!spans) tenures.set(deviceId, [span]);
	else if (!spans.some(({ from }) => from === span.from)) spans.push(span);
}

function toStoredAlert(row: AlertRow): StoredAlert {
	return {
		id: row.id,
		messageId: row.message_id,
		deviceId: bytesToEui(row.device_id),
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
		isWalled: row.fed_by !== null && row.fed_key !== null,
		ownCopies: row.own_copies ?? NONE,
		imageHash: row.image_hash
	};
}

const NONE: readonly number[] = [];

const ALERTS = statement(
	'load-alerts',
	`
select id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status, recipient_id,
	throttled_count, reference, fed_by, fed_key, own_copies, image_hash
from alert where id = any(:alertIds) order by id`
);

// Returns one row for each tenure of each statement about a Device. The home of an Alert has every Device that anybody
// says to have the same hub; each Supplier then sees its own part (home-view.ts). A Device without a hub is a home of its
// own. Rows may repeat. The statement looks Devices up by the ids of the Alerts, so it can be sent before the Alerts are read.
// `any(array[...])` keeps the statement from the index of the exclusion constraint, which finds tenures at five times the
// cost. A session that plans on empty tables would choose that index for good.
// Most installations have no statements of Suppliers, and then the last part of `said` is not evaluated.
const DEVICE = 'device_id, device_type, hub_id, area, model, firmware, said_by, changed_at';
const HOMES = statement(
	'load-homes',
	`
with own as (
	select ${DEVICE} from device where device_id = any(array(select device_id from alert where id = any(:alertIds)))
), home as not materialized (
	select d.* from (select distinct hub_id from own where hub_id is not null) h cross join lateral (
		select ${DEVICE} from device where hub_id = h.hub_id offset 0
	) d
	union all
	select * from own where hub_id is null
), said as (
	select * from home
	union all
	select ${DEVICE} from device where exists (select from device where said_by > 0)
		and said_by > 0 and device_id = any(array(select device_id from home))
)
select d.device_id, d.device_type, d.hub_id, d.area, d.model, d.firmware, d.said_by, date_part('epoch', d.changed_at) * 1000 as changed_at,
	t.supplier_id, t.stated_by,
	date_part('epoch', lower(t.during)) * 1000 as "from", date_part('epoch', upper(t.during)) * 1000 as "to"
from said d left join lateral (
	select supplier_id, stated_by, during from tenure
	where device_id = any(array[d.device_id]) and superseded_at is null offset 0
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
	`select distinct a.id, a.device_id, a.code, a.reference, a.effective_at, a.fed_by, a.fed_key
	from unnest(:deviceIds::bytea[], :counters::numeric[]) as w(device_id, counter) cross join lateral (
		select * from alert where reference_counter = w.counter and device_id = w.device_id offset 0
	) a order by a.id`
);

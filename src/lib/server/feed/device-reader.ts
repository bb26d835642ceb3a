// Reads the Devices of one Supplier: those in whose tenure it is or was. The statement itself applies the tenures,
// because a Device has no row of its own for each Supplier. What the Supplier's own keys say of a Device goes before what
// the installation says.
import type pg from 'pg';
import type { Device, DeviceFilters, DeviceInHome, DevicePage } from '#lib/domain/device.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

/** The greatest number of other Devices of a home that are read. The home network of a hub has at most 16 Devices. */
const MAX_HOME_DEVICES = 32;

export type DeviceReader = ReturnType<typeof createDeviceReader>;

export function createDeviceReader(pool: pg.Pool) {
	return {
		/** Reads one page of the list, in the order of the Device ids. */
		page: (supplierId: number, filters: DeviceFilters): Promise<DevicePage> =>
			asSupplier(pool, supplierId, async (client) => {
				const { hub, cursor, limit } = filters;
				const { rows } = await client.query<DeviceRow>(
					select(conditionsOf(filters))({
						...filters,
						supplierId,
						hub: hub && euiToBytes(hub),
						cursor: cursor && euiToBytes(cursor),
						limit: limit + 1
					})
				);
				const items = rows.slice(0, limit).map(toDevice);
				return { items, nextCursor: rows.length > limit ? items.at(-1)!.deviceId : null };
			}),

		/** Reads one Device with its home; `null`: this Supplier never had a tenure of such a Device. */
		one: (supplierId: number, deviceId: string): Promise<DeviceInHome | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<DeviceRow>(
					ONE({ supplierId, deviceId: euiToBytes(deviceId), limit: 1 })
				);
				if (!rows[0]) return null;
				const device = toDevice(rows[0]);
				return { ...device, home: await readHome(client, supplierId, device) };
			})
	};
}

/** Reads the other Devices behind the hub of a Device, as far as the Supplier has them now. */
async function readHome(client: pg.ClientBase, supplierId: number, device: Device): Promise<Device[]> {
	const hubId = device.hubId ?? (device.current && device.deviceType === 'CHF' ? device.deviceId : null);
	if (hubId === null) return [];
	const hub = euiToBytes(hubId);
	const { rows: ids } = await client.query<{ device_id: Buffer }>(NEAR_HUB({ hub }));
	const { rows } = await client.query<DeviceRow>(
		BEHIND_HUB({
			supplierId,
			hub,
			except: euiToBytes(device.deviceId),
			deviceIds: ids.map((row) => row.device_id),
			limit: MAX_HOME_DEVICES
		})
	);
	const others = rows.map(toDevice);
	return [
		...others.filter(({ deviceId }) => deviceId === hubId),
		...others.filter(({ deviceId }) => deviceId !== hubId)
	];
}

interface DeviceRow {
	device_id: Buffer;
	device_type: string;
	is_current: boolean;
	hub_id: Buffer | null;
	model: string | null;
	firmware: string | null;
	area: string | null;
	tenures: Array<{ from: string; to: string | null }>;
}

function toDevice(row: DeviceRow): Device {
	const { device_type: deviceType, is_current: current, model, firmware, area } = row;
	return {
		deviceId: bytesToEui(row.device_id),
		deviceType,
		current,
		hubId: row.hub_id && bytesToEui(row.hub_id),
		model,
		firmware,
		area,
		tenures: row.tenures.map(({ from, to }) => ({
			from: new Date(from).toISOString(),
			to: to && new Date(to).toISOString()
		}))
	};
}

/** The conditions on the tenures of a Device, and on the Device. Their parameters have the names of the filters. */
interface Conditions {
	tenures: string[];
	device: string[];
}

/**
 * Returns the filters as SQL conditions. A filter on an attribute lets only current Devices through, because a list by
 * an attribute would otherwise reveal the attribute.
 */
function conditionsOf({ hub, type, area, model, tenure, cursor }: DeviceFilters): Conditions {
	const device: string[] = [];
	if (tenure === 'current') device.push('t.is_current');
	if (tenure === 'past') device.push('t.has_ended and not t.is_current');
	if (type) device.push('d.device_type = :type');
	if (hub) device.push('t.is_current and d.hub_id = :hub');
	if (area) device.push('t.is_current and d.area = :area');
	if (model) device.push('t.is_current and d.model = :model');
	return { tenures: cursor ? ['device_id > :cursor'] : [], device };
}

const and = (conditions: readonly string[]): string =>
	conditions.map((condition) => ` and ${condition}`).join('');

const select = ({ tenures, device }: Conditions) =>
	query(`
select d.device_id, d.device_type, t.is_current, t.tenures, case when t.is_current then d.hub_id end as hub_id,
	case when t.is_current then d.model end as model, case when t.is_current then d.firmware end as firmware,
	case when t.is_current then d.area end as area
from (
	select device_id, bool_or(during @> now()) as is_current, coalesce(bool_or(upper(during) <= now()), false) as has_ended,
		json_agg(json_build_object('from', lower(during), 'to', upper(during)) order by during) as tenures
	from tenure where supplier_id = :supplierId and superseded_at is null${and(tenures)} group by device_id
) t cross join lateral (
	select * from device where device_id = t.device_id and (said_by = 0 or said_by = :supplierId::smallint)
	order by said_by desc limit 1
) d
where true${and(device)} order by d.device_id limit :limit`);

const ONE = select({ tenures: ['device_id = :deviceId'], device: [] });

// The ids are read first, from their index, because the statement below would otherwise group all tenures of the Supplier.
const NEAR_HUB = query(`
select device_id from device where hub_id = :hub union select device_id from device where device_id = :hub`);

const BEHIND_HUB = select({
	tenures: ['device_id = any(:deviceIds::bytea[])', 'device_id <> :except'],
	device: ['t.is_current', '(d.hub_id = :hub or d.device_id = :hub)']
});

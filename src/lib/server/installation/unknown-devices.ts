// Reads the Devices whose Alerts no Supplier sees. Every number is bounded, and every page skips from Device to Device in
// the index, so that a million such Alerts cost no more than a page.
import type pg from 'pg';
import { describeTableAlert } from '#lib/domain/cause-table/check.ts';
import {
	MOST_COUNTED,
	type Count,
	type UnknownDevice,
	type UnknownDevices
} from '#lib/domain/unknown-devices.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';

export type UnknownDeviceReader = ReturnType<typeof createUnknownDevices>;

interface Row {
	device_id: Buffer;
	known: boolean;
	code: string;
	alerts: number;
	first_at: Date;
	last_at: Date;
}

export function createUnknownDevices(pool: pg.Pool) {
	const countAlerts = async (): Promise<Count> => {
		const { rows } = await pool.query<{ count: number }>(COUNT_ALERTS({ most: MOST_COUNTED.alerts + 1 }));
		return bounded(rows[0]!.count, MOST_COUNTED.alerts);
	};
	return {
		countAlerts,

		/** Reads a page of Devices by id. `cursor`: the last Device of the page before. */
		async page({ limit, cursor }: { limit: number; cursor: string | null }): Promise<UnknownDevices> {
			const after = cursor === null ? Buffer.alloc(0) : euiToBytes(cursor);
			const [alerts, devices, { rows }] = await Promise.all([
				countAlerts(),
				pool.query<{ count: number }>(COUNT_DEVICES({ most: MOST_COUNTED.devices + 1 })),
				pool.query<Row>(PAGE({ after, limit: limit + 1, most: MOST_COUNTED.alertsOfCode + 1 }))
			]);
			const items = [...Map.groupBy(rows, (row) => bytesToEui(row.device_id))].map(([id, codes]) =>
				toDevice(id, codes)
			);
			return {
				alerts,
				devices: bounded(devices.rows[0]!.count, MOST_COUNTED.devices),
				items: items.slice(0, limit),
				nextCursor: items.length > limit ? items[limit - 1]!.deviceId : null
			};
		}
	};
}

const bounded = (count: number, most: number): Count => ({
	count: Math.min(count, most),
	more: count > most
});

function toDevice(deviceId: string, rows: readonly Row[]): UnknownDevice {
	const codes = rows
		.map(({ code, alerts }) => ({
			code,
			name: describeTableAlert(code).name,
			alerts: bounded(alerts, MOST_COUNTED.alertsOfCode)
		}))
		.sort((a, b) => b.alerts.count - a.alerts.count);
	const times = (of: (row: Row) => Date): number[] => rows.map((row) => of(row).getTime());
	return {
		deviceId,
		reason: rows[0]!.known ? 'no-tenure' : 'not-in-inventory',
		alerts: {
			count: codes.reduce((sum, { alerts }) => sum + alerts.count, 0),
			more: codes.some(({ alerts }) => alerts.more)
		},
		firstAt: new Date(Math.min(...times((row) => row.first_at))).toISOString(),
		lastAt: new Date(Math.max(...times((row) => row.last_at))).toISOString(),
		codes
	};
}

const COUNT_ALERTS = query(
	'select count(*)::int as count from (select from unseen_alert limit :most) as counted'
);

/** SQL: a relation `skipped` of the Devices after an id, found by one index look-up each. */
const skipDevices = (after: string): string => `
with recursive skipped as (
	(select device_id from unseen_alert where device_id > ${after} order by device_id limit 1)
	union all
	select (select u.device_id from unseen_alert u where u.device_id > s.device_id order by u.device_id limit 1)
	from skipped s where s.device_id is not null
)`;

const COUNT_DEVICES = query(`${skipDevices(`''::bytea`)}
select count(*)::int as count from (select from skipped where device_id is not null limit :most) as counted`);

const PAGE = query(`${skipDevices(':after::bytea')}
select p.device_id, exists (select from device d where d.device_id = p.device_id) as known, c.*
from (select device_id from skipped where device_id is not null limit :limit) as p
cross join lateral (
	with recursive codes as (
		(select code from unseen_alert where device_id = p.device_id order by code limit 1)
		union all
		select (
			select u.code from unseen_alert u where u.device_id = p.device_id and u.code > k.code order by u.code limit 1
		) from codes k where k.code is not null
	)
	select code,
		(select min(effective_at) from unseen_alert u where u.device_id = p.device_id and u.code = codes.code) as first_at,
		(select max(effective_at) from unseen_alert u where u.device_id = p.device_id and u.code = codes.code) as last_at,
		(select count(*)::int from (
			select from unseen_alert u where u.device_id = p.device_id and u.code = codes.code limit :most
		) as counted) as alerts
	from codes where code is not null
) as c
order by p.device_id`);

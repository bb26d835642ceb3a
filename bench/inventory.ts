// Writes the inventory of the trace straight into the database. The import of the inventory is not measured, and the
// API would take longer for the import than all stages together.
import type pg from 'pg';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { DeviceBody } from '../demo/world.ts';
import type { Trace } from './trace.ts';

const HOMES_PER_BATCH = 4000;

export async function writeInventory(
	pool: pg.Pool,
	trace: Trace,
	onProgress: (devices: number) => void
): Promise<void> {
	let written = 0;
	for (let home = 0; home < trace.homes; home += HOMES_PER_BATCH) {
		const devices: DeviceBody[] = [];
		for (let i = home; i < Math.min(trace.homes, home + HOMES_PER_BATCH); i++)
			devices.push(...trace.devicesOf(i));
		await write(pool, devices);
		onProgress((written += devices.length));
	}
}

async function write(pool: pg.Pool, devices: readonly DeviceBody[]): Promise<void> {
	const tenures = devices.flatMap(({ deviceId, tenures }) =>
		tenures.map((tenure) => ({ deviceId, ...tenure }))
	);
	await pool.query(
		`with known as (
			insert into device (device_id, device_type, hub_id, model, firmware, area)
			select * from unnest($1::bytea[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[])
		)
		insert into tenure (device_id, supplier_id, during)
		select t.device_id, s.id, tstzrange(t.since, t.until, '[)')
		from unnest($7::bytea[], $8::text[], $9::timestamptz[], $10::timestamptz[]) as t(device_id, slug, since, until)
		join supplier s using (slug)`,
		[
			devices.map((device) => euiToBytes(device.deviceId)),
			devices.map((device) => device.deviceType),
			devices.map((device) => euiToBytes(device.hubId)),
			devices.map((device) => device.model),
			devices.map((device) => device.firmware),
			devices.map((device) => device.area),
			tenures.map((tenure) => euiToBytes(tenure.deviceId)),
			tenures.map((tenure) => tenure.supplier),
			tenures.map((tenure) => tenure.from),
			tenures.map((tenure) => tenure.to)
		]
	);
}

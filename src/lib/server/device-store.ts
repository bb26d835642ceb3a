// Devices and tenures as the inventory states them. Tenures of a Device are stated whole; a correction supersedes. Each
// group of Devices is one commit, with the doorbell that has their Alerts explained again.
import type { DeviceIn } from '#lib/domain/device.ts';
import type pg from 'pg';
import { euiToBytes } from './database.ts';
import type { Ring } from './queues.ts';

/** `null` = kept; else why not. */
export type DeviceResult = 'accepted' | 'duplicate' | { refused: string };

export type DeviceStore = ReturnType<typeof createDeviceStore>;

export function createDeviceStore({ pool, ring }: { pool: pg.Pool; ring: Ring }) {
	return {
		/**
		 * Keeps each Device in a transaction of its own group of 200; a Device that cannot be kept is refused alone.
		 * `fedBy`: a Supplier's own key may state its own tenures only, `null` may state all.
		 */
		async record(devices: readonly DeviceIn[], fedBy: number | null): Promise<DeviceResult[]> {
			const client = await pool.connect();
			try {
				const { rows } = await client.query<{ id: number; slug: string }>('select id, slug from supplier');
				const suppliers = new Map(rows.map((row) => [row.slug, row.id]));
				const results: DeviceResult[] = [];
				for (let i = 0; i < devices.length; i += 200) {
					const group = devices.slice(i, i + 200);
					const { results: done, doorbell } = await recordGroup(client, group, suppliers, fedBy);
					results.push(...done);
					if (doorbell !== null) ring('correlate-devices', doorbell);
				}
				return results;
			} finally {
				client.release();
			}
		}
	};
}

async function recordGroup(
	client: pg.PoolClient,
	devices: readonly DeviceIn[],
	suppliers: Map<string, number>,
	fedBy: number | null
) {
	const results: DeviceResult[] = [];
	const changed: Buffer[] = [];
	let doorbell: bigint | null = null;
	// In one order for every writer: no two wait for each other.
	const order = devices.map((device, i) => ({ device, i }));
	order.sort((a, b) =>
		a.device.deviceId < b.device.deviceId ? -1 : a.device.deviceId > b.device.deviceId ? 1 : 0
	);
	await client.query('begin');
	try {
		for (const { device, i } of order) {
			await client.query('savepoint one');
			const result = await recordOne(client, device, suppliers, fedBy);
			if (typeof result === 'object') await client.query('rollback to savepoint one');
			else if (result === 'accepted') changed.push(euiToBytes(device.deviceId));
			await client.query('release savepoint one');
			results[i] = result;
		}
		if (changed.length > 0) doorbell = await leaveDoorbell(client, changed);
		await client.query('commit');
	} catch (error) {
		await client.query('rollback');
		throw error;
	}
	return { results, doorbell };
}

async function recordOne(
	client: pg.PoolClient,
	device: DeviceIn,
	suppliers: Map<string, number>,
	fedBy: number | null
): Promise<DeviceResult> {
	const id = euiToBytes(device.deviceId);
	const spans: Span[] = [];
	for (const tenure of device.tenures ?? []) {
		const supplierId = suppliers.get(tenure.supplier);
		if (supplierId === undefined)
			return {
				refused: `tenures: Supplier "${tenure.supplier}" is not known; add it with: npm run causeway -- supplier add ${tenure.supplier}`
			};
		if (fedBy !== null && supplierId !== fedBy)
			return {
				refused: `tenures: this key may state its own Supplier's tenures only; use a key made with --supplier '*' for "${tenure.supplier}"`
			};
		spans.push({ supplierId, from: tenure.from, to: tenure.to });
	}
	const kept = await client.query(UPSERT, [
		id,
		device.deviceType,
		device.hubId ? euiToBytes(device.hubId) : device.deviceType === 'CHF' ? id : null,
		device.model ?? null,
		device.firmware ?? null,
		device.area ?? null
	]);
	const corrected = device.tenures ? await correctTenures(client, id, spans, fedBy) : false;
	if (typeof corrected === 'object') return corrected;
	return kept.rowCount || corrected ? 'accepted' : 'duplicate';
}

interface Span {
	supplierId: number;
	from: string;
	to: string | null;
}

async function correctTenures(
	client: pg.PoolClient,
	device: Buffer,
	spans: readonly Span[],
	fedBy: number | null
): Promise<boolean | { refused: string }> {
	const { rows } = await client.query<{ id: bigint; supplier_id: number; from: Date; to: Date | null }>(
		`select id, supplier_id, lower(during) as "from", upper(during) as "to" from tenure
		 where device_id = $1 and superseded_at is null and ($2::smallint is null or supplier_id = $2) for update`,
		[device, fedBy]
	);
	const spell = (supplierId: number, from: string, to: string | null) => `${supplierId} ${from} ${to ?? ''}`;
	const wanted = new Map(spans.map((s) => [spell(s.supplierId, s.from, s.to), s]));
	const ended: bigint[] = [];
	for (const row of rows) {
		const same = spell(row.supplier_id, row.from.toISOString(), row.to?.toISOString() ?? null);
		if (!wanted.delete(same)) ended.push(row.id);
	}
	if (ended.length > 0)
		await client.query('update tenure set superseded_at = now() where id = any($1)', [ended]);
	for (const span of wanted.values()) {
		try {
			await client.query(
				`insert into tenure (device_id, supplier_id, during) values ($1, $2, tstzrange($3, $4, '[)'))`,
				[device, span.supplierId, span.from, span.to]
			);
		} catch (error) {
			if ((error as { code?: string }).code !== '23P01') throw error;
			return {
				refused:
					'tenures: overlap with the tenure of another Supplier; state all of them together with an installation key'
			};
		}
	}
	return ended.length > 0 || wanted.size > 0;
}

/** The ids of a doorbell are numbers: a Device is its eight bytes as one. */
async function leaveDoorbell(client: pg.PoolClient, changed: readonly Buffer[]): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(
		`insert into doorbell (job, ids, again) values ('correlate-devices', $1, true) returning id`,
		[changed.map((id) => id.readBigInt64BE())]
	);
	return rows[0]!.id;
}

const UPSERT = `
insert into device as d (device_id, device_type, hub_id, model, firmware, area) values ($1, $2, $3, $4, $5, $6)
on conflict (device_id) do update set device_type = excluded.device_type, hub_id = coalesce(excluded.hub_id, d.hub_id),
	model = coalesce(excluded.model, d.model), firmware = coalesce(excluded.firmware, d.firmware),
	area = coalesce(excluded.area, d.area), updated_at = now()
where (d.device_type, d.hub_id, d.model, d.firmware, d.area) is distinct from
	(excluded.device_type, coalesce(excluded.hub_id, d.hub_id), coalesce(excluded.model, d.model),
	 coalesce(excluded.firmware, d.firmware), coalesce(excluded.area, d.area))`;

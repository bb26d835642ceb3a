// Devices and tenures as the inventory states them. Tenures of a Device are stated whole; a correction supersedes. Each
// group of Devices is one commit, with the doorbell that has their Alerts explained again.
import type { DeviceIn } from '#lib/domain/device.ts';
import type pg from 'pg';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/database.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';

/** `null` = kept; else why not. */
export type DeviceResult = 'accepted' | 'duplicate' | { refused: string };

export type DeviceStore = ReturnType<typeof createDeviceStore>;

export function createDeviceStore({ pool, ring }: { pool: pg.Pool; ring: Ring }) {
	return {
		/**
		 * Keeps the Devices in groups of 200, each one transaction; a Device that cannot be kept is refused alone.
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

/** A Device and its tenures with the Suppliers' numbers; `spans` is `null` where no tenures are stated. */
interface Stated {
	place: number;
	device: DeviceIn;
	id: Buffer;
	spans: Span[] | null;
}

interface Span {
	supplierId: number;
	from: string;
	to: string | null;
}

async function recordGroup(
	client: pg.PoolClient,
	devices: readonly DeviceIn[],
	suppliers: ReadonlyMap<string, number>,
	fedBy: number | null
) {
	const results: DeviceResult[] = [];
	const stated: Stated[] = [];
	for (const [place, device] of devices.entries()) {
		const spans = spansOf(device, suppliers, fedBy);
		if (spans && 'refused' in spans) results[place] = spans;
		else stated.push({ place, device, id: euiToBytes(device.deviceId), spans });
	}
	// In one order for every writer: no two wait for each other.
	stated.sort((a, b) => Buffer.compare(a.id, b.id) || a.place - b.place);
	await client.query('begin');
	try {
		for (const part of withoutRepeats(stated)) await keep(client, part, fedBy, results);
		const changed = stated.filter(({ place }) => results[place] === 'accepted').map(({ id }) => id);
		const doorbell = changed.length > 0 ? await leaveDoorbell(client, changed) : null;
		await client.query('commit');
		return { results, doorbell };
	} catch (error) {
		await client.query('rollback');
		throw error;
	}
}

function spansOf(
	device: DeviceIn,
	suppliers: ReadonlyMap<string, number>,
	fedBy: number | null
): Span[] | null | { refused: string } {
	if (!device.tenures) return null;
	const spans: Span[] = [];
	for (const tenure of device.tenures) {
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
	return spans;
}

/** Cuts what is sorted before each Device that is stated once more: the later statement is kept upon the earlier. */
function withoutRepeats(stated: readonly Stated[]): Stated[][] {
	const parts: Stated[][] = [];
	for (const [i, one] of stated.entries()) {
		if (i === 0 || stated[i - 1]!.id.equals(one.id)) parts.push([]);
		parts.at(-1)!.push(one);
	}
	return parts;
}

/** Keeps these Devices as one set; where one of them cannot be kept, each half by itself, down to that one. */
async function keep(
	client: pg.PoolClient,
	stated: readonly Stated[],
	fedBy: number | null,
	results: DeviceResult[]
): Promise<void> {
	await client.query('savepoint part');
	try {
		const changed = await write(client, stated, fedBy);
		await client.query('release savepoint part');
		for (const one of stated) results[one.place] = changed.has(one) ? 'accepted' : 'duplicate';
	} catch (error) {
		if ((error as { code?: string }).code !== '23P01') throw error;
		await client.query('rollback to savepoint part');
		await client.query('release savepoint part');
		if (stated.length === 1) {
			results[stated[0]!.place] = {
				refused:
					'tenures: overlap with the tenure of another Supplier; state all of them together with an installation key'
			};
			return;
		}
		const middle = stated.length >> 1;
		await keep(client, stated.slice(0, middle), fedBy, results);
		await keep(client, stated.slice(middle), fedBy, results);
	}
}

/** Writes different Devices, in their order, and their tenures; returns those that are not as they were. */
async function write(
	client: pg.PoolClient,
	stated: readonly Stated[],
	fedBy: number | null
): Promise<Set<Stated>> {
	const devices = stated.map(({ device }) => device);
	const byId = new Map(stated.map((one) => [one.device.deviceId, one]));
	const of = (row: { device_id: Buffer }): Stated => byId.get(bytesToEui(row.device_id))!;
	const { rows: kept } = await client.query<{ device_id: Buffer }>(UPSERT, [
		stated.map(({ id }) => id),
		devices.map((d) => d.deviceType),
		stated.map(({ id, device: d }) => (d.hubId ? euiToBytes(d.hubId) : d.deviceType === 'CHF' ? id : null)),
		devices.map((d) => d.model ?? null),
		devices.map((d) => d.firmware ?? null),
		devices.map((d) => d.area ?? null)
	]);
	const changed = new Set(kept.map(of));

	const corrected = stated.filter(({ spans }) => spans !== null);
	if (corrected.length === 0) return changed;
	const { rows: standing } = await client.query<StandingTenure>(STANDING, [
		corrected.map(({ id }) => id),
		fedBy
	]);
	const spell = (supplierId: number, from: string, to: string | null) => `${supplierId} ${from} ${to ?? ''}`;
	const wanted = new Map(
		corrected.map((one) => [one, new Map(one.spans!.map((s) => [spell(s.supplierId, s.from, s.to), s]))])
	);
	const ended: bigint[] = [];
	for (const row of standing) {
		const same = spell(row.supplier_id, row.from.toISOString(), row.to?.toISOString() ?? null);
		if (wanted.get(of(row))!.delete(same)) continue;
		ended.push(row.id);
		changed.add(of(row));
	}
	if (ended.length > 0)
		await client.query('update tenure set superseded_at = now() where id = any($1)', [ended]);
	const begun = [...wanted].flatMap(([one, spans]) => [...spans.values()].map((span) => ({ one, ...span })));
	for (const { one } of begun) changed.add(one);
	if (begun.length > 0)
		await client.query(BEGIN, [
			begun.map(({ one }) => one.id),
			begun.map((span) => span.supplierId),
			begun.map((span) => span.from),
			begun.map((span) => span.to)
		]);
	return changed;
}

interface StandingTenure {
	id: bigint;
	device_id: Buffer;
	supplier_id: number;
	from: Date;
	to: Date | null;
}

/** The ids of a doorbell are numbers: a Device is its eight bytes as one. */
async function leaveDoorbell(client: pg.PoolClient, changed: readonly Buffer[]): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(
		`insert into doorbell (job, ids) values ('correlate-devices', $1) returning id`,
		[[...new Set(changed.map((id) => id.readBigInt64BE()))]]
	);
	return rows[0]!.id;
}

const UPSERT = `
insert into device as d (device_id, device_type, hub_id, model, firmware, area)
select device_id, device_type, hub_id, model, firmware, area
from unnest($1::bytea[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::text[]) with ordinality
	as i(device_id, device_type, hub_id, model, firmware, area, place)
order by place
on conflict (device_id) do update set device_type = excluded.device_type, hub_id = coalesce(excluded.hub_id, d.hub_id),
	model = coalesce(excluded.model, d.model), firmware = coalesce(excluded.firmware, d.firmware),
	area = coalesce(excluded.area, d.area), updated_at = now()
where (d.device_type, d.hub_id, d.model, d.firmware, d.area) is distinct from
	(excluded.device_type, coalesce(excluded.hub_id, d.hub_id), coalesce(excluded.model, d.model),
	 coalesce(excluded.firmware, d.firmware), coalesce(excluded.area, d.area))
returning device_id`;

const STANDING = `
select id, device_id, supplier_id, lower(during) as "from", upper(during) as "to" from tenure
where device_id = any($1::bytea[]) and superseded_at is null and ($2::smallint is null or supplier_id = $2) for update`;

const BEGIN = `
insert into tenure (device_id, supplier_id, during)
select device_id, supplier_id, tstzrange("from", "to", '[)')
from unnest($1::bytea[], $2::smallint[], $3::timestamptz[], $4::timestamptz[]) as t(device_id, supplier_id, "from", "to")`;

// Stores Devices and tenures from the inventory. A call with tenures of a Device states all of them, and stored tenures
// that differ are superseded. One commit stores a group of Devices with the doorbell that has their Alerts explained
// again.
import type pg from 'pg';
import type { DeviceIn } from '#lib/domain/device.ts';
import type { Feeder } from '#lib/domain/fed-by.ts';
import { addDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { transact } from '#lib/server/postgres/transaction.ts';

/** The result of storing a Device. `refused`: the reason why the Device was not stored. */
export type DeviceResult = 'accepted' | 'duplicate' | { refused: string };

export type DeviceStore = ReturnType<typeof createDeviceStore>;

const DEVICES_PER_COMMIT = 200;
/**
 * The PostgreSQL error code of two rows that violate an exclusion constraint. Here, two tenures of a Device overlap.
 */
const EXCLUSION_VIOLATION = '23P01';

export function createDeviceStore({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }) {
	return {
		/**
		 * Stores the Devices in groups, each in one transaction. If a Device cannot be stored, only that Device is
		 * refused. The write rules must have accepted them. What a Supplier's key says of a Device is stored beside what
		 * the installation says, for that Supplier alone. A changed statement of the installation ends those of Suppliers.
		 */
		async record(devices: readonly DeviceIn[], writer: Writer): Promise<DeviceResult[]> {
			const client = await pool.connect();
			try {
				const { rows } = await client.query<{ id: number; slug: string }>('select id, slug from supplier');
				const suppliers = new Map(rows.map((row) => [row.slug, row.id]));
				const results: DeviceResult[] = [];
				for (let i = 0; i < devices.length; i += DEVICES_PER_COMMIT) {
					const group = devices.slice(i, i + DEVICES_PER_COMMIT);
					const { results: done, doorbell } = await recordGroup(client, group, suppliers, writer);
					results.push(...done);
					if (doorbell !== null) enqueue('correlate-devices', doorbell);
				}
				return results;
			} finally {
				client.release();
			}
		}
	};
}

/** Who states the Devices, and the id of the API key. */
export interface Writer {
	fedBy: Feeder;
	keyId: number;
}

/** A Device of the call with its tenures. */
interface Stated {
	/** The place of the Device in the group, from 0. */
	place: number;
	device: DeviceIn;
	id: Buffer;
	/** The tenures that the call states for the Device. `null`: the call states none, and the stored tenures stay. */
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
	writer: Writer
) {
	const results: DeviceResult[] = [];
	const stated: Stated[] = [];
	for (const [place, device] of devices.entries()) {
		const spans = spansOf(device, suppliers);
		if (spans && 'refused' in spans) results[place] = spans;
		else stated.push({ place, device, id: euiToBytes(device.deviceId), spans });
	}
	// Every writer stores Devices in the order of their ids, so that two writers cannot deadlock.
	stated.sort((a, b) => Buffer.compare(a.id, b.id) || a.place - b.place);
	return transact(client, async () => {
		for (const part of withoutRepeats(stated)) await store(client, part, writer, results);
		const changed = stated.filter(({ place }) => results[place] === 'accepted').map(({ id }) => id);
		// The ids of a doorbell are numbers, so the eight bytes of a Device id are read as a number.
		const ids = changed.map((id) => id.readBigInt64BE());
		const doorbell = ids.length > 0 ? await addDoorbell(client, 'correlate-devices', ids) : null;
		return { results, doorbell };
	});
}

function spansOf(
	device: DeviceIn,
	suppliers: ReadonlyMap<string, number>
): Span[] | null | { refused: string } {
	if (!device.tenures) return null;
	const spans: Span[] = [];
	for (const tenure of device.tenures) {
		const supplierId = suppliers.get(tenure.supplier);
		if (supplierId === undefined)
			return {
				refused: `tenures: Supplier "${tenure.supplier}" is not known; add it with: npm run causeway -- supplier add ${tenure.supplier}`
			};
		spans.push({ supplierId, from: tenure.from, to: tenure.to });
	}
	return spans;
}

/**
 * Splits the sorted list before each repeat of a Device. So the later statement about a Device is stored after the
 * earlier statement.
 */
function withoutRepeats(stated: readonly Stated[]): Stated[][] {
	const parts: Stated[][] = [];
	for (const [i, one] of stated.entries()) {
		if (i === 0 || stated[i - 1]!.id.equals(one.id)) parts.push([]);
		parts.at(-1)!.push(one);
	}
	return parts;
}

/**
 * Stores these Devices together. If a Device cannot be stored, stores the two halves of the list separately, and so on
 * down to that Device.
 */
async function store(
	client: pg.PoolClient,
	stated: readonly Stated[],
	writer: Writer,
	results: DeviceResult[]
): Promise<void> {
	await client.query('savepoint part');
	try {
		const changed = await write(client, stated, writer);
		await client.query('release savepoint part');
		for (const one of stated) results[one.place] = changed.has(one) ? 'accepted' : 'duplicate';
	} catch (error) {
		if ((error as { code?: string }).code !== EXCLUSION_VIOLATION) throw error;
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
		await store(client, stated.slice(0, middle), writer, results);
		await store(client, stated.slice(middle), writer, results);
	}
}

/**
 * Writes Devices and their tenures in the given order. No Device may occur twice. Returns the Devices that have
 * changed.
 */
async function write(
	client: pg.PoolClient,
	stated: readonly Stated[],
	{ fedBy, keyId }: Writer
): Promise<Set<Stated>> {
	await client.query(LOCK_DEVICES({ deviceIds: stated.map(({ id }) => id) }));
	const byId = new Map(stated.map((one) => [one.device.deviceId, one]));
	const of = (row: { device_id: Buffer }): Stated => byId.get(bytesToEui(row.device_id))!;
	const { rows: written } = await client.query<{ device_id: Buffer }>(
		UPSERT({ ...DEVICE.values(stated), saidBy: fedBy ?? 0, keyId })
	);
	const changed = new Set(written.map(of));

	const corrected = stated.filter(({ spans }) => spans !== null);
	if (corrected.length === 0) return changed;
	const { rows: stored } = await client.query<StoredTenure>(
		STORED({ deviceIds: corrected.map(({ id }) => id), fedBy })
	);
	const tenureKey = (supplierId: number, from: string, to: string | null) =>
		`${supplierId} ${from} ${to ?? ''}`;
	const wanted = new Map(
		corrected.map((one) => [one, new Map(one.spans!.map((s) => [tenureKey(s.supplierId, s.from, s.to), s]))])
	);
	const ended: StoredTenure[] = [];
	for (const row of stored) {
		const key = tenureKey(row.supplier_id, row.from.toISOString(), row.to?.toISOString() ?? null);
		if (wanted.get(of(row))!.delete(key)) continue;
		ended.push(row);
		changed.add(of(row));
	}
	if (ended.length > 0) await client.query(SUPERSEDE({ ids: ended.map(({ id }) => id) }));
	const begun = [...wanted].flatMap(([one, spans]) =>
		[...spans.values()].map((span): NewTenure => {
			// A Supplier that shortens a tenure of the installation does not make it its own claim.
			const shortened = ended.some((row) => row.stated_by === null && of(row) === one);
			return { one, ...span, statedBy: shortened ? null : fedBy, keyId };
		})
	);
	for (const { one } of begun) changed.add(one);
	if (begun.length > 0) await client.query(INSERT_TENURES(TENURE.values(begun)));
	return changed;
}

interface StoredTenure {
	id: bigint;
	device_id: Buffer;
	supplier_id: number;
	from: Date;
	to: Date | null;
	stated_by: number | null;
}

interface NewTenure extends Span {
	one: Stated;
	statedBy: Feeder;
	keyId: number;
}

const DEVICE = columns<Stated>(
	{
		device_id: ['bytea', ({ id }) => id],
		device_type: ['text', ({ device }) => device.deviceType],
		// The hub of a CHF is the CHF itself.
		hub_id: [
			'bytea',
			({ id, device }) => (device.hubId ? euiToBytes(device.hubId) : device.deviceType === 'CHF' ? id : null)
		],
		model: ['text', ({ device }) => device.model ?? null],
		firmware: ['text', ({ device }) => device.firmware ?? null],
		area: ['text', ({ device }) => device.area ?? null]
	},
	{ ordinality: 'place' }
);

// Two writers of the same Device take turns, also if one writes with the key of a Supplier. The lock has the two halves of
// the Device id as its number. Every writer locks Devices in the order of their ids.
const LOCK_DEVICES = query(`
select pg_advisory_xact_lock(('x' || encode(substr(id, 1, 4), 'hex'))::bit(32)::int, ('x' || encode(substr(id, 5), 'hex'))::bit(32)::int)
from (select unnest(:deviceIds::bytea[]) as id order by 1) ordered`);

// A statement that leaves a field out keeps the field as it was known to its feeder.
const UPSERT = query(`
with stated as (
	select i.place, i.device_id, i.device_type, coalesce(i.hub_id, k.hub_id) as hub_id, coalesce(i.model, k.model) as model,
		coalesce(i.firmware, k.firmware) as firmware, coalesce(i.area, k.area) as area,
		case when k.device_id is not null then now() end as changed_at
	from (select * from ${DEVICE.from}) i left join lateral (
		select * from device where device_id = i.device_id and said_by in (0, :saidBy::smallint)
		order by said_by desc limit 1
	) k on true
	where (k.device_type, k.hub_id, k.model, k.firmware, k.area) is distinct from (i.device_type,
		coalesce(i.hub_id, k.hub_id), coalesce(i.model, k.model), coalesce(i.firmware, k.firmware), coalesce(i.area, k.area))
), ended as (
	delete from device where :saidBy = 0 and said_by > 0 and device_id in (select device_id from stated)
)
insert into device (said_by, said_key, ${DEVICE.names}, changed_at)
select :saidBy, :keyId::integer, ${DEVICE.names}, changed_at from stated
order by place
on conflict (device_id, said_by) do update set device_type = excluded.device_type,
	hub_id = coalesce(excluded.hub_id, device.hub_id), model = coalesce(excluded.model, device.model),
	firmware = coalesce(excluded.firmware, device.firmware), area = coalesce(excluded.area, device.area),
	said_key = excluded.said_key, updated_at = now(), changed_at = now()
returning device_id`);

const STORED = query(`
select id, device_id, supplier_id, lower(during) as "from", upper(during) as "to", stated_by from tenure
where device_id = any(:deviceIds::bytea[]) and superseded_at is null and (:fedBy::smallint is null or supplier_id = :fedBy) for update`);

const SUPERSEDE = query('update tenure set superseded_at = now() where id = any(:ids)');

const TENURE = columns<NewTenure>({
	device_id: ['bytea', ({ one }) => one.id],
	supplier_id: ['smallint', (span) => span.supplierId],
	since: ['timestamptz', (span) => span.from],
	until: ['timestamptz', (span) => span.to],
	stated_by: ['smallint', (span) => span.statedBy],
	stated_key: ['integer', (span) => span.keyId]
});

const INSERT_TENURES = query(`
insert into tenure (device_id, supplier_id, during, stated_by, stated_key)
select device_id, supplier_id, tstzrange(since, until, '[)'), stated_by, stated_key from ${TENURE.from}`);

// Stores Devices and tenures from the inventory. A call with tenures of a Device states all of them, and stored tenures
// that differ are superseded. One commit stores a group of Devices with the doorbell that has their Alerts explained
// again.
import type pg from 'pg';
import type { DeviceIn } from '#lib/domain/device.ts';
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
		 * refused. `fedBy`: the Supplier whose API key may state only the tenures of that Supplier. `null`: the key
		 * belongs to the installation and may state all tenures.
		 */
		async record(devices: readonly DeviceIn[], fedBy: number | null): Promise<DeviceResult[]> {
			const client = await pool.connect();
			try {
				const { rows } = await client.query<{ id: number; slug: string }>('select id, slug from supplier');
				const suppliers = new Map(rows.map((row) => [row.slug, row.id]));
				const results: DeviceResult[] = [];
				for (let i = 0; i < devices.length; i += DEVICES_PER_COMMIT) {
					const group = devices.slice(i, i + DEVICES_PER_COMMIT);
					const { results: done, doorbell } = await recordGroup(client, group, suppliers, fedBy);
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
	fedBy: number | null
) {
	const results: DeviceResult[] = [];
	const stated: Stated[] = [];
	for (const [place, device] of devices.entries()) {
		const spans = spansOf(device, suppliers, fedBy);
		if (spans && 'refused' in spans) results[place] = spans;
		else stated.push({ place, device, id: euiToBytes(device.deviceId), spans });
	}
	// Every writer stores Devices in the order of their ids, so that two writers cannot deadlock.
	stated.sort((a, b) => Buffer.compare(a.id, b.id) || a.place - b.place);
	return transact(client, async () => {
		for (const part of withoutRepeats(stated)) await store(client, part, fedBy, results);
		const changed = stated.filter(({ place }) => results[place] === 'accepted').map(({ id }) => id);
		// The ids of a doorbell are numbers, so the eight bytes of a Device id are read as a number.
		const ids = changed.map((id) => id.readBigInt64BE());
		const doorbell = ids.length > 0 ? await addDoorbell(client, 'correlate-devices', ids) : null;
		return { results, doorbell };
	});
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
	fedBy: number | null,
	results: DeviceResult[]
): Promise<void> {
	await client.query('savepoint part');
	try {
		const changed = await write(client, stated, fedBy);
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
		await store(client, stated.slice(0, middle), fedBy, results);
		await store(client, stated.slice(middle), fedBy, results);
	}
}

/**
 * Writes Devices and their tenures in the given order. No Device may occur twice. Returns the Devices that have
 * changed.
 */
async function write(
	client: pg.PoolClient,
	stated: readonly Stated[],
	fedBy: number | null
): Promise<Set<Stated>> {
	const byId = new Map(stated.map((one) => [one.device.deviceId, one]));
	const of = (row: { device_id: Buffer }): Stated => byId.get(bytesToEui(row.device_id))!;
	const { rows: written } = await client.query<{ device_id: Buffer }>(UPSERT(DEVICE.values(stated)));
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
	const ended: bigint[] = [];
	for (const row of stored) {
		const key = tenureKey(row.supplier_id, row.from.toISOString(), row.to?.toISOString() ?? null);
		if (wanted.get(of(row))!.delete(key)) continue;
		ended.push(row.id);
		changed.add(of(row));
	}
	if (ended.length > 0) await client.query(SUPERSEDE({ ids: ended }));
	const begun = [...wanted].flatMap(([one, spans]) =>
		[...spans.values()].map((span): NewTenure => ({ one, ...span }))
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
}

interface NewTenure extends Span {
	one: Stated;
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

const UPSERT = query(`
insert into device as d (${DEVICE.names}) select ${DEVICE.names} from ${DEVICE.from}
order by place
on conflict (device_id) do update set device_type = excluded.device_type, hub_id = coalesce(excluded.hub_id, d.hub_id),
	model = coalesce(excluded.model, d.model), firmware = coalesce(excluded.firmware, d.firmware),
	area = coalesce(excluded.area, d.area), updated_at = now()
where (d.device_type, d.hub_id, d.model, d.firmware, d.area) is distinct from
	(excluded.device_type, coalesce(excluded.hub_id, d.hub_id), coalesce(excluded.model, d.model),
	 coalesce(excluded.firmware, d.firmware), coalesce(excluded.area, d.area))
returning device_id`);

const STORED = query(`
select id, device_id, supplier_id, lower(during) as "from", upper(during) as "to" from tenure
where device_id = any(:deviceIds::bytea[]) and superseded_at is null and (:fedBy::smallint is null or supplier_id = :fedBy) for update`);

const SUPERSEDE = query('update tenure set superseded_at = now() where id = any(:ids)');

const TENURE = columns<NewTenure>({
	device_id: ['bytea', ({ one }) => one.id],
	supplier_id: ['smallint', (span) => span.supplierId],
	since: ['timestamptz', (span) => span.from],
	until: ['timestamptz', (span) => span.to]
});

const INSERT_TENURES = query(`
insert into tenure (device_id, supplier_id, during)
select device_id, supplier_id, tstzrange(since, until, '[)') from ${TENURE.from}`);

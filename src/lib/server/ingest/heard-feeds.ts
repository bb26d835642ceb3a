// Notes when records last arrived, for each Supplier that may see them. The web process collects the arrivals in memory
// and writes them at most once in two seconds, so that no commit of a record waits for it.
import type pg from 'pg';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import type { Feeder } from '#lib/domain/fed-by.ts';
import { silentAfter, type FeedKind, type HeardFeed } from '#lib/domain/feed-state.ts';
import { splitRequestId } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import type { AlertStore } from './alert-store.ts';
import type { DeviceStore } from './device-store.ts';
import type { RequestStore } from './request-store.ts';

export type HeardFeeds = ReturnType<typeof createHeardFeeds>;

/** Arrived records of one kind and one Device. */
interface Arrival {
	kind: FeedKind;
	fedBy: Feeder;
	/** The Device whose tenure tells the Supplier; `null`: the feeder alone is noted. */
	deviceId: string | null;
	/** The sender of a Service Request, or the addressee of an Alert; `null`: not known. */
	userId: string | null;
	/** The instant whose tenure counts (epoch ms). */
	at: number;
	heardAt: Date;
}

const WRITE_EVERY_MS = 2000;
/** The web process looks up the tenures of at most this many Devices in one write. The next write notes the others. */
const MOST_ARRIVALS = 2000;

export function createHeardFeeds(deps: {
	pool: pg.Pool;
	silentAfterSeconds: number;
	warn: (error: Error) => void;
}) {
	const { pool, silentAfterSeconds, warn } = deps;
	let arrivals = new Map<string, Arrival>();
	let timer: ReturnType<typeof setTimeout> | undefined;
	let writing: Promise<void> = Promise.resolve();

	function note(arrival: Arrival): void {
		const { kind, fedBy, deviceId, userId } = arrival;
		const key = `${kind} ${fedBy} ${deviceId} ${userId}`;
		if (arrivals.size < MOST_ARRIVALS || arrivals.has(key)) arrivals.set(key, arrival);
	}

	/** Notes records of one feeder. What a Supplier's key sends concerns that Supplier alone. */
	function noteAll(
		kind: FeedKind,
		fedBy: Feeder,
		records: Array<Omit<Arrival, 'kind' | 'fedBy' | 'heardAt'>>
	) {
		if (records.length === 0) return;
		const heardAt = new Date();
		note({ kind, fedBy, deviceId: null, userId: null, at: heardAt.getTime(), heardAt });
		if (fedBy === null) for (const record of records) note({ kind, fedBy, heardAt, ...record });
		// The first arrival after a quiet time is written at once, and those that follow it together.
		timer ??= setTimeout(write, 0);
	}

	function write(): void {
		if (arrivals.size === 0) return void (timer = undefined);
		const rows = [...arrivals.values()];
		arrivals = new Map();
		timer = setTimeout(write, WRITE_EVERY_MS).unref();
		writing = pool.query(NOTE(ARRIVAL.values(rows))).then(() => {}, warn);
	}

	return {
		/** Returns the store of Alerts, which now notes what arrives. */
		alerts: (store: AlertStore): AlertStore => ({
			...store,
			get waiting() {
				return store.waiting;
			},
			async add(arrived, lane) {
				const results = await store.add(arrived, lane);
				const records = arrived.map(({ alert, arrivedAt }) => ({
					deviceId: alert.deviceId,
					userId: alert.recipientId ?? null,
					at: effectiveTime(
						alert.raisedAt ? Date.parse(alert.raisedAt) : null,
						alert.receivedAt ? Date.parse(alert.receivedAt) : arrivedAt.getTime(),
						alert.clockStatus
					)
				}));
				noteAll('alert', lane ?? null, records);
				return results;
			}
		}),

		/** Returns the store of Service Requests, which now notes what arrives. */
		requests: (store: RequestStore): RequestStore => ({
			...store,
			get waiting() {
				return store.waiting;
			},
			async add(arrived, lane) {
				const results = await store.add(arrived, lane);
				const records = arrived.map(({ record }) => {
					const parts = splitRequestId(record.requestId);
					return {
						deviceId: record.deviceId ?? parts.deviceId,
						userId: record.userId ?? parts.userId,
						at: Date.parse((record.requestedAt ?? record.respondedAt)!)
					};
				});
				noteAll('service-request', lane ?? null, records);
				return results;
			}
		}),

		/** Returns the store of Devices, which now notes what arrives. */
		devices: (store: DeviceStore): DeviceStore => ({
			async record(devices, writer) {
				const results = await store.record(devices, writer);
				const now = Date.now();
				const stored = devices.filter((_, i) => typeof results[i] === 'string');
				const records = stored.map(({ deviceId }) => ({ deviceId, userId: null, at: now }));
				noteAll('device', writer.fedBy, records);
				return results;
			}
		}),

		list: (viewer: number | null): Promise<HeardFeed[]> => listHeardFeeds(pool, viewer, silentAfterSeconds),

		/** Writes what has arrived since the last write. */
		async close(): Promise<void> {
			clearTimeout(timer);
			await writing;
			write();
			clearTimeout(timer);
			await writing;
		}
	};
}

/**
 * Returns the feeds of a Supplier: of its own keys, and of the keys of the installation as far as they sent records of
 * its tenure, or of its User IDs. `null` returns the feeds of all owners of keys.
 */
export async function listHeardFeeds(
	pool: pg.Pool,
	viewer: number | null,
	silentAfterSeconds: number
): Promise<HeardFeed[]> {
	const { rows } = await pool.query<{
		kind: FeedKind;
		slug: string | null;
		last_at: Date;
		longest_gap_seconds: number | null;
	}>(LIST({ viewer }));
	return rows.map((row) => ({
		kind: row.kind,
		supplier: row.slug,
		lastAt: row.last_at.toISOString(),
		silentAfterSeconds: silentAfter(row.kind, row.longest_gap_seconds, silentAfterSeconds)
	}));
}

const ARRIVAL = columns<Arrival>({
	kind: ['text', ({ kind }) => kind],
	fed_by: ['smallint', ({ fedBy }) => fedBy],
	device_id: ['bytea', ({ deviceId }) => deviceId && euiToBytes(deviceId)],
	user_id: ['bytea', ({ userId }) => userId && euiToBytes(userId)],
	at: ['timestamptz', ({ at }) => new Date(at).toISOString()],
	heard_at: ['timestamptz', ({ heardAt }) => heardAt.toISOString()]
});

// The longest gap halves in a day, so that a feed that has become faster is soon watched more closely.
const NOTE = query(`
with arrived as (
	select * from ${ARRIVAL.from}
), heard as (
	select fed_by as supplier_id, kind, true as own, heard_at from arrived where device_id is null
	union all
	select t.supplier_id, kind, false, heard_at from arrived join tenure t using (device_id)
	where fed_by is null and t.superseded_at is null and t.during @> at
	union all
	select u.supplier_id, kind, false, heard_at from arrived join supplier_user u using (user_id) where fed_by is null
)
insert into feed_heard as f (supplier_id, kind, own, last_at)
select supplier_id, kind, own, max(heard_at) from heard group by supplier_id, kind, own
order by coalesce(supplier_id, 0), kind, own
on conflict (coalesce(supplier_id, 0), kind, own) do update
set last_at = excluded.last_at, longest_gap_seconds = greatest(
	extract(epoch from excluded.last_at - f.last_at),
	f.longest_gap_seconds * power(0.5, extract(epoch from excluded.last_at - f.last_at)::double precision / 86400)
)
where excluded.last_at > f.last_at`);

const LIST = query(`
select f.kind, case when f.own then s.slug end as slug, f.last_at, f.longest_gap_seconds
from feed_heard f left join supplier s on s.id = f.supplier_id
where case when :viewer::smallint is null then f.own else f.supplier_id = :viewer end
order by f.own, s.slug nulls first, array_position(array['device', 'service-request', 'alert'], f.kind)`);

// Alerts as they arrive: written once each, with the doorbell that has them correlated, in one commit a micro-batch.
import { hash } from 'node:crypto';
import type { AlertIn } from '#lib/domain/alert.ts';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import type pg from 'pg';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { euiToBytes } from '#lib/server/postgres/database.ts';
import { createMicroBatch } from './micro-batch.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';

export interface ArrivedAlert {
	alert: AlertIn;
	/** The Supplier whose key brought it, `null` for a key of the whole installation. */
	fedBy: number | null;
	/** Used where the sender gave no receivedAt. */
	arrivedAt: Date;
}

/** `conflict`: the same message id with other content. */
export type Kept = 'accepted' | 'duplicate' | 'conflict';

export type AlertStore = ReturnType<typeof createAlertStore>;

interface Row extends ArrivedAlert {
	id: bigint;
	messageId: string;
	key: Buffer;
	digest: Buffer;
}

export function createAlertStore(deps: {
	pool: pg.Pool;
	nextId: () => bigint;
	ring: Ring;
	lingerMs: number;
	backlog: Pick<Backlog, 'isPressed'>;
}) {
	const { pool, nextId, ring, lingerMs, backlog } = deps;
	return createMicroBatch<ArrivedAlert, Kept>({ lingerMs, size: 500, concurrency: 1, write });

	async function write(arrived: ArrivedAlert[]): Promise<Kept[]> {
		const rows = arrived.map(toRow);
		const first = new Map<string, Row>();
		for (const row of rows)
			if (!first.has(row.key.toString('latin1'))) first.set(row.key.toString('latin1'), row);
		// In the order of their keys, so that two writers with messages in common never wait for each other in a ring.
		const unique = [...first.values()].sort((a, b) => Buffer.compare(a.key, b.key));
		const { fresh, doorbells } = await insert(pool, unique, backlog.isPressed);
		for (const doorbell of doorbells) ring('correlate-alerts', doorbell);
		const known = await digestsOf(
			pool,
			unique.filter((row) => !fresh.has(row.id))
		);
		return rows.map((row) => {
			const original = first.get(row.key.toString('latin1'))!;
			const digest = known.get(row.key.toString('latin1')) ?? original.digest;
			if (!digest.equals(row.digest)) return 'conflict';
			return row === original && fresh.has(row.id) ? 'accepted' : 'duplicate';
		});
	}

	function toRow(arrived: ArrivedAlert): Row {
		const { messageId, receivedAt, ...content } = arrived.alert;
		// The time of receipt is not content: a redelivery of one message has another.
		const digest = sha256(JSON.stringify(content));
		const id = messageId ?? `digest:${sha256(JSON.stringify([content, receivedAt])).toString('hex')}`;
		return { ...arrived, id: nextId(), messageId: id, key: sha256(id), digest };
	}
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');

/** `apart`: what is critical gets a doorbell of its own, to be explained before the rest. */
async function insert(
	pool: pg.Pool,
	rows: Row[],
	apart: boolean
): Promise<{ fresh: Set<bigint>; doorbells: bigint[] }> {
	const received = rows.map((row) => row.alert.receivedAt ?? row.arrivedAt.toISOString());
	const result = await pool.query<{ fresh: string[]; doorbells: string[] }>({
		name: 'keep-alerts',
		text: INSERT,
		values: [
			rows.map((r) => r.key),
			rows.map((r) => r.digest),
			rows.map((r) => r.id),
			rows.map((r) => r.messageId),
			rows.map((r) => euiToBytes(r.alert.deviceId)),
			rows.map((r) => r.alert.kind),
			rows.map((r) => r.alert.code),
			rows.map((r) => r.alert.dccPayload ?? null),
			rows.map((r) => r.alert.raisedAt ?? null),
			received,
			rows.map((r, i) => effectiveIso(r.alert, received[i]!)),
			rows.map((r) => r.alert.clockStatus),
			rows.map((r) => (r.alert.recipientId ? euiToBytes(r.alert.recipientId) : null)),
			rows.map((r) => r.alert.throttledCount ?? null),
			rows.map((r) => (r.alert.reference ? JSON.stringify(r.alert.reference) : null)),
			rows.map((r) => counterOf(r.alert.reference ?? null)),
			rows.map((r) => r.fedBy),
			rows.map((r) => r.alert.imageHash ?? null),
			rows.map((r) => isCritical(r.alert)),
			apart
		]
	});
	const { fresh, doorbells } = result.rows[0]!;
	return { fresh: new Set(fresh.map(BigInt)), doorbells: doorbells.map(BigInt) };
}

const isCritical = ({ kind, code, dccPayload = null }: AlertIn): boolean =>
	describeAlert({ kind, code, dccPayload }).priority === 1;

function effectiveIso(alert: AlertIn, receivedAt: string): string {
	const raised = alert.raisedAt ? Date.parse(alert.raisedAt) : null;
	return new Date(effectiveTime(raised, Date.parse(receivedAt), alert.clockStatus)).toISOString();
}

async function digestsOf(pool: pg.Pool, rows: Row[]): Promise<Map<string, Buffer>> {
	if (rows.length === 0) return new Map();
	const result = await pool.query<{ key: Buffer; digest: Buffer }>(
		'select key, digest from message_key where key = any($1)',
		[rows.map((r) => r.key)]
	);
	return new Map(result.rows.map((row) => [row.key.toString('latin1'), row.digest]));
}

const INSERT = `
with input as (
	select * from unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[],
		$9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::bytea[], $14::bigint[], $15::jsonb[],
		$16::numeric[], $17::smallint[], $18::text[], $19::boolean[])
	as t(key, digest, id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status,
		recipient_id, throttled_count, reference, reference_counter, fed_by, image_hash, urgent)
), fresh as (
	insert into message_key (key, digest, alert_id) select key, digest, id from input
	on conflict (key) do nothing returning alert_id
), kept as (
	insert into alert (id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status,
		recipient_id, throttled_count, reference, reference_counter, fed_by, image_hash)
	select id, message_id, device_id, kind, code, dcc_payload, raised_at, received_at, effective_at, clock_status,
		recipient_id, throttled_count, reference, reference_counter, fed_by, image_hash
	from input where id in (select alert_id from fresh)
), bell as (
	insert into doorbell (job, ids, urgent) select 'correlate-alerts', array_agg(alert_id order by alert_id), bool_or(urgent)
	from fresh join input on id = alert_id group by case when $20 then urgent end order by 3 desc returning id
)
select array(select id from bell)::text[] as doorbells, array(select alert_id from fresh)::text[] as fresh`;

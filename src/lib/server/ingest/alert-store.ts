// Stores Alerts as they arrive, each only once. One commit stores a micro-batch of Alerts with the doorbells that have
// the Alerts explained.
import { hash } from 'node:crypto';
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import type { AlertIn } from '#lib/domain/alert.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import type { Feeder } from '#lib/domain/fed-by.ts';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { insertUrgentDoorbells } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { columns, query, statement } from '#lib/server/postgres/statement.ts';
import { createMicroBatch } from './micro-batch.ts';

export interface ArrivedAlert {
	alert: AlertIn;
	/** The Supplier whose API key sent the Alert; `null`: the key belongs to the whole installation. */
	fedBy: Feeder;
	/** The id of the API key that sent the Alert. */
	keyId: number;
	/** The time when the call arrived. An Alert without `receivedAt` gets this time as its time of receipt. */
	arrivedAt: Date;
}

/**
 * The result of storing an Alert. `conflict`: an Alert with the same message id and other content was stored before.
 */
export type StoreResult = 'accepted' | 'duplicate' | 'conflict';

export type AlertStore = ReturnType<typeof createAlertStore>;

interface Row extends ArrivedAlert {
	id: bigint;
	messageId: string;
	/** The SHA-256 digest of the message id. */
	key: Buffer;
	/** The SHA-256 digest of the Alert's content. */
	digest: Buffer;
	receivedAt: string;
}

const ALERTS_PER_COMMIT = 500;

export function createAlertStore(deps: {
	pool: pg.Pool;
	nextId: () => bigint;
	enqueue: Enqueue;
	lingerMs: number;
	backlog: Pick<Backlog, 'isPressed'>;
}) {
	const { pool, nextId, enqueue, lingerMs, backlog } = deps;
	return createMicroBatch<ArrivedAlert, StoreResult>({
		lingerMs,
		size: ALERTS_PER_COMMIT,
		concurrency: 1,
		write
	});

	async function write(arrived: ArrivedAlert[]): Promise<StoreResult[]> {
		const rows = arrived.map(toRow);
		const firstByKey = new Map<string, Row>();
		for (const row of rows) if (!firstByKey.has(keyText(row))) firstByKey.set(keyText(row), row);
		// The rows are in the order of their keys, so that two writers with the same messages cannot deadlock.
		const unique = [...firstByKey.values()].sort(
			(a, b) => Buffer.compare(a.key, b.key) || feederNumber(a) - feederNumber(b)
		);
		const { stored, doorbells } = await insert(pool, unique, backlog.isPressed);
		for (const doorbell of doorbells) enqueue('correlate-alerts', doorbell);
		const knownDigests = await digestsOf(
			pool,
			unique.filter((row) => !stored.has(row.id))
		);
		return rows.map((row) => {
			const first = firstByKey.get(keyText(row))!;
			// A key that is not stored for this feeder is the installation's, with the same content.
			const digest = knownDigests.get(keyText(row)) ?? first.digest;
			if (!digest.equals(row.digest)) return 'conflict';
			return row === first && stored.has(row.id) ? 'accepted' : 'duplicate';
		});
	}

	function toRow(arrived: ArrivedAlert): Row {
		const { messageId, receivedAt, ...content } = arrived.alert;
		// The digest leaves out the time of receipt, because a repeated delivery of the same message has another time
		// of receipt.
		const digest = sha256(JSON.stringify(content));
		const id = messageId ?? `digest:${sha256(JSON.stringify([content, receivedAt])).toString('hex')}`;
		return {
			...arrived,
			id: nextId(),
			messageId: id,
			key: sha256(id),
			digest,
			receivedAt: receivedAt ?? arrived.arrivedAt.toISOString()
		};
	}
}

const sha256 = (text: string): Buffer => hash('sha256', text, 'buffer');
/** The same message of two feeders has two keys, so that no Supplier can take the message id of another. */
const keyText = ({ key, fedBy }: { key: Buffer; fedBy: Feeder }): string =>
	`${key.toString('latin1')} ${fedBy ?? 0}`;
const feederNumber = ({ fedBy }: { fedBy: Feeder }): number => fedBy ?? 0;

/**
 * Stores the rows and inserts their doorbells. `urgentApart`: urgent Alerts get a separate doorbell, so that a worker
 * explains them before the other Alerts.
 */
async function insert(
	pool: pg.Pool,
	rows: readonly Row[],
	urgentApart: boolean
): Promise<{ stored: Set<bigint>; doorbells: bigint[] }> {
	const result = await pool.query<{ stored: string[]; doorbells: string[] }>(
		INSERT({ ...INPUT.values(rows), urgentApart })
	);
	const { stored, doorbells } = result.rows[0]!;
	return { stored: new Set(stored.map(BigInt)), doorbells: doorbells.map(BigInt) };
}

const isUrgent = ({ kind, code, dccPayload = null }: AlertIn): boolean =>
	describeAlert({ kind, code, dccPayload }).priority === 1;

function effectiveIso({ alert, receivedAt }: Row): string {
	const raisedAt = alert.raisedAt ? Date.parse(alert.raisedAt) : null;
	return new Date(effectiveTime(raisedAt, Date.parse(receivedAt), alert.clockStatus)).toISOString();
}

async function digestsOf(pool: pg.Pool, rows: readonly Row[]): Promise<Map<string, Buffer>> {
	if (rows.length === 0) return new Map();
	const result = await pool.query<{ key: Buffer; fed_by: number; digest: Buffer }>(
		DIGESTS({ keys: rows.map((row) => row.key) })
	);
	return new Map(
		result.rows.map(({ key, fed_by: feeder, digest }) => [keyText({ key, fedBy: feeder || null }), digest])
	);
}

const ALERT = columns<Row>({
	id: ['bigint', (row) => row.id],
	message_id: ['text', (row) => row.messageId],
	device_id: ['bytea', ({ alert }) => euiToBytes(alert.deviceId)],
	kind: ['text', ({ alert }) => alert.kind],
	code: ['text', ({ alert }) => alert.code],
	dcc_payload: ['text', ({ alert }) => alert.dccPayload ?? null],
	raised_at: ['timestamptz', ({ alert }) => alert.raisedAt ?? null],
	received_at: ['timestamptz', (row) => row.receivedAt],
	effective_at: ['timestamptz', effectiveIso],
	clock_status: ['text', ({ alert }) => alert.clockStatus],
	recipient_id: ['bytea', ({ alert }) => (alert.recipientId ? euiToBytes(alert.recipientId) : null)],
	throttled_count: ['bigint', ({ alert }) => alert.throttledCount ?? null],
	reference: ['jsonb', ({ alert }) => (alert.reference ? JSON.stringify(alert.reference) : null)],
	reference_counter: ['numeric', ({ alert }) => counterOf(alert.reference ?? null)],
	fed_by: ['smallint', (row) => row.fedBy],
	fed_key: ['integer', (row) => row.keyId],
	image_hash: ['text', ({ alert }) => alert.imageHash ?? null]
});

const INPUT = columns<Row>({
	...ALERT.spec,
	key: ['bytea', (row) => row.key],
	digest: ['bytea', (row) => row.digest],
	urgent: ['boolean', ({ alert }) => isUrgent(alert)]
});

// A Supplier's copy of a message that the installation has fed is a duplicate. If the Supplier fed its copy first, the
// Supplier keeps its copy, and the installation's Alert notes the Supplier in `own_copies`.
const INSERT = statement(
	'store-alerts',
	`
with input as (
	select * from ${INPUT.from}
), shared as (
	select id from input i where fed_by is not null and exists (
		select from message_key m where m.key = i.key and m.fed_by = 0 and m.digest = i.digest
	)
), fresh as (
	insert into message_key (key, fed_by, digest, alert_id) select key, coalesce(fed_by, 0), digest, id from input
	where fed_by is null or id not in (select id from shared)
	on conflict (key, fed_by) do nothing returning alert_id
), stored as (
	insert into alert (${ALERT.names}, own_copies) select ${ALERT.names}, case when fed_by is null then (
		select array_agg(m.fed_by) from message_key m where m.key = i.key and m.fed_by > 0 and m.digest = i.digest
	) end
	from input i where id in (select alert_id from fresh)
), bell as (${insertUrgentDoorbells('correlate-alerts', 'fresh join input on id = alert_id', {
		id: 'alert_id',
		urgent: 'urgent',
		apart: ':urgentApart'
	})}
)
select array(select id from bell)::text[] as doorbells, array(select alert_id from fresh)::text[] as stored`
);

const DIGESTS = query('select key, fed_by, digest from message_key where key = any(:keys)');

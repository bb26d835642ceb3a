// Stores and reads the notes of refused writes, for the audit.
import type pg from 'pg';
import type { Refusal, WriteRule } from '#lib/domain/write-permission.ts';
import type { RefusedWrite } from '#lib/domain/refused-write.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { countRefusedWrites } from '#lib/server/process/metrics.ts';

export type RefusedWriteLog = ReturnType<typeof createRefusedWriteLog>;

/** The greatest number of Devices that one note names. */
const NAMED_DEVICES = 20;
/** The greatest number of notes in one answer, the newest first. */
const MAX_NOTES = 500;

/** Who sent refused records: the API key and its Supplier. */
interface Sender {
	keyId: number;
	supplierId: number;
}

export function createRefusedWriteLog(pool: pg.Pool) {
	return {
		/** Counts the refused records of a call, and adds them to the note of their key, kind, reason and minute. */
		async add(
			sender: Sender,
			kind: WriteRule<never>['kind'],
			reason: Refusal['reason'],
			deviceIds: readonly string[]
		): Promise<void> {
			countRefusedWrites(kind, reason, deviceIds.length);
			const named = [...new Set(deviceIds)].slice(0, NAMED_DEVICES).map(euiToBytes);
			await pool.query(
				ADD({ ...sender, kind, reason, records: deviceIds.length, named, most: NAMED_DEVICES })
			);
		},

		/** Returns the notes since an instant, the newest first. `supplierId: null` returns those of all Suppliers. */
		async since(supplierId: number | null, at: Date): Promise<RefusedWrite[]> {
			const { rows } = await pool.query<NoteRow>(SINCE({ supplierId, at, limit: MAX_NOTES }));
			return rows.map((row) => ({
				at: row.minute.toISOString(),
				supplier: row.slug,
				keyName: row.name,
				keyHint: row.hint,
				kind: row.kind,
				reason: row.reason,
				records: Number(row.records),
				deviceIds: row.device_ids.map(bytesToEui)
			}));
		}
	};
}

interface NoteRow {
	minute: Date;
	slug: string;
	name: string | null;
	hint: string;
	kind: string;
	reason: string;
	records: bigint;
	device_ids: Buffer[];
}

const ADD = query(`
insert into refused_write as w (minute, key_id, supplier_id, kind, reason, records, device_ids)
values (date_trunc('minute', now()), :keyId, :supplierId, :kind, :reason, :records, :named)
on conflict (key_id, kind, reason, minute) do update set records = w.records + excluded.records,
	device_ids = (w.device_ids || excluded.device_ids)[1:greatest(cardinality(w.device_ids), :most)]`);

const SINCE = query(`
select w.minute, s.slug, k.name, k.hint, w.kind, w.reason, w.records, w.device_ids
from refused_write w join supplier s on s.id = w.supplier_id join api_key k on k.id = w.key_id
where w.minute >= :at and (:supplierId::smallint is null or w.supplier_id = :supplierId)
order by w.minute desc, w.key_id, w.kind, w.reason limit :limit`);

// Checks each record of a Supplier's key by the table of write rules, before the record is stored. A refused record is
// counted, and noted for the audit.
import type pg from 'pg';
import type { Refusal, StatedTenure, WriteRule, WriterFacts } from '#lib/domain/write-permission.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { Caller } from '#lib/server/http/route.ts';
import type { Rejected } from './records.ts';
import type { RefusedWriteLog } from './refused-writes.ts';

export type WriteCheck = ReturnType<typeof createWriteCheck>;

/** A record with its place in the call, from 0. */
export interface Placed<T> {
	index: number;
	record: T;
}

export function createWriteCheck(pool: pg.Pool, log: RefusedWriteLog) {
	return {
		/**
		 * Splits the records into those that the caller may feed and those that it may not. A key of the installation may
		 * feed every record.
		 */
		async check<T>(
			rule: WriteRule<T>,
			{ supplierId, keyId }: Pick<Caller, 'supplierId' | 'keyId'>,
			records: ReadonlyArray<Placed<T>>
		): Promise<{ allowed: ReadonlyArray<Placed<T>>; refused: Rejected[] }> {
			if (supplierId === null || records.length === 0) return { allowed: records, refused: [] };
			const deviceIds = new Set(records.map(({ record }) => rule.deviceOf(record)));
			const facts = await readFacts(pool, supplierId, [...deviceIds]);
			const allowed: Array<Placed<T>> = [];
			const refused: Rejected[] = [];
			const devicesByReason = new Map<Refusal['reason'], string[]>();
			for (const one of records) {
				const refusal = rule.refusal(one.record, facts);
				if (!refusal) {
					allowed.push(one);
					continue;
				}
				const { reason, field, text } = refusal;
				refused.push({
					index: one.index,
					error: `${field}: ${text}`,
					errors: [{ path: field, message: text }]
				});
				const devices = devicesByReason.get(reason) ?? [];
				devices.push(rule.deviceOf(one.record));
				devicesByReason.set(reason, devices);
			}
			for (const [reason, devices] of devicesByReason)
				await log.add({ keyId: keyId!, supplierId }, rule.kind, reason, devices);
			return { allowed, refused };
		}
	};
}

async function readFacts(
	pool: pg.Pool,
	supplierId: number,
	deviceIds: readonly string[]
): Promise<WriterFacts> {
	const [{ rows: own }, { rows: spans }] = await Promise.all([
		pool.query<{ slug: string; user_ids: Buffer[] }>(OWN({ supplierId })),
		pool.query<SpanRow>(TENURES({ deviceIds: deviceIds.map(euiToBytes) }))
	]);
	const tenures = new Map<string, StatedTenure[]>();
	for (const row of spans) {
		const deviceId = bytesToEui(row.device_id);
		const tenure = {
			supplierId: row.supplier_id,
			from: row.from.getTime(),
			to: row.to?.getTime() ?? null,
			statedBy: row.stated_by
		};
		tenures.set(deviceId, [...(tenures.get(deviceId) ?? []), tenure]);
	}
	return {
		supplierId,
		slug: own[0]!.slug,
		userIds: new Set(own[0]!.user_ids.map(bytesToEui)),
		tenuresOf: (deviceId) => tenures.get(deviceId) ?? [],
		now: Date.now()
	};
}

interface SpanRow {
	device_id: Buffer;
	supplier_id: number;
	from: Date;
	to: Date | null;
	stated_by: number | null;
}

const OWN = query(`
select slug, array(select user_id from supplier_user where supplier_id = :supplierId) as user_ids
from supplier where id = :supplierId`);

const TENURES = query(`
select device_id, supplier_id, lower(during) as "from", upper(during) as "to", stated_by from tenure
where device_id = any(:deviceIds) and superseded_at is null`);

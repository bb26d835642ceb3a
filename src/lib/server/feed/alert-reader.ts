// Reads of one Supplier: lists, one Alert, the feed. Every query runs under row-level security and touches only rows
// that were written for that Supplier.
import { sql, type SqlBool } from 'kysely';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { asSupplier, type Database, type Tx } from '#lib/server/postgres/database.ts';
import { toAlert, type AlertBody, type StoredState } from './feed.ts';

export type AlertReader = ReturnType<typeof createAlertReader>;

interface Row extends Omit<StoredState, 'decision'> {
	body: unknown;
	decision: unknown;
}

const fromRow = (row: Row): Alert =>
	toAlert(row.body as AlertBody, { ...row, decision: row.decision as Decision | null });

export function createAlertReader(db: Database) {
	return {
		/** One page, newest or oldest arrival first; `head` is the feed's head before the rows were read. */
		page: (supplierId: number, filters: AlertFilters): Promise<AlertPage> =>
			asSupplier(db, supplierId, async (tx) => {
				const head = await headOf(tx, supplierId);
				const limit = filters.limit ?? 100;
				const oldestFirst = filters.sort === 'oldest';
				let query = tx
					.selectFrom('supplier_alert')
					.select(['alert_id', 'version', 'seq', 'body', 'decision', 'episode_id'])
					.where('supplier_id', '=', supplierId);
				for (const condition of conditions(filters)) query = query.where(condition);
				if (filters.cursor) query = query.where('alert_id', oldestFirst ? '>' : '<', BigInt(filters.cursor));
				const rows = await query
					.orderBy('alert_id', oldestFirst ? 'asc' : 'desc')
					.limit(limit + 1)
					.execute();
				const more = rows.length > limit;
				return {
					items: rows.slice(0, limit).map(fromRow),
					nextCursor: more ? rows[limit - 1]!.alert_id.toString() : null,
					head
				};
			}),

		/** One Alert, or `null` where there is none or it is another Supplier's. */
		one: (supplierId: number, id: string): Promise<Alert | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const row = await tx
					.selectFrom('supplier_alert')
					.select(['version', 'seq', 'body', 'decision', 'episode_id'])
					.where('supplier_id', '=', supplierId)
					.where('alert_id', '=', BigInt(id))
					.executeTakeFirst();
				return row ? fromRow(row) : null;
			}),

		/** These Alerts, in the order of the feed; unknown ids are left out. */
		many: (supplierId: number, ids: readonly string[]): Promise<Alert[]> =>
			asSupplier(db, supplierId, async (tx) => {
				const rows = await tx
					.selectFrom('supplier_alert')
					.select(['version', 'seq', 'body', 'decision', 'episode_id'])
					.where('supplier_id', '=', supplierId)
					.where(sql<SqlBool>`alert_id = any(${ids}::bigint[])`)
					.orderBy('seq')
					.execute();
				return rows.map(fromRow);
			}),

		/**
		 * Feed entries after a sequence number, each with the Alert as it stands now, or as retracted where it no longer
		 * stands here. `null`: `after` is too far back.
		 */
		feed: (supplierId: number, after: number, limit: number): Promise<FeedPage | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const head = await headOf(tx, supplierId);
				const rows = await tx
					.selectFrom('feed as f')
					.leftJoin('supplier_alert as s', (join) =>
						join.onRef('s.supplier_id', '=', 'f.supplier_id').onRef('s.alert_id', '=', 'f.alert_id')
					)
					.select(['f.alert_id', 's.version', 'f.seq', 's.body', 's.decision', 's.episode_id'])
					.where('f.supplier_id', '=', supplierId)
					.where('f.seq', '>', BigInt(after))
					.where('f.seq', '<=', BigInt(head))
					.orderBy('f.seq')
					.limit(limit)
					.execute();
				const first = rows[0] ? Number(rows[0].seq) : undefined;
				if (after < head && first !== after + 1) return null;
				const page: FeedPage = { items: [], retracted: [], head };
				for (const { alert_id, version, seq, ...row } of rows)
					if (version === null) page.retracted.push({ id: alert_id.toString(), seq: Number(seq) });
					else page.items.push(fromRow({ ...row, version, seq }));
				return page;
			}),

		/** The last sequence number of the Supplier's feed. */
		head: (supplierId: number): Promise<number> => asSupplier(db, supplierId, (tx) => headOf(tx, supplierId))
	};
}

async function headOf(tx: Tx, supplierId: number): Promise<number> {
	const row = await tx
		.selectFrom('feed_head')
		.select('seq')
		.where('supplier_id', '=', supplierId)
		.executeTakeFirst();
	return Number(row?.seq ?? 0n);
}

/** The filters as SQL; the browser applies the same ones to live rows (alert-filter.ts). */
function* conditions(f: AlertFilters) {
	if (f.explanation?.length) yield sql<SqlBool>`explanation = any(${f.explanation})`;
	if (f.decision === 'none') yield sql<SqlBool>`decision is null`;
	else if (f.decision === 'open') yield sql<SqlBool>`(decision is null or contradicted)`;
	else if (f.decision === 'contradicted') yield sql<SqlBool>`contradicted`;
	else if (f.decision === 'any') yield sql<SqlBool>`decision is not null`;
	else if (f.decision) yield sql<SqlBool>`decision->>'verdict' = ${f.decision}`;
	if (f.code) yield sql<SqlBool>`code = ${f.code}`;
	if (f.category) yield sql<SqlBool>`category = ${f.category}`;
	if (f.priority) yield sql<SqlBool>`priority <= ${f.priority}`;
	if (f.device) yield sql<SqlBool>`device_id = ${f.device}`;
	if (f.hub) yield sql<SqlBool>`hub_id = ${f.hub}`;
	if (f.episode) yield sql<SqlBool>`episode_id = ${f.episode}::bigint`;
	if (f.user) yield sql<SqlBool>`${f.user} = any(users)`;
	if (f.role) yield sql<SqlBool>`${f.role} = any(roles)`;
	if (f.since) yield sql<SqlBool>`effective_at >= ${f.since}`;
	if (f.until) yield sql<SqlBool>`effective_at < ${f.until}`;
	if (f.q) {
		const like = `%${f.q.replace(/[\\%_]/g, '\\$&')}%`;
		yield sql<SqlBool>`(code ilike ${like} or device_id ilike ${like} or body->>'name' ilike ${like} or body->>'summary' ilike ${like})`;
	}
}

// Reads one page of a list of Alerts. If no index finds the Alerts of the filters, the page reads the stored Alerts in chunks
// and ends when its time is over, so that a rare value never blocks a session.
import type pg from 'pg';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import { instantOfId, leastIdSince } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { alertConditions } from './alert-conditions.ts';
import { stateColumns, type AlertBody, type StoredState } from './feed.ts';

export interface PageRow extends StoredState {
	alert_id: bigint;
	body: AlertBody;
}

export interface RowPage {
	rows: PageRow[];
	nextCursor: string | null;
	/** How far the page has read, if it ended because its time was over. Absent: it is full, or the list has ended. */
	reachedAt?: string;
}

/** The time for one page, and the numbers of stored Alerts of its chunks. The last number repeats. */
export const PAGE_LIMITS = { seconds: 2, chunks: [2_000, 8_000, 20_000] };
export type PageLimits = typeof PAGE_LIMITS;

const DEFAULT_PAGE_SIZE = 100;

/** Returns whether an index finds the Alerts of these filters, or nearly every stored Alert passes them. */
const isDirect = ({ sort: _s, limit: _l, cursor: _c, ...filters }: AlertFilters): boolean =>
	Object.values(filters).every((value) => value === undefined) ||
	filters.device !== undefined ||
	filters.episode !== undefined ||
	filters.shelved === 'true' ||
	(filters.assignee !== undefined && filters.assignee !== 'none') ||
	['none', 'open', 'contradicted'].includes(filters.decision ?? '');

/** Reads one page within the caller's transaction, the newest stored Alerts first unless `sort` is `oldest`. */
export async function readPage(
	client: pg.ClientBase,
	supplierId: number,
	filters: AlertFilters,
	limits: PageLimits = PAGE_LIMITS
): Promise<RowPage> {
	const size = filters.limit ?? DEFAULT_PAGE_SIZE;
	const side = filters.sort === 'oldest' ? OLDEST_FIRST : NEWEST_FIRST;
	const { where, values } = alertConditions(supplierId, filters);
	/** Reads up to `limit` Alerts after `after` and up to `edge`. `edge: null`: up to the end of the list. */
	const read = async (after: string | null, edge: string | null, limit: number): Promise<PageRow[]> => {
		const bounds = `${after === null ? '' : ` and alert_id ${side.beyond} :after`}${
			edge === null ? '' : ` and not alert_id ${side.beyond} :edge`
		}`;
		const page = query(`
select alert_id, body, ${stateColumns('supplier_alert')} from supplier_alert
where ${where}${bounds} order by alert_id ${side.order} limit :limit`);
		return (await client.query<PageRow>(page({ ...values, after, edge, limit }))).rows;
	};
	const rows: PageRow[] = [];
	const end = performance.now() + limits.seconds * 1000;
	const chunks = isDirect(filters) ? [] : limits.chunks;
	for (let after = filters.cursor ?? null, round = 0; ; round++) {
		const chunk = chunks[Math.min(round, chunks.length - 1)];
		const edge = chunk === undefined ? null : await readEdge(client, supplierId, side, after, chunk);
		rows.push(...(await read(after, edge, size + 1 - rows.length)));
		if (rows.length > size) {
			rows.length = size;
			return { rows, nextCursor: rows.at(-1)!.alert_id.toString() };
		}
		if (edge === null || isPast(edge, filters)) return { rows, nextCursor: null };
		if (performance.now() >= end)
			return { rows, nextCursor: edge, reachedAt: new Date(instantOfId(BigInt(edge))).toISOString() };
		after = edge;
	}
}

/** Returns whether all Alerts after the id `edge` are older than the filter `since` lets through. */
const isPast = (edge: string, { since, sort }: AlertFilters): boolean =>
	since !== undefined && sort !== 'oldest' && BigInt(edge) < leastIdSince(Date.parse(since));

/** Reads the id of the last Alert of a chunk; `null`: the list ends before. */
async function readEdge(
	client: pg.ClientBase,
	supplierId: number,
	side: Side,
	after: string | null,
	chunk: number
): Promise<string | null> {
	const { rows } = await client.query<{ alert_id: bigint }>(
		side.edge({ supplierId, after: after ?? side.start, skip: chunk - 1 })
	);
	return rows[0]?.alert_id.toString() ?? null;
}

interface Side {
	order: 'asc' | 'desc';
	/** The sign between an id and the id after which a page begins. */
	beyond: '<' | '>';
	/** Every id is beyond this one. */
	start: bigint;
	edge: ReturnType<typeof query>;
}
const side = (order: Side['order'], beyond: Side['beyond'], start: bigint): Side => ({
	order,
	beyond,
	start,
	edge: query(`
select alert_id from supplier_alert where supplier_id = :supplierId and alert_id ${beyond} :after
order by alert_id ${order} offset :skip limit 1`)
});
const NEWEST_FIRST = side('desc', '<', 2n ** 63n - 1n);
const OLDEST_FIRST = side('asc', '>', -1n);

// Reads the pages of a Supplier with their deliveries, tries and history.
import type pg from 'pg';
import type {
	AnswerChannel,
	Delivery,
	Page,
	PageEventType,
	PageList,
	Recipient
} from '#lib/domain/on-call/page.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { PAGE_COLUMNS, type Actor, type PageRow } from './page-rows.ts';

const DEFAULT_LIMIT = 50;

interface DeliveryRow {
	id: bigint;
	page_id: bigint;
	event: PageEventType;
	step: number;
	channel: string;
	kind: string;
	recipient: Recipient | null;
	state: Delivery['state'];
	at: Date;
	error: string | null;
	next_at: Date | null;
	tries: Delivery['tries'];
}

interface EventRow {
	page_id: bigint;
	type: PageEventType;
	why: string;
	actor: Actor | null;
	at: Date;
}

export interface PageFilters {
	state?: Page['state'] | undefined;
	alert?: string | undefined;
	episode?: string | undefined;
	limit?: number | undefined;
	cursor?: string | undefined;
}

export type PageReader = ReturnType<typeof createPageReader>;

/** `origin`: the address of the console. */
export function createPageReader({ pool, origin }: { pool: pg.Pool; origin: string }) {
	return {
		/** Reads the pages, newest first. */
		list: (supplierId: number, filters: PageFilters): Promise<PageList> =>
			asSupplier(pool, supplierId, async (client) => {
				const limit = filters.limit ?? DEFAULT_LIMIT;
				const { state = null, alert = null, episode = null, cursor = null } = filters;
				const { rows } = await client.query<PageRow>(
					LIST({ supplierId, state, alert, episode, cursor, limit: limit + 1 })
				);
				const items = await complete(client, supplierId, rows.slice(0, limit));
				return { items, nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null };
			}),

		/** Reads one page; `null`: this Supplier has no such page. */
		one: (supplierId: number, id: string): Promise<Page | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<PageRow>(ONE({ supplierId, id }));
				return (await complete(client, supplierId, rows))[0] ?? null;
			}),

		/** Reads the deliveries that failed for good in the last 30 days, newest first, each with its page. */
		dead: (supplierId: number): Promise<Array<Delivery & { page: Page }>> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<PageRow>(WITH_DEAD({ supplierId }));
				const pages = await complete(client, supplierId, rows);
				return pages.flatMap((page) =>
					page.deliveries.filter(({ isDead }) => isDead).map((delivery) => ({ ...delivery, page }))
				);
			})
	};

	async function complete(
		client: pg.ClientBase,
		supplierId: number,
		rows: readonly PageRow[]
	): Promise<Page[]> {
		if (rows.length === 0) return [];
		const ids = rows.map((row) => row.id);
		const { rows: deliveries } = await client.query<DeliveryRow>(DELIVERIES({ supplierId, ids }));
		const { rows: events } = await client.query<EventRow>(EVENTS({ supplierId, ids }));
		const { rows: alerts } = await client.query<{ page_id: bigint; ids: string[] }>(
			ALERTS({ supplierId, ids })
		);
		const ofPage = <T extends { page_id: bigint }>(some: readonly T[], id: bigint): T[] =>
			some.filter((row) => row.page_id === id);
		return rows.map((row) => ({
			...toPage(row, origin),
			alertIds: ofPage(alerts, row.id)[0]?.ids ?? [],
			deliveries: ofPage(deliveries, row.id).map(toDelivery),
			events: ofPage(events, row.id).map(({ type, why, actor, at }) => ({
				type,
				why,
				by: actor?.by ?? null,
				channel: actor?.channel ?? null,
				at: at.toISOString()
			}))
		}));
	}
}

function toPage(row: PageRow, origin: string): Omit<Page, 'deliveries' | 'events' | 'alertIds'> {
	const answer = <T extends { by: string; at: string; channel: AnswerChannel }>({ by, at, channel }: T) => ({
		by,
		at,
		channel
	});
	return {
		id: row.id.toString(),
		state: row.state,
		subject: row.subject,
		alertId: row.alert_id?.toString() ?? null,
		episodeId: row.episode_id?.toString() ?? null,
		route: row.route,
		rota: row.plan.rota,
		priority: row.priority,
		content: row.content,
		alerts: row.alerts,
		moreAlerts: row.more_alerts,
		openedAt: row.opened_at.toISOString(),
		step: row.step,
		nextStepAt: row.step_at?.toISOString() ?? null,
		heldUntil: row.held_until?.toISOString() ?? null,
		heldWhy: row.held_why,
		acknowledged: row.acknowledged && answer(row.acknowledged),
		resolved: row.resolved && {
			by: row.resolved.by,
			at: row.resolved.at,
			channel: row.resolved.channel,
			verdict: row.resolved.verdict,
			why: row.resolved.why
		},
		alarm: row.alarm,
		version: row.version,
		url: `${origin}/on-call/pages/${row.id}`
	};
}

const toDelivery = (row: DeliveryRow): Delivery => ({
	id: row.id.toString(),
	event: row.event,
	step: row.step,
	channel: row.channel,
	kind: row.kind,
	to: row.recipient ? row.recipient.name : row.channel,
	state: row.state,
	at: row.at.toISOString(),
	error: row.error,
	nextAt: row.next_at?.toISOString() ?? null,
	isDead: row.state === 'failed' && row.next_at === null,
	tries: row.tries.map((one) => ({ ...one, at: new Date(one.at).toISOString() }))
});

const LIST = query(`
select ${PAGE_COLUMNS} from page p
where supplier_id = :supplierId and (:state::text is null or state = :state)
	and (:cursor::bigint is null or id < :cursor::bigint)
	and (:episode::bigint is null or episode_id = :episode::bigint)
	and (:alert::bigint is null or exists (
		select from page_alert a where a.supplier_id = p.supplier_id and a.page_id = p.id and a.alert_id = :alert::bigint
	))
order by id desc limit :limit`);

const ONE = query(`select ${PAGE_COLUMNS} from page where supplier_id = :supplierId and id = :id::bigint`);

const WITH_DEAD = query(`
select ${PAGE_COLUMNS} from page where supplier_id = :supplierId and id in (
	select page_id from delivery where supplier_id = :supplierId and state = 'failed' and next_at is null
		and at > now() - interval '30 days' order by id desc limit 200
) order by id desc`);

const DELIVERIES = query(`
select d.id, d.page_id, e.type as event, d.step, d.channel, d.kind, d.recipient, d.state, d.at, d.error, d.next_at,
	coalesce((
		select jsonb_agg(jsonb_build_object('at', t.at, 'ms', t.ms, 'outcome', t.outcome, 'status', t.status, 'error', t.error) order by t.id)
		from delivery_try t where t.delivery_id = d.id
	), '[]') as tries
from delivery d join page_event e on e.id = d.event_id
where d.supplier_id = :supplierId and d.page_id = any(:ids::bigint[]) order by d.id`);

const EVENTS = query(`
select page_id, type, why, actor, at from page_event
where supplier_id = :supplierId and page_id = any(:ids::bigint[]) order by id`);

const ALERTS = query(`
select i.id as page_id, array(
	select a.alert_id::text from page_alert a where a.page_id = i.id and a.supplier_id = :supplierId
	order by a.alert_id desc limit 100
) as ids from unnest(:ids::bigint[]) as i(id)`);

// Reads and writes the rows of pages within the caller's transaction. Only this folder and deliveries/ write these rows.
import type pg from 'pg';
import type { Verdict } from '#lib/domain/decision.ts';
import type {
	AnswerChannel,
	PageAnswer,
	PageChanged,
	PageContent,
	PageState,
	PageSubject
} from '#lib/domain/on-call/page.ts';
import type { PagePlan } from '#lib/domain/on-call/route.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';

/** A person, or an API key, that answers a page, and the way by which it answers. */
export interface Actor {
	by: string;
	byId: string;
	channel: AnswerChannel;
}

/** How a page ended. `by: null`: without a person. */
export interface Resolution {
	by: string | null;
	byId: string | null;
	at: string;
	channel: AnswerChannel | null;
	/** `null`: the page ended without a decision. */
	verdict: Verdict | null;
	why: string;
}

/** A row of the table `page`. */
export interface PageRow {
	id: bigint;
	supplier_id: number;
	subject: PageSubject;
	subject_key: string;
	alert_id: bigint | null;
	episode_id: bigint | null;
	route: string;
	plan: PagePlan;
	priority: number;
	state: PageState;
	held_until: Date | null;
	held_why: string | null;
	step: number;
	step_at: Date | null;
	opened_at: Date;
	acknowledged: (PageAnswer & { byId: string }) | null;
	resolved: Resolution | null;
	alarm: 'unreached' | 'unanswered' | null;
	alerts: number;
	more_alerts: number;
	content: PageContent;
	version: number;
}

export const PAGE_COLUMNS = `id, supplier_id, subject, subject_key, alert_id, episode_id, route, plan, priority, state,
	held_until, held_why, step, step_at, opened_at, acknowledged, resolved, alarm, alerts, more_alerts, content, version`;

/** A page that is about to be opened. */
export interface NewPage {
	supplierId: number;
	subject: PageSubject;
	subjectKey: string;
	alertId: bigint | null;
	episodeId: bigint | null;
	route: string;
	plan: PagePlan;
	priority: number;
	heldUntil: Date | null;
	heldWhy: string | null;
	content: PageContent;
	alertIds: readonly bigint[];
}

/** Inserts a page; `null`: a page about the same subject is not resolved. */
export async function insertPage(client: pg.ClientBase, page: NewPage): Promise<PageRow | null> {
	const { rows } = await client.query<PageRow>(
		INSERT({
			...page,
			plan: JSON.stringify(page.plan),
			content: JSON.stringify(page.content),
			alerts: page.alertIds.length
		})
	);
	const [row] = rows;
	if (row && page.alertIds.length > 0) await addAlerts(client, row, page.alertIds);
	return row ?? null;
}

const INSERT = statement(
	'insert-page',
	`insert into page (supplier_id, subject, subject_key, alert_id, episode_id, route, plan, priority, held_until, held_why, content, alerts)
	values (:supplierId, :subject, :subjectKey, :alertId, :episodeId, :route, :plan::jsonb, :priority, :heldUntil, :heldWhy, :content::jsonb, :alerts)
	on conflict (supplier_id, subject_key) where state <> 'resolved' do nothing returning ${PAGE_COLUMNS}`
);

/** Makes these Alerts part of a page. Returns the number of Alerts that were not part of it yet. */
export async function addAlerts(
	client: pg.ClientBase,
	page: Pick<PageRow, 'id' | 'supplier_id'>,
	alertIds: readonly bigint[]
): Promise<number> {
	const { rowCount } = await client.query(
		ADD_ALERTS({ pageId: page.id, supplierId: page.supplier_id, alertIds })
	);
	return rowCount ?? 0;
}

const ADD_ALERTS = statement(
	'add-page-alerts',
	`insert into page_alert (supplier_id, alert_id, page_id)
	select distinct :supplierId::smallint, id, :pageId::bigint from unnest(:alertIds::bigint[]) as id on conflict do nothing`
);

/** Locks and reads pages of a Supplier, in the order of their ids. */
export async function lockPages(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<PageRow[]> {
	if (ids.length === 0) return [];
	const { rows } = await client.query<PageRow>(LOCK({ supplierId, ids }));
	return rows;
}

const LOCK = statement(
	'lock-pages',
	`select ${PAGE_COLUMNS} from page where supplier_id = :supplierId and id = any(:ids::bigint[]) order by id for update`
);

/** Takes Alerts that the Supplier may no longer see from its pages. */
export async function removeAlerts(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly bigint[]
): Promise<void> {
	if (alertIds.length > 0) await client.query(REMOVE_ALERTS({ supplierId, alertIds }));
}

const REMOVE_ALERTS = statement(
	'remove-page-alerts',
	'delete from page_alert where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[])'
);

/** The columns of a page that a change sets. */
export type PageChange = Partial<
	Pick<
		PageRow,
		| 'subject'
		| 'subject_key'
		| 'episode_id'
		| 'route'
		| 'priority'
		| 'state'
		| 'held_until'
		| 'held_why'
		| 'step'
		| 'acknowledged'
		| 'resolved'
		| 'alarm'
		| 'alerts'
		| 'more_alerts'
		| 'content'
	>
>;

/**
 * Changes a locked page. `waitSeconds`: the page escalates after this time; `null`: not any more; absent: as before.
 * Returns the page as it is now.
 */
export async function changePage(
	client: pg.ClientBase,
	page: PageRow,
	change: PageChange,
	waitSeconds?: number | null
): Promise<PageRow> {
	const values: Record<string, unknown> = { id: page.id };
	const sets = Object.entries(change).map(([column, value]) => {
		const isJson = ['acknowledged', 'resolved', 'content'].includes(column);
		values[column] = isJson && value !== null ? JSON.stringify(value) : value;
		return `${column} = :${column}${isJson ? '::jsonb' : ''}`;
	});
	if (change.state === 'resolved') sets.push('resolved_at = now()');
	if (waitSeconds !== undefined) {
		values['wait'] = waitSeconds;
		sets.push(
			'step_at = now() + make_interval(secs => :wait::double precision)',
			'step_seconds = coalesce(:wait::double precision, 0)'
		);
	}
	const { rows } = await client.query<PageRow>(
		query(
			`update page set ${[...sets, 'version = version + 1'].join(', ')} where id = :id returning ${PAGE_COLUMNS}`
		)(values)
	);
	return rows[0]!;
}

export const changeOf = (page: PageRow): { supplierId: number; change: PageChanged } => ({
	supplierId: page.supplier_id,
	change: {
		id: page.id.toString(),
		version: page.version,
		state: page.state,
		alertId: page.alert_id?.toString() ?? null,
		episodeId: page.episode_id?.toString() ?? null
	}
});

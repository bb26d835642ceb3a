// Takes the answers of people to pages: acknowledge, decide, escalate, open by hand, end without a decision. The first
// answer stands, and the next person is told who gave it.
import type pg from 'pg';
import type { Verdict } from '#lib/domain/decision.ts';
import { answeredText, decidedText } from '#lib/domain/on-call/answered.ts';
import type { AnswerChannel, PageByHandIn, PageDecisionIn } from '#lib/domain/on-call/page.ts';
import type { Decisions } from '#lib/server/decisions/decisions.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { countAnswer } from '#lib/server/process/metrics.ts';
import { finish, nothingToDo, type AfterCommit, type AfterDeps } from './after-commit.ts';
import { tellReceivers } from './events.ts';
import { readChangedAlert, readOpenMember } from './news.ts';
import { openAboutAlert } from './open-about-alert.ts';
import { addAlerts, changeOf, changePage, lockPages, type Actor, type PageRow } from './page-rows.ts';
import { keyOfMatter, releasePage, resolvePage } from './refresh-page.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { takeStep } from './steps.ts';

/**
 * The result of an answer. `late`: somebody answered before; `text` says who, when and by which way. `unknown`: the
 * Supplier has no such page.
 */
export type AnswerResult = { done: true } | { late: true; text: string } | { unknown: true };

export type Answers = ReturnType<typeof createAnswers>;

export interface AnswerDeps extends AfterDeps {
	pool: pg.Pool;
	decisions: Decisions;
}

export function createAnswers(deps: AnswerDeps) {
	/** Does `work` with the locked page, and the follow-up work after the commit. */
	async function withPage(
		supplierId: number,
		pageId: string,
		work: (client: pg.ClientBase, page: PageRow, after: AfterCommit) => Promise<AnswerResult>
	): Promise<AnswerResult> {
		const after = nothingToDo();
		const result = await asSupplier(deps.pool, supplierId, async (client): Promise<AnswerResult> => {
			const [page] = await lockPages(client, supplierId, [BigInt(pageId)]);
			return page ? work(client, page, after) : { unknown: true };
		});
		await finish(deps, after);
		return result;
	}

	const answers = {
		/** Acknowledges a page: its escalation ends. A test page is resolved at once. */
		acknowledge: (supplierId: number, pageId: string, actor: Actor): Promise<AnswerResult> =>
			withPage(supplierId, pageId, async (client, page, after) => {
				if (page.state !== 'open') return lateFor(page);
				const at = new Date().toISOString();
				const changed = await changePage(
					client,
					page,
					{ state: 'acknowledged', acknowledged: { ...actor, at }, alarm: null, held_until: null },
					null
				);
				countAnswer('acknowledge', actor.channel, (Date.now() - page.opened_at.getTime()) / 1000);
				await tellReceivers(
					client,
					changed,
					{ type: 'acknowledged', why: `${actor.by} acknowledged`, actor },
					after
				);
				after.changes.push(changeOf(changed));
				if (page.subject === 'test')
					await resolvePage(
						client,
						changed,
						{ ...actor, at, verdict: null, why: 'The test page arrived' },
						after
					);
				return { done: true };
			}),

		/**
		 * Decides all Alerts of a page that wait for a decision, and resolves the page. A page without Alerts, such as
		 * the page of a feed fault, has nothing to decide: the verdict and its reason end it.
		 */
		async decide(
			supplierId: number,
			pageId: string,
			{ verdict, reason, note }: PageDecisionIn,
			actor: Actor
		): Promise<AnswerResult> {
			const subject = await readSubject(deps.pool, supplierId, pageId);
			if (!subject) return { unknown: true };
			if (subject.state === 'resolved') return lateFor(subject);
			if (subject.alert_id !== null) {
				const late = await decideAlerts(supplierId, subject, { verdict, reason, note: note ?? null }, actor);
				if (late) return late;
			}
			return withPage(supplierId, pageId, async (client, page, after) => {
				// The worker may have resolved the page already, because it follows the decision in the feed.
				if (page.state === 'resolved') return { done: true };
				countAnswer('decide', actor.channel, (Date.now() - page.opened_at.getTime()) / 1000);
				const at = new Date().toISOString();
				await resolvePage(client, page, { ...actor, at, verdict, why: decidedText(verdict) }, after);
				return { done: true };
			});
		},

		/** Takes an open page one step further now. */
		escalate: (supplierId: number, pageId: string, actor: Actor): Promise<AnswerResult> =>
			withPage(supplierId, pageId, async (client, page, after) => {
				if (page.state !== 'open') return lateFor(page);
				if (page.held_until) await releasePage(client, page, `${actor.by} sends it now`, after);
				else await takeStep(client, page, page.step + 1, `${actor.by} escalates`, actor, after);
				return { done: true };
			}),

		/** Resolves a page without a decision, such as an incident that another system has closed. */
		resolve: (supplierId: number, pageId: string, why: string, actor: Actor): Promise<AnswerResult> =>
			withPage(supplierId, pageId, async (client, page, after) => {
				if (page.state === 'resolved') return lateFor(page);
				await resolvePage(
					client,
					page,
					{ ...actor, at: new Date().toISOString(), verdict: null, why },
					after
				);
				return { done: true };
			}),

		/**
		 * Opens a page by hand about an Alert or an episode. If the matter has an open page, the page escalates one step.
		 * Returns the id of the page; `no-route`: the Supplier has no such route, or none at all; `no-subject`: the
		 * Supplier has no such Alert or episode.
		 */
		async openByHand(
			supplierId: number,
			input: PageByHandIn,
			actor: Actor
		): Promise<{ pageId: string } | 'no-route' | 'no-subject'> {
			const after = nothingToDo();
			const result = await asSupplier(deps.pool, supplierId, async (client) => {
				const alert =
					input.alert !== undefined
						? await readChangedAlert(client, supplierId, input.alert)
						: await readOpenMember(client, supplierId, input.episode!);
				if (!alert) return 'no-subject';
				const routes = (await readRoutes(client, supplierId)).filter(({ when }) => !when.feedFault);
				const route =
					input.route === undefined
						? (routes.find(({ enabled, rota }) => enabled && rota) ?? routes[0])
						: routes.find(({ name }) => name === input.route);
				if (!route) return 'no-route';
				const key = keyOfMatter(alert);
				const { rows } = await client.query<{ id: bigint }>(
					OF_KEY_OR_ALERT({ supplierId, key, alertId: alert.id })
				);
				if (rows[0]) {
					const [page] = await lockPages(client, supplierId, [rows[0].id]);
					if (page!.held_until) await releasePage(client, page!, `${actor.by} sends it now`, after);
					else if (page!.state === 'open')
						await takeStep(client, page!, page!.step + 1, `${actor.by} escalates`, actor, after);
					await addAlerts(client, page!, [alert.id]);
					return { pageId: page!.id.toString() };
				}
				const page = await openAboutAlert(
					client,
					{
						supplierId,
						alert,
						alertIds: [alert.id],
						route,
						priority: alert.priority,
						why: `${actor.by} asks for help`,
						actor
					},
					after
				);
				return page ? { pageId: page.id.toString() } : 'no-subject';
			});
			await finish(deps, after);
			return result;
		}
	};
	return answers;

	/** Decides the Alerts of a page. Returns who was first if none of them waits for a decision any more. */
	async function decideAlerts(
		supplierId: number,
		page: Subject,
		decision: { verdict: Verdict; reason: string; note: string | null },
		{ by, byId, channel }: Actor
	): Promise<AnswerResult | null> {
		const request = { ...decision, by: { id: byId, name: by }, channel };
		let done = 0;
		if (page.episode_id !== null && page.episode_version !== null) {
			const outcome = await deps.decisions.decideEpisode(supplierId, {
				...request,
				episode: page.episode_id.toString(),
				version: page.episode_version
			});
			done += outcome?.done.length ?? 0;
		}
		// Alerts that a flood folded into the page belong to no episode of the page.
		for (let attempt = 0; attempt < 3; attempt++) {
			const items = await openAlertsOf(deps.pool, supplierId, page.id);
			if (items.length === 0) break;
			done += (await deps.decisions.decide(supplierId, { ...request, items })).done.length;
		}
		if (done > 0) return null;
		return { late: true, text: await firstDecision(deps.pool, supplierId, page.id) };
	}
}

type Subject = Pick<PageRow, 'id' | 'state' | 'alert_id' | 'episode_id' | 'acknowledged' | 'resolved'> & {
	/** The version of the episode at this moment. */
	episode_version: number | null;
};

async function readSubject(pool: pg.Pool, supplierId: number, pageId: string): Promise<Subject | null> {
	return asSupplier(pool, supplierId, async (client) => {
		const { rows } = await client.query<Subject>(SUBJECT({ supplierId, pageId }));
		return rows[0] ?? null;
	});
}

async function openAlertsOf(
	pool: pg.Pool,
	supplierId: number,
	pageId: bigint
): Promise<Array<{ id: string; version: number }>> {
	return asSupplier(pool, supplierId, async (client) => {
		const { rows } = await client.query<{ id: string; version: number }>(OPEN_ALERTS({ supplierId, pageId }));
		return rows;
	});
}

/** Says who decided the Alerts of a page that is not resolved yet. */
async function firstDecision(pool: pg.Pool, supplierId: number, pageId: bigint): Promise<string> {
	return asSupplier(pool, supplierId, async (client) => {
		const { rows } = await client.query<{
			by: string;
			at: Date;
			verdict: Verdict | null;
			channel: AnswerChannel;
		}>(FIRST_DECISION({ supplierId, pageId }));
		const [row] = rows;
		if (!row) return 'Somebody else decided first.';
		const resolved = { ...row, at: row.at.toISOString(), why: decidedText(row.verdict) };
		return answeredText({ acknowledged: null, resolved }, new Date())!;
	});
}

/** Says who answered a page before. */
const lateFor = (page: Pick<PageRow, 'acknowledged' | 'resolved'>): AnswerResult => ({
	late: true,
	text: answeredText(page, new Date())!
});

const SUBJECT = query(`
select p.id, p.state, p.alert_id, p.episode_id, p.acknowledged, p.resolved, e.version as episode_version
from page p left join episode e on e.supplier_id = p.supplier_id and e.id = p.episode_id
where p.supplier_id = :supplierId and p.id = :pageId::bigint`);

const OPEN_ALERTS = query(`
select s.alert_id::text as id, s.version from page_alert a
join supplier_alert s on s.supplier_id = a.supplier_id and s.alert_id = a.alert_id
where a.supplier_id = :supplierId and a.page_id = :pageId and (s.decision is null or s.contradicted)
order by s.alert_id limit 5000`);

const FIRST_DECISION = query(`
select d.decided_by as by, d.decided_at as at, d.verdict, d.channel from page_alert a
join decision d on d.supplier_id = a.supplier_id and d.alert_id = a.alert_id
where a.supplier_id = :supplierId and a.page_id = :pageId order by d.id desc limit 1`);

const OF_KEY_OR_ALERT = statement(
	'page-of-matter',
	`select p.id from page p where p.supplier_id = :supplierId and p.state <> 'resolved' and (
		p.subject_key = :key
		or exists (select from page_alert a where a.page_id = p.id and a.supplier_id = :supplierId and a.alert_id = :alertId)
	) order by p.id limit 1`
);

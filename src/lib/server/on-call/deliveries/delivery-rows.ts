// Reads and writes the rows of deliveries: the lease of the worker that sends, and the note of each try.
import type pg from 'pg';
import type { PageContent, PageEventType, PageState, Recipient } from '#lib/domain/on-call/page.ts';
import type { Outcome } from '#lib/server/on-call/channels/channel.ts';
import type { AfterCommit } from '#lib/server/on-call/pages/after-commit.ts';
import { changeOf, lockPages, type Actor, type PageRow } from '#lib/server/on-call/pages/page-rows.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { TRIES_BEFORE_NEXT_STEP, waitSeconds } from './backoff.ts';

/** A delivery that this worker sends now, with its event and its page. */
export interface TakenDelivery {
	id: bigint;
	supplier_id: number;
	supplier_slug: string;
	supplier_name: string;
	page_id: bigint;
	step: number;
	channel: string;
	kind: string;
	recipient: Recipient | null;
	/** The tries whose outcome is noted. A try that ended with its process does not count. */
	attempts: number;
	event_key: string;
	event_type: PageEventType;
	event_at: Date;
	/** The state of the page just after the event. */
	event_state: PageState;
	why: string;
	actor: Actor | null;
	content: PageContent;
	page: Pick<PageRow, 'subject' | 'state' | 'route' | 'priority' | 'step' | 'alerts'> & {
		opened_at: string;
	};
}

/**
 * Takes a delivery that is due and leases it. An event waits while an earlier event of the page has not reached the same
 * receiver, so that a receiver gets them in order. Returns `null` if there is nothing to send now.
 */
export async function takeDelivery(
	client: pg.ClientBase,
	id: bigint,
	leaseSeconds: number
): Promise<TakenDelivery | null> {
	const { rows } = await client.query<TakenDelivery>(TAKE({ id, leaseSeconds }));
	return rows[0] ?? null;
}

const TAKE = statement(
	'take-delivery',
	`with taken as (
		update delivery d set leased_until = now() + make_interval(secs => :leaseSeconds::double precision)
		where id = :id and next_at <= now() + interval '50 ms' and (leased_until is null or leased_until < now())
			and not exists (
				select from delivery e where e.page_id = d.page_id and e.channel = d.channel
					and e.recipient_key = d.recipient_key and e.event_id < d.event_id and e.next_at is not null
			)
		returning *
	)
	select t.id, t.supplier_id, s.slug as supplier_slug, s.name as supplier_name, t.page_id, t.step, t.channel, t.kind,
		t.recipient, t.attempts, e.key as event_key, e.type as event_type, e.at as event_at, e.state as event_state, e.why, e.actor, e.content,
		jsonb_build_object('subject', p.subject, 'state', p.state, 'route', p.route, 'priority', p.priority, 'step', p.step,
			'alerts', p.alerts, 'opened_at', p.opened_at) as page
	from taken t join page_event e on e.id = t.event_id join page p on p.id = t.page_id
	join supplier s on s.id = t.supplier_id`
);

/** What came back of a try. */
export interface Try {
	outcome: Outcome;
	startedAt: Date;
	ms: number;
}

/**
 * Notes a try and plans the next. A page that has reached nobody after some tries raises an alarm and takes its next
 * step at once. Returns the seconds from the event to this success if it is the first of its delivery, or `null`.
 */
export async function noteTry(
	client: pg.ClientBase,
	taken: TakenDelivery,
	{ outcome, startedAt, ms }: Try,
	after: AfterCommit
): Promise<number | null> {
	const failed = outcome.state === 'failed';
	const attempts = taken.attempts + 1;
	const wait = failed && outcome.again ? waitSeconds(attempts, Math.random(), outcome.afterMs) : null;
	const error = failed ? outcome.error : null;
	await client.query(
		NOTE({
			id: taken.id,
			supplierId: taken.supplier_id,
			state: failed && wait !== null ? 'queued' : outcome.state,
			outcome: outcome.state,
			status: outcome.status,
			error,
			startedAt,
			ms,
			wait
		})
	);
	if (failed) {
		if (wait === null || attempts >= TRIES_BEFORE_NEXT_STEP) await goOn(client, taken, after);
	} else await endAlarm(client, taken, after);
	if (wait === null) {
		const { rows } = await client.query<{ id: bigint }>(NEXT_OF_RECEIVER({ id: taken.id }));
		after.deliveries.push(...rows);
	} else after.deliveries.push({ id: taken.id, delayMs: wait * 1000 });
	return failed ? null : (Date.now() - taken.event_at.getTime()) / 1000;
}

const NOTE = statement(
	'note-try',
	`with tried as (
		insert into delivery_try (supplier_id, delivery_id, at, ms, outcome, status, error)
		values (:supplierId, :id, :startedAt, :ms, :outcome, :status, :error)
	)
	update delivery set state = :state, error = :error, at = now(), leased_until = null, attempts = attempts + 1,
		next_at = now() + make_interval(secs => :wait::double precision), wait_seconds = coalesce(:wait::double precision, 0)
	where id = :id`
);

const NEXT_OF_RECEIVER = statement(
	'next-delivery-of-receiver',
	`select n.id from delivery d join delivery n on n.page_id = d.page_id and n.channel = d.channel
		and n.recipient_key = d.recipient_key and n.event_id > d.event_id and n.next_at is not null
	where d.id = :id order by n.event_id limit 1`
);

/** Raises the alarm and takes the next step at once if this step of an open page has reached nobody. */
async function goOn(client: pg.ClientBase, taken: TakenDelivery, after: AfterCommit): Promise<void> {
	const [page] = await lockPages(client, taken.supplier_id, [taken.page_id]);
	if (!page || page.state !== 'open' || page.step !== taken.step) return;
	const { rows } = await client.query<PageRow>(UNREACHED({ pageId: page.id, step: page.step }));
	if (!rows[0]) return;
	after.steps.push({ pageId: page.id, step: page.step, delayMs: 0 });
	after.changes.push(changeOf(rows[0]));
}

const UNREACHED = statement(
	'page-unreached',
	`update page p set alarm = coalesce(alarm, 'unreached'), step_at = now(), version = version + 1
	where id = :pageId and step = :step and step_at is not null and not exists (
		select from delivery where page_id = p.id and step = p.step
			and (state in ('sent', 'delivered') or (next_at is not null and attempts < ${TRIES_BEFORE_NEXT_STEP}))
	)
	returning *`
);

/** Ends the alarm that nobody was reached. */
async function endAlarm(client: pg.ClientBase, taken: TakenDelivery, after: AfterCommit): Promise<void> {
	const { rows } = await client.query<PageRow>(REACHED({ pageId: taken.page_id }));
	if (rows[0]) after.changes.push(changeOf(rows[0]));
}

const REACHED = statement(
	'page-reached',
	`update page set alarm = null, version = version + 1 where id = :pageId and alarm = 'unreached' returning *`
);

/**
 * Returns at most 500 deliveries that have been due for a second and that nobody sends. Also repairs waits that a clock
 * which was set back has made too long.
 */
export async function overdueDeliveries(pool: pg.Pool): Promise<bigint[]> {
	await pool.query(SHORTEN({}));
	const { rows } = await pool.query<{ id: bigint }>(OVERDUE({}));
	return rows.map((row) => row.id);
}

const SHORTEN = statement(
	'shorten-delivery-waits',
	`update delivery set next_at = least(next_at, now() + make_interval(secs => wait_seconds)),
		leased_until = least(leased_until, now() + interval '1 minute')
	where next_at is not null
		and (next_at > now() + make_interval(secs => wait_seconds + 5) or leased_until > now() + interval '2 minutes')`
);

const OVERDUE = statement(
	'overdue-deliveries',
	`select d.id from delivery d
	where next_at < now() - interval '1 second' and (leased_until is null or leased_until < now())
		and not exists (
			select from delivery e where e.page_id = d.page_id and e.channel = d.channel
				and e.recipient_key = d.recipient_key and e.event_id < d.event_id and e.next_at is not null
		)
	order by next_at limit 500`
);

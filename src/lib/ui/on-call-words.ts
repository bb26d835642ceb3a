// Writes the state of pages, routes and deliveries as the console shows it.
import type { AnswerChannel, Delivery, Page, PageEventType } from '#lib/domain/on-call/page.ts';
import { ladderOf, type Route, type RouteWhen, type Rung } from '#lib/domain/on-call/route.ts';
import type { OnCallNowList } from '#lib/domain/on-call/rota-view.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import * as messages from '#messages/on-call.ts';
import { explanationName } from './alert-words.ts';
import { shortInstant } from './wording.ts';

export const ALARM_WORDS: Record<NonNullable<Page['alarm']>, () => string> = {
	unreached: messages.alarm_unreached,
	unanswered: messages.alarm_unanswered
};

export const DELIVERY_WORDS: Record<Delivery['state'], () => string> = {
	queued: messages.delivery_queued,
	sent: messages.delivery_sent,
	delivered: messages.delivery_delivered,
	failed: messages.delivery_failed
};

export const EVENT_WORDS: Record<PageEventType, () => string> = {
	opened: messages.event_opened,
	updated: messages.event_updated,
	acknowledged: messages.event_acknowledged,
	resolved: messages.event_resolved
};

/** The ways to answer, as a sentence continues with them. */
const WAYS: Record<AnswerChannel, () => string> = {
	console: messages.way_console,
	api: messages.way_api,
	phone: messages.way_phone,
	push: messages.way_push,
	'email-link': messages.way_email_link,
	pagerduty: messages.way_pagerduty
};

/** Names a person with the way by which the person answered: "Ada Lead by push". */
export const answererText = (by: string, channel: AnswerChannel | null): string =>
	channel === null ? by : `${by} ${WAYS[channel]()}`;

/** Says how far a page is: "paged 02:14, nobody yet, next step in 6 min". */
export function pagerText(page: Page, nowMs: number): string {
	const paged = messages.paged_at({ instant: shortInstant(page.openedAt, nowMs) });
	if (page.resolved)
		return page.resolved.by === null
			? messages.pager_ended({ paged, why: lowerFirst(page.resolved.why) })
			: messages.pager_ended_by({ paged, person: answererText(page.resolved.by, page.resolved.channel) });
	if (page.acknowledged)
		return messages.pager_acknowledged({
			paged,
			person: answererText(page.acknowledged.by, page.acknowledged.channel)
		});
	if (page.heldUntil && Date.parse(page.heldUntil) > nowMs) {
		const held = { paged, instant: shortInstant(page.heldUntil, nowMs) };
		return page.heldWhy
			? messages.pager_waits_why({ ...held, why: page.heldWhy })
			: messages.pager_waits(held);
	}
	if (page.alarm) return messages.pager_alarm({ paged, alarm: lowerFirst(ALARM_WORDS[page.alarm]()) });
	return withNextStep(messages.pager_nobody({ paged }), page, nowMs);
}

function withNextStep(state: string, { nextStepAt }: Page, nowMs: number): string {
	if (nextStepAt === null) return state;
	const seconds = (Date.parse(nextStepAt) - nowMs) / 1000;
	return seconds <= 0
		? messages.next_step_now({ state })
		: messages.next_step_in({ state, delay: formatSeconds(seconds) });
}

/** Joins what is enough alone: "A or B or C". */
export const anyOf = (list: readonly string[]): string =>
	list.reduce((first, second) => messages.either({ first, second }));
const allOf = (list: readonly string[]): string =>
	list.reduce((first, second) => messages.both({ first, second }));

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Writes the conditions of a route in one line: "Unexplained or No command can cause this; security or tamper". */
export function conditionText(when: RouteWhen): string {
	if (when.feedFault) return messages.when_feed_fault();
	return [
		when.contradicted && messages.when_contradicted(),
		when.explanation && anyOf(when.explanation.map((kind) => explanationName(kind).toLowerCase())),
		when.category && anyOf(when.category),
		when.codes && messages.when_code({ codes: anyOf(when.codes) }),
		when.priority !== undefined &&
			(when.priority === 1
				? messages.when_priority_1()
				: messages.when_priority_to({ priority: when.priority })),
		when.areas && messages.when_area({ areas: anyOf(when.areas) }),
		when.minDevices !== undefined && messages.when_episode({ count: when.minDevices })
	]
		.filter((part) => typeof part === 'string')
		.join('; ');
}

/** The facts that say who gets a page. `route: null`: the route of the page is gone, so only its rota is known. */
export interface Escalation {
	route: Pick<Route, 'rota' | 'then' | 'channels'>;
	/** The step that the page takes: 0 for a page that opens. */
	step: number;
	now: OnCallNowList['items'];
}

/** Says who gets the page at a step: "Alex Reid, on call for Night desk". */
export function whoGets({ route, step, now }: Escalation): string {
	const ladder = ladderOf(route);
	const rung = ladder[Math.min(step, ladder.length - 1)]!;
	if (rung.who === 'leads') return messages.receiver_leads();
	const one = receiver(rung, route, now);
	return rung.who === 'channel' || route.channels.length === 0
		? one
		: messages.receiver_by({ receiver: one, channels: allOf(route.channels) });
}

function receiver(rung: Rung, { rota }: Escalation['route'], now: Escalation['now']): string {
	const turn = (name: string | null) => now.find((item) => item.rota === name);
	const current = (name: string | null): string => {
		if (name === null) return messages.receiver_route_channels();
		const person = turn(name)?.name ?? turn(name)?.person;
		return person
			? messages.receiver_person({ person, rota: name })
			: messages.receiver_nobody({ rota: name });
	};
	const next = turn(rota)?.next;
	switch (rung.who) {
		case 'current':
			return current(rota);
		case 'rota':
			return current(rung.rota);
		case 'channel':
			return messages.receiver_channel({ channel: rung.channel });
		case 'next':
			return next
				? messages.receiver_next({ person: next.name ?? next.person, rota: String(rota) })
				: messages.receiver_next_unknown({ rota: String(rota) });
		case 'again':
			return rota ? messages.receiver_again({ rota }) : messages.receiver_again_channels();
		default:
			return messages.receiver_everybody({ rota: rota ?? messages.the_rota() });
	}
}

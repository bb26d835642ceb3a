// Writes the state of pages, routes and deliveries as the console shows it.
import { ANSWER_WORDS } from '#lib/domain/on-call/answered.ts';
import type { AnswerChannel, Delivery, Page } from '#lib/domain/on-call/page.ts';
import { ladderOf, type Route, type RouteWhen, type Rung } from '#lib/domain/on-call/route.ts';
import type { OnCallNowList } from '#lib/domain/on-call/rota-view.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import { EXPLANATION_WORDS, shortInstant } from './wording.ts';

export const ALARM_WORDS: Record<NonNullable<Page['alarm']>, string> = {
	unreached: 'No channel reached anybody',
	unanswered: 'Nobody answered'
};

export const DELIVERY_WORDS: Record<Delivery['state'], string> = {
	queued: 'queued',
	sent: 'sent',
	delivered: 'delivered',
	failed: 'failed'
};

const by = (channel: AnswerChannel | null): string => (channel === null ? '' : ` ${ANSWER_WORDS[channel]}`);

/** Says how far a page is: "paged 02:14, nobody yet, next step in 6 min". */
export function pagerText(page: Page, nowMs: number): string {
	const paged = `paged ${shortInstant(page.openedAt, nowMs)}`;
	if (page.resolved)
		return page.resolved.by === null
			? `${paged}, ended: ${lowerFirst(page.resolved.why)}`
			: `${paged}, ended by ${page.resolved.by}${by(page.resolved.channel)}`;
	if (page.acknowledged)
		return `${paged}, acknowledged by ${page.acknowledged.by}${by(page.acknowledged.channel)}`;
	if (page.heldUntil && Date.parse(page.heldUntil) > nowMs)
		return `${paged}, waits until ${shortInstant(page.heldUntil, nowMs)}${page.heldWhy ? ` (${page.heldWhy})` : ''}`;
	if (page.alarm) return `${paged}, ${lowerFirst(ALARM_WORDS[page.alarm])}`;
	return `${paged}, nobody yet${nextStepText(page, nowMs)}`;
}

function nextStepText({ nextStepAt }: Page, nowMs: number): string {
	if (nextStepAt === null) return '';
	const seconds = (Date.parse(nextStepAt) - nowMs) / 1000;
	return seconds <= 0 ? ', next step now' : `, next step in ${formatSeconds(seconds)}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

/** Writes the conditions of a route in one line: "Unexplained or No command can cause this; security or tamper". */
export function conditionText(when: RouteWhen): string {
	if (when.feedFault) return 'a fault of a feed';
	return [
		when.contradicted && 'new evidence contradicts the decision',
		when.explanation?.map((kind) => EXPLANATION_WORDS[kind].toLowerCase()).join(' or '),
		when.category?.join(' or '),
		when.codes && `code ${when.codes.join(' or ')}`,
		when.priority !== undefined && (when.priority === 1 ? 'priority 1' : `priority 1 to ${when.priority}`),
		when.areas && `area ${when.areas.join(' or ')}`,
		when.minDevices !== undefined && `an episode on at least ${when.minDevices} Devices`
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
	const by = route.channels.length > 0 ? `, by ${route.channels.join(' and ')}` : '';
	return rung.who === 'leads'
		? 'the leads, in the console'
		: `${receiver(rung, route, now)}${rung.who === 'channel' ? '' : by}`;
}

function receiver(rung: Rung, { rota }: Escalation['route'], now: Escalation['now']): string {
	const turn = (name: string | null) => now.find((item) => item.rota === name);
	const current = (name: string | null): string => {
		if (name === null) return 'the channels of the route';
		const person = turn(name)?.name ?? turn(name)?.person;
		return person ? `${person}, on call for ${name}` : `nobody: no person is on call for ${name}`;
	};
	const next = turn(rota)?.next;
	switch (rung.who) {
		case 'current':
			return current(rota);
		case 'rota':
			return current(rung.rota);
		case 'channel':
			return `the channel ${rung.channel}`;
		case 'next':
			return next ? `${next.name ?? next.person}, next on call for ${rota}` : `the next person of ${rota}`;
		case 'again':
			return rota ? `the same people of ${rota} again` : 'the same channels again';
		default:
			return `everybody of ${rota ?? 'the rota'}`;
	}
}

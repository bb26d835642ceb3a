// Sets on call up for Brightwell through the public API, and answers every second page as Alex would.
import { setTimeout as pause } from 'node:timers/promises';
import type { Page, PageList } from '#lib/domain/on-call/page.ts';
import { shippedRoutes } from '#lib/domain/on-call/shipped-routes.ts';
import type { Call } from './client.ts';
import { SECOND } from './events.ts';

const ROTA = 'Meters on call';
const CHANNELS = ['outbox', 'mail'];
const ACKNOWLEDGE_AFTER_MS = 30 * SECOND;
const DECIDE_AFTER_MS = 60 * SECOND;
const LOOK_EVERY_MS = 2 * SECOND;
const TRIES = 30;

export interface Receivers {
	hook: string;
	secret: string;
	mailServer: string;
}

/**
 * Adds the channels, the rota and the usual routes. A rota or a route that is there stays as it is, because a person may
 * have changed it. The ports of the outbox differ at each start, so the channels are saved anew.
 */
export async function setUpOnCall(
	call: Call,
	{ hook, secret, mailServer }: Receivers,
	say: (line: string) => void
): Promise<void> {
	const put = async (path: string, body: object): Promise<void> => {
		for (let i = 0; i < TRIES; i++) {
			const answer = await call<{ detail?: string }>('PUT', path, body);
			if (answer && answer.status < 500) {
				if (answer.status >= 400) say(`demo: ${path} answered ${answer.status}: ${answer.body.detail ?? ''}`);
				return;
			}
			await pause(SECOND);
		}
		say(`demo: Causeway did not answer ${path}`);
	};
	await put('/on-call/channels/outbox', { kind: 'webhook', url: hook, secret });
	await put('/on-call/channels/mail', {
		kind: 'email',
		server: mailServer,
		from: 'Causeway <pager@brightwell.example>'
	});
	const rota = `/on-call/rotas/${encodeURIComponent(ROTA)}`;
	if ((await call('GET', rota))?.status !== 200)
		await put(rota, {
			timeZone: 'Europe/London',
			layers: [
				{
					people: ['alex@brightwell.example', 'sam@brightwell.example'],
					start: '2026-01-05T09:00',
					handoff: 'P1W'
				}
			]
		});
	const stored = await call<{ items?: Array<{ name: string }> }>('GET', '/on-call/routes');
	const names = new Set(stored?.body.items?.map(({ name }) => name));
	for (const { name, route } of shippedRoutes(ROTA, CHANNELS))
		if (!names.has(name)) await put(`/on-call/routes/${encodeURIComponent(name)}`, route);
}

/** Acknowledges and then decides every second page, for ever. The other pages are for the person who watches. */
export async function answerPages(call: Call, say: (line: string) => void): Promise<never> {
	for (;;) {
		await pause(LOOK_EVERY_MS);
		for (const page of await pagesOf(call, 'open')) {
			if (!isForAlex(page) || !isOlder(page.openedAt, ACKNOWLEDGE_AFTER_MS)) continue;
			const answer = await call('POST', `/on-call/pages/${page.id}/acknowledge`, {});
			if (answer?.status === 200) say(`on call: Alex acknowledges page ${page.id}: ${page.content.headline}`);
		}
		for (const page of await pagesOf(call, 'acknowledged')) {
			const hasAlerts = page.subject === 'alert' || page.subject === 'episode';
			if (!hasAlerts || !isForAlex(page) || !isOlder(page.acknowledged?.at, DECIDE_AFTER_MS)) continue;
			const answer = await call('POST', `/on-call/pages/${page.id}/decision`, {
				verdict: 'actionable',
				reason: page.subject === 'alert' ? 'no-command' : 'firmware'
			});
			if (answer?.status === 200) say(`on call: Alex decides page ${page.id}: actionable`);
		}
	}
}

async function pagesOf(call: Call, state: Page['state']): Promise<Page[]> {
	const answer = await call<PageList>('GET', `/on-call/pages?state=${state}&limit=50`);
	return answer?.status === 200 ? answer.body.items : [];
}

const isForAlex = ({ id, heldUntil }: Page): boolean => BigInt(id) % 2n === 1n && heldUntil === null;
const isOlder = (at: string | undefined, ms: number): boolean =>
	at !== undefined && Date.now() - Date.parse(at) >= ms;

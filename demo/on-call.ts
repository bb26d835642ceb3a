// Sets on call up for Brightwell through the public API: channels to the outbox, a rota and the usual routes.
import { setTimeout as pause } from 'node:timers/promises';
import { shippedRoutes } from '#lib/domain/on-call/shipped-routes.ts';
import { hasAnswered, type Call } from './client.ts';
import { SECOND } from './events.ts';

const ROTA = 'Meters on call';
const CHANNELS = ['outbox', 'mail'];
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
	await put('/on-call/channels/outbox', { kind: 'webhook', url: hook, secret });
	await put('/on-call/channels/mail', {
		kind: 'email',
		server: mailServer,
		from: 'Causeway <pager@brightwell.example>'
	});
	const rotaPath = `/on-call/rotas/${encodeURIComponent(ROTA)}`;
	if ((await ask('GET', rotaPath))?.status === 404)
		await put(rotaPath, {
			timeZone: 'Europe/London',
			layers: [
				{
					people: ['alex@brightwell.example', 'sam@brightwell.example'],
					start: '2026-01-05T09:00',
					handoff: 'P1W'
				}
			]
		});
	const stored = await ask<{ items: Array<{ name: string }> }>('GET', '/on-call/routes');
	if (stored?.status !== 200) return;
	const names = new Set(stored.body.items.map(({ name }) => name));
	for (const { name, route } of shippedRoutes(ROTA, CHANNELS))
		if (!names.has(name)) await put(`/on-call/routes/${encodeURIComponent(name)}`, route);

	async function put(path: string, body: object): Promise<void> {
		const answer = await ask<{ detail?: string }>('PUT', path, body);
		if (answer && answer.status >= 400)
			say(`demo: ${path} answered ${answer.status}: ${answer.body.detail ?? ''}`);
	}

	/** Calls until the server answers. Returns `null`, and says so, if it does not answer. */
	async function ask<T>(method: 'GET' | 'PUT', path: string, body?: object) {
		for (let i = 0; i < TRIES; i++) {
			const answer = await call<T>(method, path, body);
			if (hasAnswered(answer)) return answer;
			await pause(SECOND);
		}
		say(`demo: Causeway did not answer ${path}`);
		return null;
	}
}

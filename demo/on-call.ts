// Sets on call up for the two Suppliers through the public API: channels to the outbox, a rota and the usual routes.
// Each Supplier has its own key, so neither sees the pages of the other.
import { setTimeout as pause } from 'node:timers/promises';
import { shippedRoutes } from '#lib/domain/on-call/shipped-routes.ts';
import { hasAnswered, type Call } from './client.ts';
import { SECOND } from './events.ts';

const CHANNELS = ['outbox', 'mail'];
const TRIES = 30;

/** The people on call of a Supplier. The launcher adds them. */
export interface Team {
	supplier: 'brightwell' | 'halden';
	rota: string;
	people: readonly string[];
}

export const TEAMS: Readonly<Record<Team['supplier'], Team>> = {
	brightwell: {
		supplier: 'brightwell',
		rota: 'Meters on call',
		people: ['alex@brightwell.example', 'sam@brightwell.example']
	},
	halden: {
		supplier: 'halden',
		rota: 'Gas on call',
		people: ['robin@halden.example', 'noor@halden.example']
	}
};

/** Where the outbox receives the webhooks and mails of one Supplier. */
export interface Receivers {
	hook: string;
	secret: string;
	mailServer: string;
}

/**
 * Adds the channels, the rota and the usual routes of a Supplier. A rota or a route that is there stays as it is, because
 * a person may have changed it. The channels are saved at each start, because the outbox has other ports if its own are
 * in use.
 */
export async function setUpOnCall(
	call: Call,
	{ supplier, rota, people }: Team,
	{ hook, secret, mailServer }: Receivers,
	say: (line: string) => void
): Promise<void> {
	await put('/on-call/channels/outbox', { kind: 'webhook', url: hook, secret });
	await put('/on-call/channels/mail', {
		kind: 'email',
		server: mailServer,
		from: `Causeway <pager@${supplier}.example>`
	});
	const rotaPath = `/on-call/rotas/${encodeURIComponent(rota)}`;
	if ((await ask('GET', rotaPath))?.status === 404)
		await put(rotaPath, {
			timeZone: 'Europe/London',
			layers: [{ people, start: '2026-01-05T09:00', handoff: 'P1W' }]
		});
	const stored = await ask<{ items: Array<{ name: string }> }>('GET', '/on-call/routes');
	if (stored?.status !== 200) return;
	const names = new Set(stored.body.items.map(({ name }) => name));
	for (const { name, route } of shippedRoutes(rota, CHANNELS))
		if (!names.has(name)) await put(`/on-call/routes/${encodeURIComponent(name)}`, route);

	async function put(path: string, body: object): Promise<void> {
		const answer = await ask<{ detail?: string }>('PUT', path, body);
		if (answer && answer.status >= 400)
			say(`demo: ${path} of ${supplier} answered ${answer.status}: ${answer.body.detail ?? ''}`);
	}

	/** Calls until the server answers. Returns `null`, and says so, if it does not answer. */
	async function ask<T>(method: 'GET' | 'PUT', path: string, body?: object) {
		for (let i = 0; i < TRIES; i++) {
			const answer = await call<T>(method, path, body);
			if (hasAnswered(answer)) return answer;
			await pause(SECOND);
		}
		say(`demo: Causeway did not answer ${path} of ${supplier}`);
		return null;
	}
}

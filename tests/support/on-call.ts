// Sets up on call for a test: people, a rota, a webhook channel with a receiver of the test's own, and routes.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { Page } from '#lib/domain/on-call/page.ts';
import { joinAs } from './members.ts';
import { answers, startReceiver, verified, type Manner, type Received, type Receiver } from './receiver.ts';
import { aDevice, anAlert, newDeviceId } from './records.ts';
import { eventually, type System } from './system.ts';

/** The conditions of most test routes. */
export const UNEXPLAINED_SECURITY = { explanation: ['unexplained'], category: ['security'] };

export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

/** An event as the receiver got it, after its signature was checked. */
export interface SeenEvent {
	/** The `webhook-id`. */
	id: string;
	type: string;
	page: string;
	data: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at data of any shape
}

export type OnCallTest = Awaited<ReturnType<typeof setUpOnCall>>;

/** Adds two people, the rota `meters` with them, and the webhook channel `bridge`. */
export async function setUpOnCall(system: System, slug: 'brightwell' | 'halden' = 'brightwell') {
	const receiver = await startReceiver();
	const members = [
		await joinAs(system, slug, 'on-call', 'First'),
		await joinAs(system, slug, 'on-call', 'Second')
	];
	const people = members.map(({ email }) => email);
	await put(`/on-call/channels/bridge`, { kind: 'webhook', url: `${receiver.url}/hook`, secret: SECRET });
	await put('/on-call/rotas/meters', {
		timeZone: 'Europe/London',
		layers: [{ people, start: '2026-01-05T09:00', handoff: 'P1W' }],
		overrides: []
	});
	receiver.received.length = 0;

	async function put(path: string, body: object): Promise<void> {
		const answer = await system.call('PUT', path, slug, body);
		expect(answer.status, JSON.stringify(answer.body)).toBe(200);
	}

	/** Waits until no delivery is under way, so that no event of this test arrives in the next one. */
	async function sent(): Promise<void> {
		await eventually(
			async () => {
				const { rows: left } = await system.database.query(
					'select from delivery where next_at <= now() or leased_until > now()'
				);
				expect(left).toEqual([]);
			},
			{ timeout: 3000 }
		).catch(() => {}); // a receiver that never answers has got its event already
	}

	let places = 0;

	return {
		receiver,
		members,
		/** Sends an Alert 8F30 of a new Device, in an area of its own, that no Service Request explains. */
		async anUnexplainedAlert(
			fields: Record<string, unknown> = {},
			device: Record<string, unknown> = {}
		): Promise<Alert> {
			const deviceId = newDeviceId();
			const tenures = [{ supplier: slug, from: '2025-01-01T00:00:00.000Z', to: null }];
			await system.post('/devices', aDevice(deviceId, { area: `Z${places++}`, tenures, ...device }));
			await system.post('/alerts', anAlert(deviceId, fields));
			return system.becomes(slug, deviceId, {});
		},
		/** Decides an Alert in its current version. */
		async decide({ id }: Pick<Alert, 'id'>): Promise<void> {
			const { version } = (await system.get(slug, `/alerts/${id}`)).body as Alert;
			const decision = { verdict: 'actionable', reason: 'no-command', version };
			expect(await system.call('POST', `/alerts/${id}/decision`, slug, decision)).toMatchObject({
				status: 200
			});
		},
		/** Returns the types of the events that the receiver got. */
		types: (): string[] => eventsOf(receiver).map(({ type }) => type),
		put,
		/** Stores a route to the rota and the channel of the test. */
		route: (name: string, when: object, more: object = {}) =>
			put(`/on-call/routes/${name}`, { when, rota: 'meters', channels: ['bridge'], ...more }),
		/** Returns the events that the receiver accepted, each with its checked signature, in the order of arrival. */
		events: (): SeenEvent[] => eventsOf(receiver),
		pages: async (query = ''): Promise<Page[]> =>
			(await system.get(slug, `/on-call/pages${query}`)).body.items,
		/** Waits until the Supplier's newest page matches, and returns the page. */
		pageBecomes: (expected: object): Promise<Page> =>
			eventually(async () => {
				const [page] = (await system.get(slug, '/on-call/pages')).body.items as Page[];
				expect(page).toMatchObject(expected);
				return page!;
			}),
		async clear(): Promise<void> {
			await system.database.query('delete from on_call_route');
			receiver.behave(answers(204));
			await sent();
			// The worker may escalate a page at this moment; PostgreSQL then ends one of the two transactions.
			await eventually(() => system.database.query('delete from page'));
			receiver.behave(answers(204));
			receiver.received.length = 0;
		}
	};
}

export const eventsOf = (receiver: Receiver): SeenEvent[] => receiver.received.map(eventOf);

/** Checks the signature of a received event, and returns the event. */
export function eventOf(received: Received): SeenEvent {
	const event = verified(SECRET, received) as { id: string; type: string; subject: string; data: unknown };
	expect(received.headers['webhook-id']).toBe(event.id);
	return {
		id: event.id,
		type: event.type.replace('causeway.page.', ''),
		page: event.subject,
		data: event.data
	};
}

/** Answers with one manner first, and with another from the call `count` on. */
export function firstly(count: number, first: Manner, then: Manner): Manner {
	let calls = 0;
	return (req, res, received) => (calls++ < count ? first : then)(req, res, received);
}

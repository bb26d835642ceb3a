// P2 on real parts: two installations in which Brightwell's part is the same and everything else is not. Brightwell must
// not be able to tell them apart: lists, single reads, the feed with its numbers, frames, exports, timelines, episodes.
// Ids of the record and the instants of decisions are given anew by each, and are compared by what they stand for.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { allAlerts, allEpisodes, settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';
import {
	DAY,
	NEVER,
	ROUNDS,
	alertOf,
	deviceOf,
	requestOf,
	seesAlert,
	seesRequest,
	someHistories,
	type AlertEvent,
	type History,
	type RequestEvent
} from '../../support/tenure-histories.ts';

const COUNT = 60;
const ELSEWHERE = 15;
const US = 'brightwell';

const histories = someHistories(COUNT, 1105);
const others = someHistories(COUNT, 2026);
/** Devices that Brightwell never had, in the second world only. */
const elsewhere = someHistories(ELSEWHERE, 7).map((h) => withoutUs(h, h.owners));

const inOurSight = (h: History) => ({
	alert: (alert: AlertEvent) => h.owners.some((owners) => seesAlert(US, owners, alert)),
	request: (request: RequestEvent) => h.owners.some((owners) => seesRequest(US, owners, request))
});

function withoutUs(h: History, stated: History['owners']): History {
	const owners = stated.map((slots) => slots.map((owner) => (owner === US ? ('halden' as const) : owner)));
	return {
		...h,
		owners,
		alerts: h.alerts.map((alert) => ({ ...alert, recipient: 'nobody' })),
		requests: h.requests.map((request) => ({ ...request, sender: 'ed' }))
	};
}

/** The same for us in every round; elsewhere, what we do not see never comes, and what another history has comes. */
function otherWorld(h: History, other: History): History {
	const owners = h.owners.map((slots, round) =>
		slots.map((owner, slot) => {
			const instead = other.owners[round]![slot]!;
			return owner === US ? owner : instead === US ? ('nobody' as const) : instead;
		})
	);
	const sight = inOurSight({ ...h, owners });
	return {
		deviceId: h.deviceId,
		owners,
		alerts: [
			...h.alerts.map((alert) => (sight.alert(alert) ? alert : { ...alert, round: NEVER })),
			...other.alerts.filter((alert) => !sight.alert(alert))
		],
		requests: [
			...h.requests.map((request) => (sight.request(request) ? request : { ...request, round: NEVER })),
			...other.requests.filter((request) => !sight.request(request))
		]
	};
}

interface World {
	system: System;
	histories: History[];
	frames: AlertChanged[];
}
const worlds: World[] = [];

beforeAll(async () => {
	for (const told of [histories, [...histories.map((h, i) => otherWorld(h, others[i]!)), ...elsewhere]]) {
		const system = await startSystem();
		const frames: AlertChanged[] = [];
		(await system.connect(US)).on('alert:changed', (frame: AlertChanged) => frames.push(frame));
		worlds.push({ system, histories: told, frames });
	}
});
afterAll(async () => {
	await Promise.all(worlds.map(({ system }) => system[Symbol.asyncDispose]()));
});

async function live({ system, histories }: World): Promise<void> {
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: '2026-11-06T00:00:00.000Z'
	});
	for (let round = 0; round < ROUNDS; round++) {
		const bodies = {
			'/devices': histories.map((h) => deviceOf(h, h.owners[round]!)),
			'/service-requests': histories.flatMap((h) =>
				h.requests.filter((r) => r.round === round).map((r) => requestOf(h, r))
			),
			'/alerts': histories.flatMap((h) => h.alerts.filter((a) => a.round === round).map((a) => alertOf(h, a)))
		};
		for (const [path, body] of Object.entries(bodies)) {
			expect((await system.post(path, body)).status).toBe(202);
			await settled(system);
		}
		await decide(system, US, round);
		// What the other Supplier decides is its own: in the second world it decides all.
		if (histories !== worlds[0]!.histories) await decide(system, 'halden', round);
	}
}

async function decide(system: System, slug: 'brightwell' | 'halden', round: number): Promise<void> {
	const alerts = await allAlerts(system, slug);
	const wanted =
		slug === US ? alerts.filter((alert) => Number(alert.messageId.at(-1)) % ROUNDS === round) : alerts;
	if (wanted.length === 0) return;
	const items = wanted.map(({ id, version }) => ({ id, version })).slice(0, 500);
	await system.call('POST', '/decisions', slug, { items, verdict: 'ignorable', reason: 'repeat' });
	await settled(system);
}

/** Everything that we can read, as text, ids by what they stand for. */
async function readAll({ system, frames }: World): Promise<Record<string, string[]>> {
	const { rows } = await system.record.query<{ id: string; message_id: string }>(
		'select id::text, message_id from alert'
	);
	const names = new Map(rows.map(({ id, message_id }) => [id, message_id]));
	const alerts = await allAlerts(system, US);
	const episodes = await allEpisodes(system, US);
	for (const { id } of episodes) {
		const members = alerts.filter((alert) => alert.episodeId === id).map((alert) => alert.messageId);
		names.set(id, `episode of ${members.sort()[0]}`);
	}
	const plain = (body: unknown): string =>
		(typeof body === 'string' ? body : JSON.stringify(body))
			.replace(
				/"(episodeId|id|nextCursor)":"(\d+)"/g,
				(_, field, id: string) => `"${field}":"${names.get(id)}"`
			)
			.replace(/^\d{15,}/gm, (id) => names.get(id)!)
			.replace(/2026-11-2\d{1}T[\d:.]+Z/g, 'at that time');
	const get = async (path: string) => {
		const { status, headers, body } = await system.get(US, path);
		return `${status} ${[...headers.keys()].sort().join()} ${plain(body)}`;
	};
	const each = (paths: string[]) => Promise.all(paths.map(get));
	const entries = frames
		.flatMap(({ items, retracted }) => [...items, ...retracted])
		.sort((a, b) => a.seq - b.seq);
	return {
		lists: await each([
			'/alerts?limit=500',
			'/alerts?decision=open',
			'/alerts?explanation=likely',
			'/alerts?q=8F30&sort=oldest'
		]),
		feed: await each(['/feed', '/feed?after=100', '/feed?after=300', '/feed?after=100000']),
		exports: await each(['/exports/alerts.csv', '/exports/alerts.ndjson']),
		singles: await each(alerts.map((alert: Alert) => `/alerts/${alert.id}`)),
		timelines: await each(histories.map((h) => `/devices/${h.deviceId}/timeline?${DAY}`)),
		episodes: episodes.map(plain).sort(),
		outside: (await each(episodes.map(({ id }) => `/episodes/${id}/outside`))).sort(),
		frames: entries.map(plain)
	};
}

describe(`${COUNT} histories in two worlds that differ where Brightwell sees nothing`, () => {
	it('Brightwell reads the same text in both, with the same numbers', async () => {
		await Promise.all(worlds.map(live));
		const [here, there] = [await readAll(worlds[0]!), await readAll(worlds[1]!)];
		for (const [what, texts] of Object.entries(here)) expect([what, there[what]]).toEqual([what, texts]);
		expect(here['singles']!.length).toBeGreaterThan(30);
		const foreign = await Promise.all(worlds.map(({ system }) => allAlerts(system, 'halden')));
		expect(foreign[0]!.map((a) => a.messageId)).not.toEqual(foreign[1]!.map((a) => a.messageId));
	}, 120_000);
});

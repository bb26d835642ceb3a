// Tests that a Supplier cannot observe records outside its tenure. Two installations hold the same records of Brightwell and
// differ in all others. Brightwell must read the same from both: lists, single Alerts, the feed with its numbers, frames,
// exports, timelines, senders, facets, episodes and Devices. Each installation gives its own database ids and times of decisions; the test replaces
// them by names before it compares.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import {
	BRIGHTWELL_USER_ID,
	HALDEN_USER_ID,
	NORTH_GRID_USER_ID,
	newDeviceId
} from '../../support/records.ts';
import { allAlerts, allEpisodes, settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';
import {
	HISTORY_PERIOD,
	NEVER,
	ROUNDS,
	alertOf,
	deviceOf,
	requestOf,
	seesAlert,
	seesRequest,
	sampleHistories,
	type AlertEvent,
	type History,
	type RequestEvent
} from '../../support/tenure-histories.ts';

/** Far fewer than the runs of a unit property: the test posts each history to two running systems and reads everything. */
const HISTORY_COUNT = 60;
const FOREIGN_COUNT = 15;
const US = 'brightwell';
/** Later instants are those of the test, such as when a record was stored. */
const LAST_OF_HISTORIES = '2026-11-20';

const histories = sampleHistories(HISTORY_COUNT, 1105);
/** Histories that replace, in the second installation, the histories that Brightwell does not see. */
const replacements = sampleHistories(HISTORY_COUNT, 2026);
/** Histories of Devices that Brightwell never supplied, for the second installation only. */
const foreignHistories = sampleHistories(FOREIGN_COUNT, 7).map(withoutUs);

/** Tells whether Brightwell sees an Alert or a Service Request in any round. */
const visibleToUs = (h: History) => ({
	alert: (alert: AlertEvent) => h.owners.some((owners) => seesAlert(US, owners, alert)),
	request: (request: RequestEvent) => h.owners.some((owners) => seesRequest(US, owners, request))
});

/** Returns a history with Halden in the place of Brightwell. */
function withoutUs(h: History): History {
	const owners = h.owners.map((slots) => slots.map((owner) => (owner === US ? ('halden' as const) : owner)));
	return {
		...h,
		owners,
		alerts: h.alerts.map((alert) => ({ ...alert, recipient: 'nobody' })),
		requests: h.requests.map((request) => ({ ...request, sender: 'network-operator' }))
	};
}

/**
 * The history in the second installation: the same for Brightwell in every round. Events that Brightwell does not see are
 * never posted, and the events of `other` are posted instead.
 */
function inSecondInstallation(h: History, other: History): History {
	const owners = h.owners.map((slots, round) =>
		slots.map((owner, slot) => {
			const instead = other.owners[round]![slot]!;
			return owner === US ? owner : instead === US ? ('nobody' as const) : instead;
		})
	);
	const visible = visibleToUs({ ...h, owners });
	return {
		deviceId: h.deviceId,
		owners,
		alerts: [
			...h.alerts.map((alert) => (visible.alert(alert) ? alert : { ...alert, round: NEVER })),
			...other.alerts.filter((alert) => !visible.alert(alert))
		],
		requests: [
			...h.requests.map((request) => (visible.request(request) ? request : { ...request, round: NEVER })),
			...other.requests.filter((request) => !visible.request(request))
		]
	};
}

const foreignHub = newDeviceId();

interface Installation {
	system: System;
	histories: History[];
	frames: AlertChanged[];
}
const installations: Installation[] = [];

beforeAll(async () => {
	const second = histories.map((h, i) => inSecondInstallation(h, replacements[i]!));
	for (const posted of [histories, [...second, ...foreignHistories]]) {
		const system = await startSystem();
		const frames: AlertChanged[] = [];
		(await system.connect(US)).on('alert:changed', (frame: AlertChanged) => frames.push(frame));
		installations.push({ system, histories: posted, frames });
	}
});
afterAll(async () => {
	await Promise.all(installations.map(({ system }) => system[Symbol.asyncDispose]()));
});

async function postHistories({ system, histories }: Installation): Promise<void> {
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
		// Decisions of the other Supplier must not show: in the second installation it decides every Alert.
		if (histories !== installations[0]!.histories) await decide(system, 'halden', round);
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

/** Reads everything that Brightwell can read, as text, with names in the place of ids and times. */
async function readAll({ system, frames }: Installation): Promise<Record<string, string[]>> {
	const { rows } = await system.database.query<{ id: string; message_id: string }>(
		'select id::text, message_id from alert'
	);
	const names = new Map(rows.map(({ id, message_id }) => [id, message_id]));
	const alerts = await allAlerts(system, US);
	const episodes = await allEpisodes(system, US);
	for (const { id } of episodes) {
		const members = alerts.filter((alert) => alert.episodeId === id).map((alert) => alert.messageId);
		names.set(id, `episode of ${members.sort()[0]}`);
	}
	const withoutIds = (body: unknown): string =>
		(typeof body === 'string' ? body : JSON.stringify(body))
			.replace(
				/"(episodeId|id|nextCursor)":"(\d+)"/g,
				(_, field, id: string) => `"${field}":"${names.get(id)}"`
			)
			.replace(/^\d{15,}/gm, (id) => names.get(id)!)
			.replace(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, (at) => (at > LAST_OF_HISTORIES ? 'at that time' : at));
	const get = async (path: string) => {
		const { status, headers, body } = await system.get(US, path);
		return `${status} ${[...headers.keys()].sort().join()} ${withoutIds(body)}`;
	};
	const readEach = (paths: string[]) => Promise.all(paths.map(get));
	const entries = frames
		.flatMap(({ items, retracted }) => [...items, ...retracted])
		.sort((a, b) => a.seq - b.seq);
	return {
		lists: await readEach([
			'/alerts?limit=500',
			'/alerts?decision=open',
			'/alerts?explanation=likely',
			'/alerts?q=8F30&sort=oldest',
			'/alerts?tier=strong,weak&notRole=own',
			'/alerts?role=own&sort=oldest&limit=10',
			'/alerts?notModel=x&notFirmware=x&notArea=x&limit=500',
			'/alerts?notUser=90-B3-D5-1F-30-02-00-01&limit=500'
		]),
		feed: await readEach(['/feed', '/feed?after=100', '/feed?after=300', '/feed?after=100000']),
		exports: await readEach(['/exports/alerts.csv', '/exports/alerts.ndjson']),
		singles: await readEach(alerts.map((alert: Alert) => `/alerts/${alert.id}`)),
		timelines: await readEach(histories.map((h) => `/devices/${h.deviceId}/timeline?${HISTORY_PERIOD}`)),
		senders: await readEach(
			[NORTH_GRID_USER_ID, BRIGHTWELL_USER_ID, HALDEN_USER_ID].map(
				(id) => `/senders/${id}?days=7&until=2026-11-06T00:00:00.000Z`
			)
		),
		facets: await readEach([
			'/alerts/facets',
			'/alerts/facets?decision=open&explanation=likely',
			'/alerts/facets?notModel=x&notRole=own&tier=strong'
		]),
		episodes: episodes.map(withoutIds).sort(),
		outside: (await readEach(episodes.map(({ id }) => `/episodes/${id}/outside`))).sort(),
		frames: entries.map(withoutIds)
	};
}

describe(`${HISTORY_COUNT} histories in two installations that differ only outside the tenure of Brightwell`, () => {
	it('Brightwell reads the same text and the same feed numbers from both', async () => {
		await Promise.all(installations.map(postHistories));
		const [first, second] = [await readAll(installations[0]!), await readAll(installations[1]!)];
		for (const [kind, texts] of Object.entries(first)) expect([kind, second[kind]]).toEqual([kind, texts]);
		expect(first['singles']!.length).toBeGreaterThan(30);
		const foreign = await Promise.all(installations.map(({ system }) => allAlerts(system, 'halden')));
		expect(foreign[0]!.map((a) => a.messageId)).not.toEqual(foreign[1]!.map((a) => a.messageId));
	}, 120_000);

	it('Brightwell reads the same Devices and Alerts from both, although attributes differ after its tenures', async () => {
		const later = { deviceType: 'ESME', model: 'later', firmware: 'later', area: 'LATER', hubId: foreignHub };
		const changed = histories.map(({ deviceId }) => ({ deviceId, ...later }));
		const before = await readAll(installations[1]!);
		expect((await installations[1]!.system.post('/devices', changed)).status).toBe(202);
		// The Alerts of these Devices are explained again.
		await settled(installations[1]!.system);
		expect(await readAll(installations[1]!)).toEqual(before);
		const paths = [
			'/devices?limit=500',
			'/devices?tenure=past',
			'/devices?tenure=current',
			'/devices?model=later',
			'/devices?area=LATER',
			`/devices?hub=${foreignHub}`,
			...[...histories, ...foreignHistories].map(({ deviceId }) => `/devices/${deviceId}`)
		];
		const [first, second] = await Promise.all(
			installations.map(({ system }) =>
				Promise.all(
					paths.map(async (path) => {
						const { status, body } = await system.get(US, path);
						return [path, status, body];
					})
				)
			)
		);
		expect(second).toEqual(first);
		expect(first!.filter(([, status]) => status === 404).length).toBeGreaterThanOrEqual(FOREIGN_COUNT);
		expect(JSON.stringify(first)).toContain('"tenures":[{');
		const attributes = ['model', 'notModel', 'firmware', 'notFirmware'].map((name) => `${name}=later`);
		attributes.push('area=LATER', 'notArea=LATER');
		const [lists, otherLists] = await Promise.all(
			installations.map(({ system }) =>
				Promise.all(
					attributes.map(async (filter) => [
						filter,
						(await system.alerts(US, `?${filter}&limit=500`)).map(({ messageId }) => messageId),
						(await system.get(US, `/alerts/facets?${filter}`)).body
					])
				)
			)
		);
		expect(otherLists).toEqual(lists);
	}, 120_000);
});

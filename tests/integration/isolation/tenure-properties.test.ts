// Tests the tenure rule on a running system with generated histories of tenures, corrections, Alerts, Service Requests and
// decisions. Every read of a Supplier must give exactly the records of a plain model, and depend on the raw records alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { Follower, allAlerts, allEpisodes, exportedIds, settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, type SupplierSlug, type System } from '../../support/system.ts';
import {
	HISTORY_PERIOD,
	ROUNDS,
	SLUGS,
	alertOf,
	deviceOf,
	isInTenure,
	messageId,
	namedRequests,
	requestId,
	requestOf,
	seesAlert,
	seesRequest,
	sampleHistories,
	tenuresOf,
	type History
} from '../../support/tenure-histories.ts';

/** The number of histories is small, because each round reads all lists, feeds and exports of a running system. */
const HISTORY_COUNT = 120;
const histories = sampleHistories(HISTORY_COUNT, 4711);
const COMPLETE = { source: 'sat', completeUntil: '2026-11-06T00:00:00.000Z' };

let system: System;
/** The Alerts that each Supplier knows from reading its feed. */
const feedReaders = { brightwell: new Follower(), halden: new Follower() };
/** The Alerts that each Supplier knows from its socket. */
const socketListeners = { brightwell: new Follower(), halden: new Follower() };
/** The last verdict of a Supplier, by message id. */
const verdicts = { brightwell: new Map<string, string>(), halden: new Map<string, string>() };

beforeAll(async () => {
	system = await startSystem();
	await system.post('/service-requests/completeness', COMPLETE);
	for (const slug of SLUGS) {
		const socket = await system.connect(slug);
		socket.on('alert:changed', (frame: AlertChanged) => {
			socketListeners[slug].take(frame);
			socketListeners[slug].head = Math.max(socketListeners[slug].head, frame.to);
		});
	}
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/** Posts all records of a round at once: chance decides which of them the system stores first. */
async function postRound(round: number): Promise<void> {
	const answers = await Promise.all([
		system.post(
			'/devices',
			histories.map((h) => deviceOf(h, h.owners[round]!))
		),
		system.post(
			'/service-requests',
			histories.flatMap((h) => h.requests.filter((r) => r.round === round).map((r) => requestOf(h, r)))
		),
		system.post(
			'/alerts',
			histories.flatMap((h) => h.alerts.filter((a) => a.round === round).map((a) => alertOf(h, a)))
		)
	]);
	for (const { status, body } of answers) expect([status, body.rejected]).toEqual([202, []]);
	await settled(system);
}

/** Returns the Alerts that a Supplier should read after a round, by the model. */
const expectedAlerts = (slug: SupplierSlug, round: number) =>
	histories
		.flatMap((h) =>
			h.alerts
				.filter((a) => a.round <= round && seesAlert(slug, h.owners[round]!, a))
				.map((a) => ({
					messageId: messageId(h, a),
					inTenure: isInTenure(slug, h.owners[round]!, a),
					named: namedRequests(slug, h.owners[round]!, { ...h }, a).filter((id) =>
						h.requests.some((r) => r.round <= round && requestId(h, r) === id)
					),
					verdict: verdicts[slug].get(messageId(h, a)) ?? null
				}))
		)
		.sort(byMessage);

const asModel = (alert: Alert) => ({
	messageId: alert.messageId,
	inTenure: alert.explanation !== 'out-of-scope',
	named: [...alert.candidates, ...alert.excluded].map(({ requestId }) => requestId).sort(),
	verdict: alert.decision?.verdict ?? null
});
const byMessage = (a: { messageId: string }, b: { messageId: string }) =>
	a.messageId < b.messageId ? -1 : 1;
const byId = (a: Alert, b: Alert) => (a.id < b.id ? -1 : 1);

/** Decides every second Alert as both Suppliers. For a Supplier that may not see an Alert, the Alert does not exist. */
async function decideEverySecondAlert(round: number): Promise<void> {
	const allKnown = (await Promise.all(SLUGS.map((slug) => allAlerts(system, slug)))).flat();
	const chosen = [...new Map(allKnown.map((alert) => [alert.id, alert])).values()].filter(
		(_, i) => i % 2 === round % 2
	);
	for (const slug of SLUGS) {
		const own = new Map((await allAlerts(system, slug)).map((alert) => [alert.id, alert]));
		for (let i = 0; i < chosen.length; i += 500) {
			const part = chosen.slice(i, i + 500);
			const { body } = await system.call('POST', '/decisions', slug, {
				items: part.map(({ id }) => ({ id, version: own.get(id)?.version ?? 1 })),
				verdict: round % 2 ? 'actionable' : 'ignorable',
				reason: round % 2 ? 'tamper' : 'repeat'
			});
			const [mine, others] = [part.filter(({ id }) => own.has(id)), part.filter(({ id }) => !own.has(id))];
			expect(body.done).toEqual(mine.map(({ id }) => id));
			expect(body.conflicts).toEqual(others.map(({ id }) => ({ id, version: null })));
			for (const alert of mine) verdicts[slug].set(alert.messageId, round % 2 ? 'actionable' : 'ignorable');
		}
	}
	await settled(system);
}

/** Compares every read of a Supplier with the model, and with each other. */
async function checkReads(slug: SupplierSlug, round: number): Promise<void> {
	const alerts = await allAlerts(system, slug);
	expect(alerts.map(asModel).sort(byMessage)).toEqual(expectedAlerts(slug, round));
	await feedReaders[slug].catchUp(system, slug);
	expect(feedReaders[slug].alerts.sort(byId)).toEqual([...alerts].sort(byId));
	await eventually(() => expect(socketListeners[slug].head).toBe(feedReaders[slug].head));
	expect(socketListeners[slug].alerts.sort(byId)).toEqual([...alerts].sort(byId));
	const ids = alerts.map((alert) => alert.id);
	expect(await exportedIds(system, slug)).toEqual({ csv: ids, ndjson: ids });
	for (const { id, members, devices } of await allEpisodes(system, slug)) {
		const own = alerts.filter((alert) => alert.episodeId === id);
		expect([members, devices]).toEqual([own.length, new Set(own.map((alert) => alert.deviceId)).size]);
	}
}

async function checkTimeline(slug: SupplierSlug, h: History): Promise<void> {
	const owners = h.owners.at(-1)!;
	const { status, body } = await system.get(slug, `/devices/${h.deviceId}/timeline?${HISTORY_PERIOD}`);
	const tenures = tenuresOf(owners).filter(({ supplier }) => supplier === slug);
	if (tenures.length === 0) return expect(status).toBe(404);
	const items = body.items as TimelineItem[];
	const itemsOf = <K extends TimelineItem['kind']>(kind: K) =>
		items.filter((item): item is Extract<TimelineItem, { kind: K }> => item.kind === kind);
	expect(itemsOf('tenure').map(({ from, to }) => [from, to])).toEqual(
		tenures.map(({ from, to }) => [from, to])
	);
	expect(
		itemsOf('service-request')
			.map((item) => item.requestId)
			.sort()
	).toEqual(
		h.requests
			.filter((r) => seesRequest(slug, owners, r))
			.map((r) => requestId(h, r))
			.sort()
	);
	expect(itemsOf('alert')).toHaveLength(h.alerts.filter((a) => seesAlert(slug, owners, a)).length);
}

describe(`${HISTORY_COUNT} generated histories of Devices whose tenures are corrected ${ROUNDS - 1} times`, () => {
	it('every read gives exactly the records of the model, after each correction and after decisions', async () => {
		for (let round = 0; round < ROUNDS; round++) {
			await postRound(round);
			for (const slug of SLUGS) await checkReads(slug, round);
			await decideEverySecondAlert(round);
			for (const slug of SLUGS) await checkReads(slug, round);
		}
		for (const slug of SLUGS) for (const h of histories) await checkTimeline(slug, h);
	}, 120_000);

	it('an Alert that is not in the list of a Supplier reads like an id that never existed', async () => {
		const lists = await Promise.all(SLUGS.map((slug) => allAlerts(system, slug)));
		const { rows } = await system.database.query<{ id: string }>('select id::text from alert');
		for (const [i, slug] of SLUGS.entries()) {
			const own = new Set(lists[i]!.map((alert) => alert.id));
			const unknown = await system.get(slug, '/alerts/123456789');
			const foreign = rows.filter(({ id }) => !own.has(id));
			expect(foreign.length).toBeGreaterThan(30);
			for (const { id } of foreign) {
				const { status, body } = await system.get(slug, `/alerts/${id}`);
				expect([status, body]).toEqual([unknown.status, unknown.body]);
			}
		}
	});

	it('explaining every Alert again from the raw records changes nothing and writes nothing', async () => {
		const read = () =>
			Promise.all(
				SLUGS.map(async (slug) => [await allAlerts(system, slug), await allEpisodes(system, slug)])
			);
		const before = await read();
		await system.database.query(
			`insert into doorbell (job, ids, rung_at) select 'correlate-again', array_agg(id), now() - interval '1 hour' from alert`
		);
		await settled(system);
		expect(await read()).toEqual(before);
		for (const slug of SLUGS)
			expect((await system.get(slug, `/feed?after=${feedReaders[slug].head}`)).body).toMatchObject({
				items: [],
				retracted: [],
				head: feedReaders[slug].head
			});
	});

	it('a second system that gets only the final state, in reverse order, reads the same', async () => {
		await using second = await startSystem();
		await second.post('/alerts', histories.flatMap((h) => h.alerts.map((a) => alertOf(h, a))).toReversed());
		await second.post(
			'/service-requests',
			histories.flatMap((h) => h.requests.map((r) => requestOf(h, r))).toReversed()
		);
		await second.post('/devices', histories.map((h) => deviceOf(h, h.owners.at(-1)!)).toReversed());
		await second.post('/service-requests/completeness', COMPLETE);
		await settled(second);
		const comparable = async (from: System, slug: SupplierSlug) =>
			(await allAlerts(from, slug))
				.map(
					({ messageId, explanation, summary, notes, candidates, excluded, forward, hubId, deviceType }) => ({
						...{ messageId, explanation, summary, notes, candidates, excluded, forward, hubId, deviceType }
					})
				)
				.sort(byMessage);
		for (const slug of SLUGS)
			await eventually(
				async () => expect(await comparable(second, slug)).toEqual(await comparable(system, slug)),
				{
					timeout: 20_000,
					interval: 500
				}
			);
	}, 60_000);
});

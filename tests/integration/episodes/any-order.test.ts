// Tests that the episodes are those that the rule makes of all Alerts at once, whatever the order of arrival: with late
// Alerts, late evidence, corrected tenures, an emptied Redis and two workers.
import fc from 'fast-check';
import { createClient } from 'redis';
import { afterEach, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { episodesOf, groupKeys, type Grouped } from '#lib/domain/episode-rule.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';
import { stopProcess } from '../../../launcher/process.ts';
import {
	BRIGHTWELL_USER_ID,
	HALDEN_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { allAlerts, allEpisodes, settled } from '../../support/supplier-reads.ts';
import { startSystem, startWorker, type System } from '../../support/system.ts';

const MODEL = { model: 'Storm 9', firmware: '2.10' };
const IMAGE = 'AB'.repeat(32);
const ALERTS_PER_HISTORY = 300;
const HOMES = 14;

let system: System | undefined;
afterEach(async () => {
	await system?.[Symbol.asyncDispose]();
	system = undefined;
});

/** One event of a history, in the order of time. */
const event = fc.record({
	home: fc.nat(HOMES - 1),
	/** Seconds since the previous Alert. Some pauses split the runs of storms, a few also longer runs. */
	pauseSeconds: fc.oneof(
		{ weight: 40, arbitrary: fc.nat(12) },
		{ weight: 4, arbitrary: fc.integer({ min: 90, max: 200 }) },
		{ weight: 1, arbitrary: fc.integer({ min: 1000, max: 2400 }) }
	),
	code: fc.constantFrom('8F3E', '8F3E', '8F3E', '8F35'),
	/** The User whose request explains the Alert; `null`: none. */
	userId: fc.constantFrom(null, null, null, BRIGHTWELL_USER_ID, HALDEN_USER_ID),
	/** Whether the request is sent after the Alert. */
	isLateEvidence: fc.boolean(),
	hasImage: fc.nat(11).map((n) => n === 0),
	throttledCount: fc.constantFrom(undefined, undefined, undefined, undefined, 7),
	/** How far the Alert is delayed, as a number of Alerts. */
	delay: fc.oneof({ weight: 6, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(ALERTS_PER_HISTORY) })
});

interface Scenario {
	seed: number;
	batch: number;
	workers: number;
	/** The batches after which Redis is emptied. */
	emptiedAfter: readonly number[];
	/** How old the newest Alert is at the start, in hours. */
	ageHours: number;
}

describe('the episodes equal those of the rule', () => {
	it.each<Scenario>([
		{ seed: 1, batch: 20, workers: 1, emptiedAfter: [], ageHours: 0 },
		{ seed: 2, batch: 7, workers: 2, emptiedAfter: [], ageHours: 0 },
		{ seed: 3, batch: 20, workers: 1, emptiedAfter: [3, 9], ageHours: 0 },
		{ seed: 4, batch: 11, workers: 2, emptiedAfter: [5, 6, 20], ageHours: 0 },
		{ seed: 5, batch: 40, workers: 2, emptiedAfter: [2], ageHours: 1 },
		{ seed: 6, batch: 40, workers: 1, emptiedAfter: [], ageHours: 30 },
		// The index knows little, so that the database decides most.
		{ seed: 7, batch: 15, workers: 1, emptiedAfter: Array.from({ length: 20 }, (_, n) => n), ageHours: 0 },
		{ seed: 8, batch: 15, workers: 2, emptiedAfter: Array.from({ length: 20 }, (_, n) => n), ageHours: 30 }
	])(
		'seed $seed: batches of $batch, $workers workers, Redis emptied after batches $emptiedAfter, $ageHours h old',
		async ({ seed, batch, workers, emptiedAfter, ageHours }) => {
			system = await startSystem({ completeUntil: new Date().toISOString() });
			const others = await Promise.all(
				Array.from({ length: workers - 1 }, () => startWorker({ ...system!.env, ORIGIN: system!.url }))
			);
			try {
				await play(system, { seed, batch, emptiedAfter, ageHours });
				await settled(system);
				await expectEpisodesOfRule(system);
			} finally {
				await Promise.all(others.map((worker) => stopProcess(worker, 'SIGTERM')));
			}
		},
		120_000
	);
});

const images = new Set<string>();

async function play(
	{ post, redisUrl }: System,
	{ seed, batch, emptiedAfter, ageHours }: Omit<Scenario, 'workers'>
): Promise<void> {
	const events = fc.sample(event, { numRuns: ALERTS_PER_HISTORY, seed });
	const lasts = events.reduce((sum, { pauseSeconds }) => sum + pauseSeconds, 0);
	let at = Date.now() - ageHours * 3_600_000 - lasts * 1000;
	const homes = Array.from({ length: HOMES }, () => ({ meter: newDeviceId(), hub: newDeviceId() }));
	const devices = homes.map(({ meter, hub }, i) =>
		aDevice(meter, { hubId: hub, area: `ZZ${i % 2}`, ...MODEL })
	);
	await post('/devices', devices);
	const history = events.map((one, place) => {
		at += one.pauseSeconds * 1000;
		const { meter } = homes[one.home]!;
		const alert = anAlert(meter, {
			code: one.code,
			raisedAt: new Date(at).toISOString(),
			receivedAt: new Date(at + 500).toISOString(),
			...(one.hasImage && { imageHash: IMAGE }),
			...(one.throttledCount && { throttledCount: one.throttledCount })
		});
		if (one.hasImage) images.add(alert.messageId);
		const request =
			one.userId &&
			aRequest(meter, {
				userId: one.userId,
				userRole: one.userId === BRIGHTWELL_USER_ID ? 'IS' : 'GS',
				serviceReferenceVariant: '11.3',
				requestedAt: new Date(at - 30_000).toISOString(),
				respondedAt: new Date(at - 25_000).toISOString(),
				responseCode: 'E21'
			});
		return { alert, request, isLate: one.isLateEvidence, arrives: place + one.delay };
	});
	history.sort((a, b) => a.arrives - b.arrives);
	const redis = createClient({ url: redisUrl });
	await redis.connect();
	try {
		for (let i = 0, n = 0; i < history.length; i += batch, n++) {
			const now = history.slice(i, i + batch);
			const requests = (isLate: boolean) =>
				now.flatMap((one) => (one.request && one.isLate === isLate ? one.request : []));
			if (requests(false).length > 0) await post('/service-requests', requests(false));
			await post(
				'/alerts',
				now.map(({ alert }) => alert)
			);
			if (requests(true).length > 0) await post('/service-requests', requests(true));
			if (emptiedAfter.includes(n)) await redis.flushDb();
		}
	} finally {
		redis.destroy();
	}
	// A corrected tenure takes the Alerts of one home away.
	await post('/devices', [{ ...devices[0]!, tenures: suppliedBy('halden') }]);
}

async function expectEpisodesOfRule(of: System): Promise<void> {
	for (const supplier of ['brightwell', 'halden'] as const) {
		const alerts = await allAlerts(of, supplier);
		const ruled = episodesOf(alerts.map(groupedAlert));
		const idsOf = (ids: readonly bigint[]) => ids.map(String).sort().join(' ');
		const found = Map.groupBy(
			alerts.filter(({ episodeId }) => episodeId !== null),
			(alert) => alert.episodeId!
		);
		expect([...found.values()].map((own) => idsOf(own.map(({ id }) => BigInt(id)))).sort()).toEqual(
			ruled.map(({ alertIds }) => idsOf(alertIds)).sort()
		);
		const figures = ruled
			.filter(({ isShown }) => isShown)
			.map(({ alertIds }) => {
				const own = alerts.filter(({ id }) => alertIds.includes(BigInt(id)));
				return {
					members: own.length,
					devices: new Set(own.map(({ deviceId }) => deviceId)).size,
					occurrences: own.reduce((sum, { occurrences }) => sum + occurrences, 0),
					atLeast: own.some(({ throttled }) => throttled),
					priority: Math.min(...own.map(({ priority }) => priority)),
					firstAt: own.map(({ effectiveAt }) => effectiveAt).sort()[0],
					lastAt: own
						.map(({ effectiveAt }) => effectiveAt)
						.sort()
						.at(-1)
				};
			});
		const shown = (await allEpisodes(of, supplier)).map((one) => ({
			members: one.members,
			devices: one.devices,
			occurrences: one.occurrences,
			atLeast: one.atLeast,
			priority: one.priority,
			firstAt: one.firstAt,
			lastAt: one.lastAt
		}));
		const sorted = (list: readonly object[]) => list.map((one) => JSON.stringify(one)).sort();
		expect(sorted(shown)).toEqual(sorted(figures));
	}
}

const groupedAlert = (alert: Alert): Grouped => ({
	alertId: BigInt(alert.id),
	deviceId: alert.deviceId,
	at: Date.parse(alert.effectiveAt),
	keys: groupKeys({
		...alert,
		...MODEL,
		imageHash: images.has(alert.messageId) ? IMAGE : null,
		suspect: namesSuspect(alert.explanation) ? (alert.candidates[0] ?? null) : null
	})
});

// Kills the process that pages with SIGKILL, at each point between the commit of a page and the note of its delivery. No
// page may be lost, and a receiver that honours `webhook-id` must see each event once and in order.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stopProcess } from '../../../launcher/process.ts';
import { CRASH_POINTS, type CrashPoint } from '../../support/crashing-on-call.ts';
import {
	UNEXPLAINED_SECURITY,
	eventOf,
	setUpOnCall,
	type OnCallTest,
	type SeenEvent
} from '../../support/on-call.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

/** The kills at each of the six points. In CI all kills together are more than 200. */
const KILLS = process.env['CI'] ? 34 : 5;
/** The processes that work, and are killed, at the same time. */
const LANES = 3;
/** A route pages about fewer Alerts than a flood has. */
const ALERTS_PER_ROUTE = 18;
const ROUTES = 12;
/** The most steps of a route, so that there is work for all kills. */
const STEPS = 10;

let system: System;
let onCall: OnCallTest;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	onCall = await setUpOnCall(system);
});
afterAll(async () => {
	await onCall.receiver[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});

/** Starts the process that pages. Without a point, the process works until it is stopped. `signal` kills it. */
const start = (point: CrashPoint | 'none', signal?: AbortSignal) =>
	fork(new URL('../../support/crashing-on-call.ts', import.meta.url), {
		env: {
			...process.env,
			...system.env,
			ORIGIN: system.url,
			CRASH_POINT: point,
			NODE_COMPILE_CACHE: `${system.env.CAUSEWAY_HOME}/compiled`
		},
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
		signal,
		killSignal: 'SIGKILL'
	});

/** Makes the next step of some open pages due, so that there is work to be killed at. */
const makeStepsDue = () =>
	system.database.query(
		`update page set step_at = now() - interval '1 second' where id in (
			select id from page where state = 'open' and step_at > now() order by step, random() limit 6
		)`
	);

it(
	'each page is sent once and in order, although the process is killed at every point',
	{ timeout: 1_800_000 },
	async ({ signal: timeUp }) => {
		const devices = Array.from({ length: ROUTES * ALERTS_PER_ROUTE }, newDeviceId);
		await system.post(
			'/devices',
			devices.map((id, i) => aDevice(id, { area: `K${i}` }))
		);
		await system.post(
			'/alerts',
			devices.map((id) => anAlert(id))
		);
		await settled(system);
		await system.killWorker();
		for (let i = 0; i < ROUTES; i++) {
			const areas = Array.from({ length: ALERTS_PER_ROUTE }, (_, j) => `K${i * ALERTS_PER_ROUTE + j}`);
			await onCall.route(
				`route ${i}`,
				{ ...UNEXPLAINED_SECURITY, areas },
				{ then: Array(STEPS).fill({ channel: 'bridge' }) }
			);
		}
		// The worker read the feed before there was a route. Now the Alerts are news again.
		await system.database.query("update feed_cursor set seq = 0 where follower = 'on-call'");

		// A signature is valid for five minutes, so that it is checked on arrival.
		const seen: SeenEvent[] = [];
		onCall.receiver.behave((_req, res, received) => {
			seen.push(eventOf(received));
			res.writeHead(204).end();
		});
		const queue = Array.from({ length: KILLS }, () => CRASH_POINTS).flat();
		const kills = queue.length;
		await Promise.all(
			Array.from({ length: LANES }, async () => {
				for (let point = queue.pop(); point; point = queue.pop()) {
					const ended = once(start(point, timeUp), 'exit');
					const refill = setInterval(() => void makeStepsDue(), 500);
					const [, signal] = await ended.finally(() => clearInterval(refill));
					expect(signal).toBe('SIGKILL');
				}
			})
		);
		const worker = start('none');
		try {
			await eventually(
				async () => {
					const { rows } = await system.database.query(
						'select count(*)::int as n from delivery where next_at is not null'
					);
					expect(rows[0].n).toBe(0);
				},
				{ timeout: 300_000 }
			);
		} finally {
			await stopProcess(worker, 'SIGKILL');
		}

		expect(kills).toBeGreaterThan(process.env['CI'] ? 200 : 20);
		const { rows: events } = await system.database.query<{
			key: string;
			page_id: string;
			type: string;
			step: number;
		}>(
			// The worker may open one more page before it is killed. Nothing else is due any more.
			`select e.key, e.page_id::text, e.type, d.step from page_event e join delivery d on d.event_id = e.id
			where d.next_at is null order by e.id`
		);
		const firstSeen = [...new Map(seen.toReversed().map((event) => [event.id, event])).values()].toReversed();
		expect(new Set(firstSeen.map(({ id }) => id))).toEqual(new Set(events.map(({ key }) => key)));
		// From ten o'clock on, the rota also has its daily test page.
		const { rows: opened } = await system.database.query<{ alert: string; pages: number }>(
			`select p.alert_id::text as alert, count(*)::int as pages from page_event e join page p on p.id = e.page_id
			where e.type = 'opened' and p.subject <> 'test' group by 1`
		);
		expect(opened.filter(({ pages }) => pages > 1)).toEqual([]);
		expect(opened).toHaveLength(devices.length);
		// One event for each page and step.
		expect(new Set(events.map(({ page_id, step }) => `${page_id} ${step}`)).size).toBe(events.length);
		expect(orderOf(firstSeen)).toEqual(
			orderOf(events.map(({ key, page_id, type }) => ({ id: key, page: page_id, type })))
		);
		// A process that ended between the answer of the receiver and its note has made the event come again.
		expect(seen.length).toBeGreaterThan(firstSeen.length);
	}
);

/** Returns the ids of the events of each page in their order. */
function orderOf(events: ReadonlyArray<Pick<SeenEvent, 'id' | 'page' | 'type'>>): Record<string, string[]> {
	const pages: Record<string, string[]> = {};
	for (const { id, page } of events) (pages[page] ??= []).push(id);
	return pages;
}

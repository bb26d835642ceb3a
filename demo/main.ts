// The demo feed: registers the simulated world, sends the last six hours, then lives on, one story after the other.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type Send } from './client.ts';
import { HOUR, SECOND, type Happening, type Truth, type WorldEvent } from './events.ts';
import { STORIES, playStory } from './stories.ts';
import { traffic } from './traffic.ts';
import { devicesOf, neighbourhood } from './world.ts';

const {
	CAUSEWAY_URL,
	CAUSEWAY_KEY,
	CAUSEWAY_HOME = '.causeway',
	DEMO_SEED = '1',
	DEMO_RATE = '1'
} = process.env;
if (!CAUSEWAY_URL || !CAUSEWAY_KEY) throw new Error('the demo feed needs CAUSEWAY_URL and CAUSEWAY_KEY');
const seed = Number(DEMO_SEED);
const rate = Number(DEMO_RATE);
const HOMES = 400;
const BACKFILL = 6 * HOUR;
const BATCH = 500;
/** Audit records come up to two minutes late, so that the mark stays that far behind. */
const MARK_LAG = 130 * SECOND;
const STORY_EVERY = 11 * SECOND;

process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

const truthFile = join(CAUSEWAY_HOME, 'demo', 'ground-truth.ndjson');
mkdirSync(join(CAUSEWAY_HOME, 'demo'), { recursive: true });
const keepTruth = (truths: readonly Truth[]): void =>
	appendFileSync(truthFile, truths.map((truth) => `${JSON.stringify(truth)}\n`).join(''));

const say = (line: string): void => console.log(line);
const send = createClient(CAUSEWAY_URL, CAUSEWAY_KEY, say);
const homes = neighbourhood(HOMES);
/** Events whose time has not come. */
let later: WorldEvent[] = [];

await register();
await backfill(Date.now());
await live(Date.now());

async function register(): Promise<void> {
	const devices = homes.flatMap((home) => devicesOf(home));
	for (let i = 0; i < devices.length; i += BATCH) await send('/devices', devices.slice(i, i + BATCH));
	say(`demo: ${HOMES} homes with ${devices.length} Devices are registered`);
}

async function backfill(now: number): Promise<void> {
	const { events, truths } = traffic(homes, {
		seed,
		from: now - BACKFILL,
		to: now - 2 * SECOND,
		episodesPerHour: 14 * rate
	});
	keepTruth(truths);
	await deliver(
		events.filter((event) => event.sendAt <= now),
		send
	);
	later.push(...events.filter((event) => event.sendAt > now));
	await send('/service-requests/completeness', {
		source: 'sat',
		completeUntil: new Date(now - MARK_LAG).toISOString()
	});
	say(`demo: the last six hours are in: ${truths.length} Alerts`);
}

/** Requests before Alerts, in the order of their sending, many a call. */
async function deliver(events: readonly WorldEvent[], to: Send): Promise<void> {
	const sorted = [...events].sort((a, b) => a.sendAt - b.sendAt);
	for (const event of sorted) if (event.what === 'devices') await to('/devices', event.body);
	for (const [what, path] of [
		['request', '/service-requests'],
		['alert', '/alerts']
	] as const) {
		const bodies = sorted.filter((event) => event.what === what).map((event) => event.body);
		for (let i = 0; i < bodies.length; i += BATCH) await to(path, bodies.slice(i, i + BATCH));
	}
	for (const event of sorted) if (event.what === 'duis') await to('/duis', event.body, 'application/xml');
}

async function live(began: number): Promise<void> {
	let trafficUntil = began;
	let nextStory = began + 3 * SECOND;
	let played = 0;
	let marked = 0;
	for (;;) {
		const now = Date.now();
		if (now >= trafficUntil) {
			const to = now + 10 * SECOND;
			add(
				traffic(homes, { seed: seed + Math.floor(now / SECOND), from: now, to, episodesPerHour: 420 * rate })
			);
			trafficUntil = to;
		}
		if (now >= nextStory) {
			const story = STORIES[played++ % STORIES.length]!;
			say(`story ${story.name}: ${story.title}`);
			add(playStory(story, now));
			nextStory = now + (played < STORIES.length ? STORY_EVERY : 6 * STORY_EVERY) / rate;
		}
		const due = later.filter((event) => event.sendAt <= now);
		later = later.filter((event) => event.sendAt > now);
		await deliver(due, send);
		if (now - marked > 5 * SECOND) {
			await send('/service-requests/completeness', {
				source: 'sat',
				completeUntil: new Date(now - MARK_LAG).toISOString()
			});
			marked = now;
		}
		await pause(250);
	}
}

function add({ events, truths }: Happening): void {
	keepTruth(truths);
	later.push(...events);
}

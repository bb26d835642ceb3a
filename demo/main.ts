// Feeds the demo: registers the simulated Devices, sends six hours of history, then plays daily traffic and stories live.
// Also makes two standing decisions, decides explained Alerts as a colleague, receives the pages of both Suppliers, and
// answers some of them.
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createAlex } from './alex.ts';
import { createCaller, createClient, type Send } from './client.ts';
import { HOUR, SECOND, type Happening, type Truth, type WorldEvent } from './events.ts';
import { createKim } from './kim.ts';
import { TEAMS, setUpOnCall } from './on-call.ts';
import { openOutbox } from './outbox.ts';
import { setUpStanding } from './standing.ts';
import { STORIES, playStory } from './stories.ts';
import { traffic } from './traffic.ts';
import { devicesOf, neighbourhood } from './world.ts';

const {
	CAUSEWAY_URL,
	CAUSEWAY_KEY,
	CAUSEWAY_ON_CALL_KEY,
	CAUSEWAY_HALDEN_ON_CALL_KEY,
	CAUSEWAY_KIM_KEY,
	CAUSEWAY_LEAD_KEY,
	CAUSEWAY_ENGINEER_KEY,
	CAUSEWAY_HOME = '.causeway',
	DEMO_SEED = '1',
	DEMO_RATE = '1',
	DEMO_ANSWER_SECONDS = '30'
} = process.env;
if (
	!CAUSEWAY_URL ||
	!CAUSEWAY_KEY ||
	!CAUSEWAY_ON_CALL_KEY ||
	!CAUSEWAY_HALDEN_ON_CALL_KEY ||
	!CAUSEWAY_KIM_KEY ||
	!CAUSEWAY_LEAD_KEY ||
	!CAUSEWAY_ENGINEER_KEY
)
	throw new Error(
		'CAUSEWAY_URL, or one of the keys of the demo, is not set. `npm run demo` starts the feed with them'
	);
const seed = Number(DEMO_SEED);
const rate = Number(DEMO_RATE);
const HOMES = 400;
const BACKFILL_MS = 6 * HOUR;
const RECORDS_PER_CALL = 500;
/** Audit records arrive up to two minutes late, so the completeness mark stays a little further behind. */
const MARK_LAG_MS = 130 * SECOND;
const STORY_EVERY_MS = 11 * SECOND;
const ALEX_LOOKS_EVERY_MS = 2 * SECOND;
const KIM_LOOKS_EVERY_MS = 5 * SECOND;
/** Two a minute. Less than a third of them leave an Alert for a person, which is below the ten in ten minutes of EEMUA 191. */
const EPISODES_PER_HOUR = 120;

process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => process.exit(0));
process.on('disconnect', () => process.exit(0));

const truthFile = join(CAUSEWAY_HOME, 'demo', 'ground-truth.ndjson');
mkdirSync(join(CAUSEWAY_HOME, 'demo'), { recursive: true });
const storeTruths = (truths: readonly Truth[]): void =>
	appendFileSync(truthFile, truths.map((truth) => `${JSON.stringify(truth)}\n`).join(''));

const say = (line: string): void => console.log(line);
const send = createClient(CAUSEWAY_URL, CAUSEWAY_KEY, say);
const homes = neighbourhood(HOMES);
/** Events that are due in the future. */
let upcoming: WorldEvent[] = [];

const outbox = await openOutbox(join(CAUSEWAY_HOME, 'demo'), ['brightwell', 'halden']);
say(`outbox ${outbox.url}`);
await register();
// Before the first Alert, so that they decide the Alerts of the last six hours too.
await setUpStanding(
	createCaller(CAUSEWAY_URL, CAUSEWAY_LEAD_KEY),
	createCaller(CAUSEWAY_URL, CAUSEWAY_ENGINEER_KEY),
	say
);
await backfill(Date.now());
const asBrightwell = createCaller(CAUSEWAY_URL, CAUSEWAY_ON_CALL_KEY);
const asHalden = createCaller(CAUSEWAY_URL, CAUSEWAY_HALDEN_ON_CALL_KEY);
// The channels are tested before they are saved, so the outbox listens already.
await setUpOnCall(asBrightwell, TEAMS.brightwell, outbox.receiversOf('brightwell'), say);
await setUpOnCall(asHalden, TEAMS.halden, outbox.receiversOf('halden'), say);
await Promise.all([live(Date.now()), answerPages(), clearDesk()]);

async function register(): Promise<void> {
	const devices = homes.flatMap((home) => devicesOf(home));
	for (let i = 0; i < devices.length; i += RECORDS_PER_CALL)
		await send('/devices', devices.slice(i, i + RECORDS_PER_CALL));
	say(`demo: registered ${HOMES} homes with ${devices.length} Devices`);
}

async function backfill(now: number): Promise<void> {
	const { events, truths } = traffic(homes, {
		seed,
		from: now - BACKFILL_MS,
		to: now - 2 * SECOND,
		episodesPerHour: 14 * rate
	});
	storeTruths(truths);
	await deliver(
		events.filter((event) => event.sendAt <= now),
		send
	);
	upcoming.push(...events.filter((event) => event.sendAt > now));
	await send('/service-requests/completeness', {
		source: 'sat',
		completeUntil: new Date(now - MARK_LAG_MS).toISOString()
	});
	say(`demo: sent the Alerts of the last six hours (${truths.length})`);
}

/** Sends Devices, then Service Requests, then Alerts, then DUIS messages. Each kind is in the order of `sendAt`. */
async function deliver(events: readonly WorldEvent[], to: Send): Promise<void> {
	const sorted = [...events].sort((a, b) => a.sendAt - b.sendAt);
	for (const event of sorted) if (event.what === 'devices') await to('/devices', event.body);
	for (const [what, path] of [
		['request', '/service-requests'],
		['alert', '/alerts']
	] as const) {
		const bodies = sorted.filter((event) => event.what === what).map((event) => event.body);
		for (let i = 0; i < bodies.length; i += RECORDS_PER_CALL)
			await to(path, bodies.slice(i, i + RECORDS_PER_CALL));
	}
	for (const event of sorted) if (event.what === 'duis') await to('/duis', event.body, 'application/xml');
}

/** Plays traffic and stories for ever. After the first play of all stories, the pause between them is six times longer. */
async function live(began: number): Promise<void> {
	let trafficUntil = began;
	let nextStory = began + 3 * SECOND;
	let played = 0;
	let markedAt = 0;
	for (;;) {
		const now = Date.now();
		if (now >= trafficUntil) {
			const to = now + 10 * SECOND;
			add(
				traffic(homes, {
					seed: seed + Math.floor(now / SECOND),
					from: now,
					to,
					episodesPerHour: EPISODES_PER_HOUR * rate
				})
			);
			trafficUntil = to;
		}
		if (now >= nextStory) {
			const story = STORIES[played++ % STORIES.length]!;
			say(`story ${story.name}: ${story.title}`);
			add(playStory(story, now));
			nextStory = now + (played < STORIES.length ? STORY_EVERY_MS : 6 * STORY_EVERY_MS) / rate;
		}
		const due = upcoming.filter((event) => event.sendAt <= now);
		upcoming = upcoming.filter((event) => event.sendAt > now);
		await deliver(due, send);
		if (now - markedAt > 5 * SECOND) {
			await send('/service-requests/completeness', {
				source: 'sat',
				completeUntil: new Date(now - MARK_LAG_MS).toISOString()
			});
			markedAt = now;
		}
		await pause(250);
	}
}

/** Looks at the pages of Brightwell as Alex, for ever. Nobody answers the pages of Halden by machine. */
async function answerPages(): Promise<never> {
	const alex = createAlex(asBrightwell, Number(DEMO_ANSWER_SECONDS), say);
	for (;;) {
		await pause(ALEX_LOOKS_EVERY_MS);
		await alex(Date.now());
	}
}

/** Looks at the desk of Brightwell as Kim, for ever. */
async function clearDesk(): Promise<never> {
	const kim = createKim(createCaller(CAUSEWAY_URL!, CAUSEWAY_KIM_KEY!), say);
	for (;;) {
		await pause(KIM_LOOKS_EVERY_MS);
		await kim(Date.now());
	}
}

function add({ events, truths }: Happening): void {
	storeTruths(truths);
	upcoming.push(...events);
}

// Measures the console in a real browser: the live list of one Supplier holds many Alerts, and new ones arrive all the
// time.
import type { Page } from 'playwright-core';
import { createAuth } from '#lib/server/access/auth.ts';
import { isLive, openBrowser, openPage, signIn } from '../tests/support/browser.ts';
import { formatMs, formatNumber } from './format.ts';
import type { OnProgress } from './progress.ts';
import type { BrowserFigures } from './report/report.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import type { StageRunner } from './stage-runner.ts';
import { percentiles, runStage } from './stage.ts';
import { settled, type LoadedSystem } from './system.ts';

/** The slug of the smallest Supplier, which received the fewest Alerts in the earlier stages. */
const SUPPLIER = 'newlane';
const CHANGES_PER_SECOND = 50;
const MEASURED_SECONDS = 15;
/** The keys of a person who reads the list. Each moves or opens, and none decides. */
const KEYS = ['j', 'j', 'j', 'k', 'Enter', 'j', 'j', 'Enter'];
const KEY_EVERY_MS = 200;
/** The browser reports no event that was painted sooner than this (ms). */
const SHORTEST_EVENT_MS = 16;

export function browser({ options, measured, stageRunner, testbed }: BenchContext): Task {
	const { view } = options;
	return {
		name: `browser with ${formatNumber(view)} Alerts`,
		expectedSeconds: 90,
		async run(onProgress) {
			const { system } = stageRunner();
			const { services } = await testbed();
			await fillLiveList(stageRunner(), view, onProgress);
			await using stack = new AsyncDisposableStack();
			const chromium = stack.adopt(await openBrowser(), (browser) => browser.close());
			const page = await openPage(chromium);
			const person = await addController(system, services.authSecret);
			await signIn(page, { url: system.url }, person);
			await isLive(page);
			await waitForWholeList(page);
			const firstListMs = await timeFirstList(page, system.url);
			await isLive(page);
			await waitForWholeList(page);
			const frames = countFrames(page, MEASURED_SECONDS);
			await sendChanges(stageRunner(), MEASURED_SECONDS + 2);
			const changes = sendChanges(stageRunner(), MEASURED_SECONDS + 2);
			const keyToPaintMs = await timeKeys(page, MEASURED_SECONDS);
			await changes;
			measured.browser = {
				inView: await countRows(page),
				changesPerSecond: CHANGES_PER_SECOND,
				...(await frames),
				keyToPaintMs,
				firstListMs,
				heapMiB: await heapMiBOf(page)
			};
			const { inView, framesPerSecond, longestFrameMs } = measured.browser;
			return `${formatNumber(inView)} Alerts in the list, ${formatNumber(framesPerSecond)} frames/s, longest frame ${formatMs(longestFrameMs)}, key to paint p95 ${formatMs(keyToPaintMs.p95)}, first list ${formatMs(firstListMs)}`;
		}
	};
}

/** Sends Alerts of the Supplier until its live list has `view` undecided Alerts of priority 1 to 3. */
async function fillLiveList(
	{ system, planner }: StageRunner,
	view: number,
	onProgress: OnProgress
): Promise<void> {
	for (let times = 0; times < 10; times++) {
		const undecided = await countUndecided(system);
		onProgress(undecided, view);
		if (undecided >= view) return;
		const count = Math.ceil(((view - undecided) * 1.2) / 1000) * 1000;
		const alerts = {
			count: Math.min(count, 20_000),
			batch: 1000,
			perSecond: null,
			inFlight: 4,
			only: SUPPLIER
		};
		await runStage(system, planner.next({ alerts }), (done) => onProgress(undecided + done, view));
		await settled(system);
	}
}

async function countUndecided({ pool }: LoadedSystem): Promise<number> {
	const { rows } = await pool.query<{ alerts: number }>(
		`select count(*)::int as alerts from supplier_alert
		where supplier_id = (select id from supplier where slug = $1)
			and decision is null and priority <= 3`,
		[SUPPLIER]
	);
	return rows[0]!.alerts;
}

async function addController({ pool, url }: LoadedSystem, authSecret: string) {
	const person = { email: `controller@${SUPPLIER}.example`, password: 'only for the benchmark' };
	const { rows } = await pool.query<{ id: number }>('select id from supplier where slug = $1', [SUPPLIER]);
	const auth = createAuth({ pool, config: { authSecret, origin: url } });
	await auth.addUser({ ...person, name: 'Controller', supplierId: rows[0]!.id, role: 'controller' });
	return person;
}

/** Waits until the length of the console's list is the same for three seconds, or until two minutes have passed. */
async function waitForWholeList(page: Page): Promise<void> {
	let [before, same] = [-1, 0];
	for (let second = 0; second < 120 && same < 3; second++) {
		await page.waitForTimeout(1000);
		const rows = await countRows(page);
		same = rows === before && rows > 0 ? same + 1 : 0;
		before = rows;
	}
}

/** Reads the number of listed Alerts from the status bar: only rows on the screen are page elements. */
const countRows = (page: Page): Promise<number> =>
	page.evaluate(() =>
		Number(/([\d,]+) in this list/.exec(document.body.innerText)?.[1]?.replaceAll(',', '') ?? 0)
	);

/** Loads the list anew, and waits for its first row. Returns the time from the navigation to the paint of the row (ms). */
async function timeFirstList(page: Page, url: string): Promise<number> {
	await page.goto(url, { waitUntil: 'commit' });
	await page.locator('[data-alert], [data-episode]').first().waitFor();
	return page.evaluate(
		() => new Promise<number>((done) => requestAnimationFrame(() => done(performance.now())))
	);
}

/**
 * Presses keys as a person who reads the list, for `seconds`. Returns how long the browser took from each key to the
 * next paint (ms), as the browser measured it (Event Timing, in steps of 8 ms).
 */
async function timeKeys(page: Page, seconds: number): Promise<BrowserFigures['keyToPaintMs']> {
	await page.evaluate((durationThreshold) => {
		const keyMs: number[] = [];
		Object.assign(window, { keyMs });
		new PerformanceObserver((list) => {
			for (const entry of list.getEntries()) if (entry.name === 'keydown') keyMs.push(entry.duration);
		}).observe({ type: 'event', durationThreshold } as PerformanceObserverInit);
	}, SHORTEST_EVENT_MS);
	const end = performance.now() + seconds * 1000;
	let pressed = 0;
	while (performance.now() < end) {
		await page.keyboard.press(KEYS[pressed++ % KEYS.length]!);
		await page.waitForTimeout(KEY_EVERY_MS);
	}
	const slow = await page.evaluate(() => (window as unknown as { keyMs: number[] }).keyMs);
	const quick = Array<number>(Math.max(0, pressed - slow.length)).fill(SHORTEST_EVENT_MS);
	const { p50, p95 } = percentiles(Float64Array.from([...quick, ...slow]));
	return { p50, p95 };
}

/** Counts the frames of the browser within `seconds`, and finds the longest pause between two frames. */
function countFrames(
	page: Page,
	seconds: number
): Promise<Pick<BrowserFigures, 'framesPerSecond' | 'longestFrameMs'>> {
	return page.evaluate(
		(ms) =>
			new Promise<{ framesPerSecond: number; longestFrameMs: number }>((done) => {
				const begin = performance.now();
				let [frames, last, longest] = [0, begin, 0];
				const frame = (now: number): void => {
					frames++;
					longest = Math.max(longest, now - last);
					last = now;
					if (now - begin < ms) requestAnimationFrame(frame);
					else done({ framesPerSecond: (frames * 1000) / (now - begin), longestFrameMs: longest });
				};
				requestAnimationFrame(frame);
			}),
		seconds * 1000
	);
}

/** Sends Alerts of the Supplier at a fixed rate. Each Alert adds a row to the list. */
async function sendChanges({ system, planner }: StageRunner, seconds: number): Promise<void> {
	const alerts = {
		count: CHANGES_PER_SECOND * seconds,
		batch: 5,
		perSecond: CHANGES_PER_SECOND,
		only: SUPPLIER
	};
	await runStage(system, planner.next({ alerts }));
}

async function heapMiBOf(page: Page): Promise<number> {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable');
	const { metrics } = await session.send('Performance.getMetrics');
	return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value / 1024 / 1024;
}

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
import { runStage } from './stage.ts';
import { settled, type LoadedSystem } from './system.ts';

/** The slug of the smallest Supplier, which received the fewest Alerts in the earlier stages. */
const SUPPLIER = 'newlane';
const CHANGES_PER_SECOND = 50;
const MEASURED_SECONDS = 15;
/** Height of a row of the live list. */
const ROW_HEIGHT_PX = 44;

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
			const frames = countFrames(page, MEASURED_SECONDS);
			await sendChanges(stageRunner(), MEASURED_SECONDS + 2);
			measured.browser = {
				inView: await countRows(page),
				changesPerSecond: CHANGES_PER_SECOND,
				...(await frames),
				heapMiB: await heapMiBOf(page)
			};
			const { inView, framesPerSecond, longestFrameMs } = measured.browser;
			return `${formatNumber(inView)} Alerts in the list, ${formatNumber(framesPerSecond)} frames/s, longest frame ${formatMs(longestFrameMs)}`;
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

/** Computes the number of listed Alerts from the height of the list: only rows on the screen are page elements. */
const countRows = (page: Page): Promise<number> =>
	page.evaluate(
		(row) =>
			Math.round(
				Math.max(0, ...[...document.querySelectorAll('.list *')].map((element) => element.scrollHeight)) / row
			),
		ROW_HEIGHT_PX
	);

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

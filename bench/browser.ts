// The console in a real browser: one Supplier with many Alerts on its desk, and changes all the time.
import type { Page } from 'playwright-core';
import { createAuth } from '#lib/server/access/auth.ts';
import { isLive, openBrowser, openPage, signIn } from '../tests/support/browser.ts';
import type { BrowserFigures } from './report.ts';
import type { Bench, Told, Work } from './rounds.ts';
import { runStage } from './stage.ts';
import { settled, type Loaded } from './system.ts';
import type { Trial } from './trial.ts';
import { inMs, whole } from './wording.ts';

/** The smallest of them: what it has got from the stages before is the least. */
const SUPPLIER = 'newlane';
const CHANGES_PER_SECOND = 50;
const SECONDS = 15;
/** Height of a row of the list, in pixels. */
const ROW = 44;

export function browser({ options, measured, trial, ground }: Bench): Work {
	const { view } = options;
	return {
		name: `browser with ${whole(view)} Alerts`,
		seconds: 90,
		async run(at) {
			const { system } = trial();
			const { services } = await ground();
			await fillDesk(trial(), view, at);
			await using stack = new AsyncDisposableStack();
			const chromium = stack.adopt(await openBrowser(), (browser) => browser.close());
			const page = await openPage(chromium);
			const person = await addController(system, services.authSecret);
			await signIn(page, { url: system.url }, person);
			await isLive(page);
			await wholeDesk(page);
			const frames = countFrames(page, SECONDS);
			await changes(trial(), SECONDS + 2);
			measured.browser = {
				inView: await rowsOf(page),
				changesPerSecond: CHANGES_PER_SECOND,
				...(await frames),
				heapMiB: await heapOf(page)
			};
			const { inView, framesPerSecond, longestFrameMs } = measured.browser;
			return `${whole(inView)} Alerts in view, ${whole(framesPerSecond)} frames/s, longest ${inMs(longestFrameMs)}`;
		}
	};
}

/** Sends Alerts of the Supplier until enough of them are on its desk: undecided, and not mere journal. */
async function fillDesk({ system, course }: Trial, view: number, at: Told): Promise<void> {
	for (let times = 0; times < 10; times++) {
		const held = await onDesk(system);
		at(held, view);
		if (held >= view) return;
		const count = Math.ceil(((view - held) * 1.2) / 1000) * 1000;
		const alerts = {
			count: Math.min(count, 20_000),
			batch: 1000,
			perSecond: null,
			inFlight: 4,
			only: SUPPLIER
		};
		await runStage(system, course.next({ alerts }), (done) => at(held + done, view));
		await settled(system);
	}
}

async function onDesk({ pool }: Loaded): Promise<number> {
	const { rows } = await pool.query<{ alerts: number }>(
		`select count(*)::int as alerts from supplier_alert
		where supplier_id = (select id from supplier where slug = $1)
			and decision is null and priority <= 3`,
		[SUPPLIER]
	);
	return rows[0]!.alerts;
}

async function addController({ pool, url }: Loaded, authSecret: string) {
	const person = { email: `controller@${SUPPLIER}.example`, password: 'only for the benchmark' };
	const { rows } = await pool.query<{ id: number }>('select id from supplier where slug = $1', [SUPPLIER]);
	const auth = createAuth({ pool, config: { authSecret, origin: url } });
	await auth.addUser({ ...person, name: 'Controller', supplierId: rows[0]!.id, role: 'controller' });
	return person;
}

/** Waits until the console has read the whole desk: the list grows no more. */
async function wholeDesk(page: Page): Promise<void> {
	let [before, same] = [-1, 0];
	for (let second = 0; second < 120 && same < 3; second++) {
		await page.waitForTimeout(1000);
		const rows = await rowsOf(page);
		same = rows === before && rows > 0 ? same + 1 : 0;
		before = rows;
	}
}

/** How many Alerts the list holds, by its height: only the rows on the screen are elements of the page. */
const rowsOf = (page: Page): Promise<number> =>
	page.evaluate(
		(row) =>
			Math.round(
				Math.max(0, ...[...document.querySelectorAll('.list *')].map((element) => element.scrollHeight)) / row
			),
		ROW
	);

/** Frames that the browser made within so many seconds, and the longest pause between two. */
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

/** Alerts of the Supplier at the pace of the measurement; each is a row that comes in. */
async function changes({ system, course }: Trial, seconds: number): Promise<void> {
	const alerts = {
		count: CHANGES_PER_SECOND * seconds,
		batch: 5,
		perSecond: CHANGES_PER_SECOND,
		only: SUPPLIER
	};
	await runStage(system, course.next({ alerts }));
}

async function heapOf(page: Page): Promise<number> {
	const session = await page.context().newCDPSession(page);
	await session.send('Performance.enable');
	const { metrics } = await session.send('Performance.getMetrics');
	return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value / 1024 / 1024;
}

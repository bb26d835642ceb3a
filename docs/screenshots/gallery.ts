// Takes a picture of every page and state of the console, at each width and in both schemes, and a sheet that shows them
// all. People look at the sheet before a release; it is not part of the repository.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { signIn, visit, type Look, type Person } from './camera.ts';

const LOOKS: readonly Look[] = [
	{ width: 390, height: 844 },
	{ width: 1366, height: 768 },
	{ width: 1920, height: 1080 }
].flatMap((size) => (['light', 'dark'] as const).map((colorScheme) => ({ ...size, colorScheme })));

interface State {
	name: string;
	person: Person;
	/** The address, or how to find it. */
	path: string | ((page: Page) => Promise<string>);
	/** What a person does before the picture. */
	act?: (page: Page) => Promise<void>;
}

const press =
	(...keys: string[]) =>
	async (page: Page): Promise<void> => {
		for (const key of keys) await page.keyboard.press(key, { delay: 100 });
		await page.waitForTimeout(600);
	};
/** Finds the first item of a list of the API. */
const first =
	(list: string, pathOf: (item: Record<string, string>) => string) =>
	async (page: Page): Promise<string> => {
		const answer = await page.request.get(`/api/v1${list}`);
		const { items } = (await answer.json()) as { items: Array<Record<string, string>> };
		if (!items[0]) throw new Error(`the demo has nothing in ${list}`);
		return pathOf(items[0]);
	};
const alertThat = (filters: string) =>
	first(`/alerts?${filters}&limit=1`, ({ id }) => `/?view=all&alert=${id}`);

/** Every kind of explanation. The stories of the demo raise each within minutes. */
const KINDS = ['exact', 'likely', 'ambiguous', 'unexplained', 'not-command', 'pending', 'out-of-scope'];
const KINDS_LIMIT_MS = 6 * 60_000;

const STATES: readonly State[] = [
	{ name: 'sign-in', person: 'nobody', path: '/sign-in' },
	{ name: 'desk', person: 'controller', path: '/' },
	{ name: 'desk-keys', person: 'controller', path: '/', act: press('?') },
	{ name: 'desk-selected', person: 'controller', path: '/', act: press('j', 'x', 'Shift+J', 'Shift+J') },
	{ name: 'desk-reason', person: 'controller', path: '/', act: press('j', 'a', '1') },
	{ name: 'desk-palette', person: 'controller', path: '/', act: press('Control+k') },
	{ name: 'desk-stale', person: 'controller', path: '/', act: goOffline },
	{ name: 'desk-no-match', person: 'controller', path: '/?q=nothing-has-this-text' },
	{ name: 'shelved', person: 'controller', path: '/?view=shelved' },
	{ name: 'decided', person: 'controller', path: '/?view=decided' },
	{ name: 'all', person: 'controller', path: '/?view=all' },
	...KINDS.map((kind) => ({
		name: `alert-${kind}`,
		person: 'controller' as const,
		path: alertThat(`explanation=${kind}`)
	})),
	{ name: 'alert-decided', person: 'controller', path: alertThat('decision=ignorable') },
	{
		name: 'device',
		person: 'controller',
		path: first('/alerts?explanation=likely&limit=1', ({ deviceId }) => `/devices/${deviceId}`)
	},
	{ name: 'sender', person: 'controller', path: '/users/90-B3-D5-1F-30-02-00-01' },
	{ name: 'episodes', person: 'controller', path: '/episodes' },
	{
		name: 'episode',
		person: 'controller',
		path: first('/episodes?limit=1', ({ id }) => `/episodes?episode=${id}`)
	},
	{ name: 'standing-decisions', person: 'lead', path: '/standing-decisions' },
	{
		name: 'standing-decision',
		person: 'lead',
		path: first('/standing-decisions', ({ id }) => `/standing-decisions/${id}`)
	},
	{ name: 'on-call', person: 'lead', path: '/on-call' },
	{ name: 'on-call-pages', person: 'lead', path: '/on-call/pages' },
	{ name: 'on-call-page', person: 'lead', path: first('/on-call/pages', ({ id }) => `/on-call/pages/${id}`) },
	{ name: 'on-call-rotas', person: 'lead', path: '/on-call/rotas' },
	{ name: 'on-call-routes', person: 'lead', path: '/on-call/routes' },
	{ name: 'on-call-channels', person: 'lead', path: '/on-call/channels' },
	{ name: 'on-call-maintenance', person: 'lead', path: '/on-call/maintenance' },
	{ name: 'feeds', person: 'controller', path: '/feeds' },
	{ name: 'accuracy', person: 'lead', path: '/accuracy' },
	{ name: 'cause-table', person: 'lead', path: '/cause-table' },
	{ name: 'installation', person: 'admin', path: '/installation' },
	{ name: 'not-found', person: 'controller', path: '/there-is-no-such-page' }
];

/** Waits until the demo has an Alert of each kind of explanation. */
async function awaitKinds(page: Page): Promise<void> {
	const end = Date.now() + KINDS_LIMIT_MS;
	for (const kind of KINDS)
		for (;;) {
			const answer = await page.request.get(`/api/v1/alerts?explanation=${kind}&limit=1`);
			if (((await answer.json()) as { items: unknown[] }).items.length > 0) break;
			if (Date.now() > end) throw new Error(`the demo has raised no Alert that is ${kind}`);
			await pause(1000);
		}
}

async function goOffline(page: Page): Promise<void> {
	await page.context().setOffline(true);
	await page.getByText('Stale since').first().waitFor();
}

/** Photographs all states into the folder, and writes `index.html` there. Says each state that could not be reached. */
export async function photographGallery(browser: Browser, origin: string, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const unreached: string[] = [];
	await awaitKinds(await signIn(browser, origin, 'controller', LOOKS[0]!));
	for (const look of LOOKS) {
		const suffix = `${look.width}-${look.colorScheme}`;
		const pages = new Map<Person, Page>();
		for (const { name, person, path, act } of STATES) {
			try {
				const page = pages.get(person) ?? (await signIn(browser, origin, person, look));
				pages.set(person, page);
				await visit(page, typeof path === 'string' ? path : await path(page));
				await act?.(page);
				await page.screenshot({ path: join(folder, `${name}-${suffix}.png`) });
				await page.context().setOffline(false);
			} catch (error) {
				unreached.push(`${name} ${suffix}: ${(error as Error).message.split('\n')[0]}`);
			}
		}
		for (const page of pages.values()) await page.context().close();
		console.log(`${STATES.length} pictures at ${look.width} px, ${look.colorScheme}`);
	}
	writeFileSync(join(folder, 'index.html'), sheet());
	console.log(join(folder, 'index.html'));
	if (unreached.length > 0) throw new Error(`these states were not reached:\n${unreached.join('\n')}`);
}

const sheet = (): string =>
	`<!doctype html><meta charset="utf-8"><title>Causeway: every page and state</title>
<style>body{font:14px sans-serif}section{display:flex;gap:8px;overflow-x:auto}img{height:420px;border:1px solid #888}</style>
${STATES.map(
	({ name }) =>
		`<h2>${name}</h2><section>${LOOKS.map(
			({ width, colorScheme }) =>
				`<img loading="lazy" src="${name}-${width}-${colorScheme}.png" alt="${name}, ${width} px, ${colorScheme}">`
		).join('')}</section>`
).join('\n')}`;

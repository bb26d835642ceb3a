// Takes the pictures of the guides, for `docs/images`.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import type { PageList } from '#lib/domain/on-call/page.ts';
import { signIn, visit } from './camera.ts';
import { PROJECT } from './demo.ts';

const FOLDER = join(PROJECT, 'docs/images');
/** A usual route that the demo has. */
const ROUTE = 'Security or tamper without an explanation';
const DESK = { width: 1366, height: 768, colorScheme: 'light' } as const;
const PHONE = { width: 390, height: 844, colorScheme: 'dark' } as const;
/** A larger picture makes the repository heavy. */
const MOST_BYTES = 200_000;
/** The demo's first page opens within seconds, and its engineer answers it after half a minute. */
const PAGES_WANTED = 2;
const PAGES_LIMIT_MS = 6 * 60_000;

export async function photographGuide(browser: Browser, origin: string): Promise<void> {
	const desk = await signIn(browser, origin, 'lead', DESK);
	const pageId = await firstOpenPage(desk);
	await shoot(desk, '/on-call', 'on-call-now');
	await shoot(desk, '/on-call/pages', 'on-call-pages');
	await shoot(desk, '/on-call/rotas', 'on-call-rotas');
	await shoot(desk, `/on-call/routes?route=${encodeURIComponent(ROUTE)}`, 'on-call-route');
	const phone = await signIn(browser, origin, 'lead', PHONE);
	await shoot(phone, `/on-call/pages/${pageId}`, 'on-call-phone');
}

/** Waits for the pages of the demo. Returns the id of one that nobody has acknowledged. */
async function firstOpenPage(page: Page): Promise<string> {
	const end = Date.now() + PAGES_LIMIT_MS;
	for (;;) {
		const answer = await page.request.get('/api/v1/on-call/pages');
		const { items } = (await answer.json()) as PageList;
		const open = items.find(({ state }) => state === 'open');
		if (open && items.length >= PAGES_WANTED) return open.id;
		if (Date.now() > end)
			throw new Error(`the demo has opened ${items.length} pages, and ${PAGES_WANTED} are needed`);
		await pause(1000);
	}
}

async function shoot(page: Page, path: string, name: string): Promise<void> {
	await visit(page, path);
	const file = join(FOLDER, `${name}.png`);
	await page.screenshot({ path: file });
	const { size } = statSync(file);
	if (size > MOST_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MOST_BYTES}`);
	console.log(`docs/images/${name}.png`);
}

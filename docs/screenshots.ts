// Makes the pictures of the guide for on call (`npm run screenshots`): starts a demo of its own, waits for its first
// pages, and photographs the console and the page for phones.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium, type Browser, type Page as BrowserPage } from 'playwright-core';
import type { PageList } from '#lib/domain/on-call/page.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const FOLDER = join(PROJECT, 'docs/images');
const LEAD = { email: 'lead@brightwell.example', password: 'causeway-demo' };
/** A usual route that the demo has. */
const ROUTE = 'Security or tamper without an explanation';
const DESK = { width: 1366, height: 768 };
const PHONE = { width: 390, height: 844 };
/** A larger picture makes the repository heavy. */
const MOST_BYTES = 200_000;
const START_LIMIT_MS = 5 * 60_000;
/** The demo's first page opens within seconds, and its engineer answers it after half a minute. */
const PAGES_WANTED = 2;
const PAGES_LIMIT_MS = 6 * 60_000;
const SETTLE_MS = 1500;

const home = mkdtempSync(join(tmpdir(), 'causeway-screenshots-'));
const port = await freePort();
const origin = `http://127.0.0.1:${port}`;
const demo = spawn(process.execPath, ['launcher/start.ts', '--demo'], {
	cwd: PROJECT,
	env: { ...process.env, CAUSEWAY_HOME: home, PORT: String(port), ORIGIN: '' },
	stdio: ['ignore', 'pipe', 'inherit']
});
const ended = once(demo, 'exit');
try {
	await ready();
	const browser = await chromium.launch({
		executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
		args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
	});
	try {
		await photograph(browser);
	} finally {
		await browser.close();
	}
} finally {
	demo.kill('SIGINT');
	await ended;
	rmSync(home, { recursive: true, force: true });
}

async function photograph(browser: Browser): Promise<void> {
	const desk = await signIn(browser, DESK, 'light');
	const pageId = await firstOpenPage(desk);
	await shoot(desk, '/on-call', 'on-call-now');
	await shoot(desk, '/on-call/pages', 'on-call-pages');
	await shoot(desk, '/on-call/rotas', 'on-call-rotas');
	await shoot(desk, `/on-call/routes?route=${encodeURIComponent(ROUTE)}`, 'on-call-route');
	const phone = await signIn(browser, PHONE, 'dark');
	await shoot(phone, `/on-call/pages/${pageId}`, 'on-call-phone');
}

/** Waits for the pages of the demo. Returns the id of one that nobody has acknowledged. */
async function firstOpenPage(page: BrowserPage): Promise<string> {
	const end = Date.now() + PAGES_LIMIT_MS;
	for (;;) {
		const answer = await page.request.get(`${origin}/api/v1/on-call/pages`);
		const { items } = (await answer.json()) as PageList;
		const open = items.find(({ state }) => state === 'open');
		if (open && items.length >= PAGES_WANTED) return open.id;
		if (Date.now() > end)
			throw new Error(`the demo has opened ${items.length} pages, and ${PAGES_WANTED} are needed`);
		await pause(1000);
	}
}

async function signIn(
	browser: Browser,
	viewport: { width: number; height: number },
	colorScheme: 'light' | 'dark'
): Promise<BrowserPage> {
	const page = await (await browser.newContext({ viewport, colorScheme, locale: 'en-GB' })).newPage();
	await page.goto(`${origin}/sign-in`);
	await page.fill('input[name=email]', LEAD.email);
	await page.fill('input[name=password]', LEAD.password);
	await page.click('button.button-main');
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	return page;
}

async function shoot(page: BrowserPage, path: string, name: string): Promise<void> {
	await page.goto(origin + path);
	await page.waitForTimeout(SETTLE_MS);
	await save(page, name);
}

async function save(page: BrowserPage, name: string): Promise<void> {
	const path = join(FOLDER, `${name}.png`);
	await page.screenshot({ path });
	const { size } = statSync(path);
	if (size > MOST_BYTES) throw new Error(`${name}.png has ${size} bytes, more than ${MOST_BYTES}`);
	console.log(`docs/images/${name}.png`);
}

/** Waits until the demo has told its address. Its further output is read and dropped, so that it never waits for a reader. */
async function ready(): Promise<void> {
	let output = '';
	await new Promise<void>((done, fail) => {
		const limit = setTimeout(
			() => fail(new Error(`the demo did not start in time:\n${output}`)),
			START_LIMIT_MS
		);
		demo.stdout.on('data', (chunk: Buffer) => {
			output += String(chunk);
			if (!/^ready /m.test(output)) return;
			clearTimeout(limit);
			output = '';
			done();
		});
		demo.once('exit', (code) => fail(new Error(`the demo ended with ${code}:\n${output}`)));
	});
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port: free } = server.address() as AddressInfo;
	server.close();
	return free;
}

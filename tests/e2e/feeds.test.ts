// Tests the first hour and the dead feed in the console: the checklist with lines that work, and the warnings.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openConsole, openPage, rowOf, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let admin: Member;
beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	admin = await joinAs(system, '*', 'admin', 'Ada Admin');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Runs a line in a shell with an API key, and returns what it prints. */
async function paste(line: string, key: string): Promise<string> {
	const shell = spawn('sh', ['-c', line], { env: { ...process.env, KEY: key, SUPPLIER: 'brightwell' } });
	const [out, error] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
	expect(error).toBe('');
	return out;
}

async function copyLine(page: Page, name: string): Promise<string> {
	await page.getByRole('button', { name: `Copy the line for ${name}` }).click();
	await page.getByText('Copied', { exact: true }).first().waitFor();
	return page.evaluate(() => navigator.clipboard.readText());
}

async function isClean(page: Page, widths: number[]): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const)
		for (const width of widths) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 768 });
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}`))).toEqual(
				[]
			);
			if (process.env['SHOTS'])
				await page.screenshot({
					path: `${process.env['SHOTS']}/${new URL(page.url()).pathname.slice(1) || 'alerts'}-${await page.locator('[data-step]').count()}-${width}-${colorScheme}.png`
				});
			if (width < 1024)
				expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
		}
	await page.setViewportSize({ width: 1366, height: 768 });
}

/** The page reads the state of the feeds every 3 seconds while records are missing, and then every 15 seconds. */
const SOON = { timeout: 20_000 };
const heard = (page: Page, step: string) => page.locator(`[data-step="${step}"] [data-heard]`);
const warning = (page: Page) => page.getByRole('status', { name: 'Feed warning' });
const feedStatus = (page: Page) => page.locator('[data-feeds]');

describe('an empty installation', () => {
	test('shows its people the first records, and a line for the first Device that works', async () => {
		const page = await openPage(browser);
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await signIn(page, web, admin);
		await page.waitForURL('**/installation');
		await page.getByRole('heading', { name: 'The first records' }).waitFor();
		await isClean(page, [1366, 390]);
		const answer = await paste(await copyLine(page, 'Devices'), system.keys['*']!);
		expect(JSON.parse(answer)).toMatchObject({ accepted: 1, rejected: [] });
		await expect.poll(() => heard(page, 'device').textContent(), SOON).toMatch(/last heard \d+ s ago/);
		await page.context().close();
	});

	test('shows a Supplier the checklist, each line works, and the first Alert replaces the checklist', async () => {
		const page = await openConsole(browser, web, 'brightwell');
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await expect.poll(() => heard(page, 'alert').textContent(), SOON).toBe('not heard yet');
		expect(await feedStatus(page).textContent()).toBe(
			'No completeness source: nothing can be called unexplained · No Alert yet'
		);
		await isClean(page, [1366]);
		const key = system.keys['brightwell']!;
		for (const name of ['Devices', 'Service Requests', 'Alerts']) {
			if (name === 'Alerts') {
				expect(await paste(await copyLine(page, 'Completeness mark'), key)).toBe('');
				await expect
					.poll(() => heard(page, 'completeness').textContent(), SOON)
					.toMatch(/last heard \d+ s ago/);
			}
			expect(JSON.parse(await paste(await copyLine(page, name), key))).toMatchObject({
				accepted: name === 'Devices' ? 0 : 1,
				rejected: []
			});
		}
		await rowOf(page, '00-DB-12-34-56-78-90-A0').waitFor();
		expect(await page.locator('[data-step]').count()).toBe(0);
		await expect
			.poll(() => feedStatus(page).textContent(), SOON)
			.toMatch(/^Audit data to \d\d:\d\d, \d+ s behind · Last Alert \d\d:\d\d$/);
		expect(await warning(page).textContent()).toBe('');
		await page.context().close();
	});
});

test('a feed that stops shows as a warning by itself, in words, in the title, and on the page of the feeds', async () => {
	const page = await openConsole(browser, web, 'brightwell');
	await feedStatus(page).waitFor();
	expect(await page.title()).not.toMatch(/Feed warning/);
	await system.database.query(
		`update completeness_source set reported_at = now() - interval '16 minutes', complete_until = now() - interval '17 minutes'`
	);
	await system.database.query(
		`update feed_heard set last_at = now() - interval '20 minutes', longest_gap_seconds = 5 where kind = 'alert'`
	);
	await warning(page).getByText('has not reported for 16 min').waitFor(SOON);
	await expect
		.poll(() => feedStatus(page).textContent(), SOON)
		.toMatch(/^Feed warning: Audit data to .*, 17 min behind/);
	expect(await page.title()).toMatch(/^Feed warning · /);
	await isClean(page, [1366]);
	await page.getByRole('link', { name: 'Show the feeds' }).click();
	await page.getByRole('heading', { name: 'Warnings' }).waitFor();
	await page.getByText('No Alerts from the keys of brightwell for 20 min.').last().waitFor();
	expect(await page.locator('[data-source="audit-trail"]').textContent()).toMatch(
		/Warning.*brightwell.*17 min.*16 min ago/s
	);
	await isClean(page, [1366, 390]);

	// Another Supplier sees nothing of it.
	const other = await openConsole(browser, web, 'halden');
	expect(await warning(other).textContent()).toBe('');
	await other.context().close();
	await page.context().close();
});

// Tests the accuracy page with reports on disk, as a person reads it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import type { AccuracyReport } from '#lib/domain/accuracy-report.ts';
import { shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { openBrowser, openConsole } from '../support/browser.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

const home = mkdtempSync(join(tmpdir(), 'causeway-home-'));
const baseline = { precision: 0.8, recall: 0.6, named: 200, wrongExplanations: 40 };
/** The confusion of one Alert code: the number of right and of wrong explanations. */
const confusionOf = (right: number, wrong: number) => ({
	'caused / likely / right': right,
	...(wrong > 0 && { 'caused / unexplained / wrong': wrong })
});
const report: AccuracyReport = {
	alerts: 5796,
	tiers: {
		exact: { precision: 1, recall: 0.989, n: 559 },
		strong: { precision: 0.993, recall: 0.869, n: 2179 },
		weak: { precision: 0.393, recall: 0.123, n: 1065 }
	},
	topOne: { precision: 0.826, recall: 0.994 },
	guardViolations: 0,
	spontaneousExplained: 0.0036,
	likely: { precision: 0.9926, n: 2159 },
	wrongExplanations: 16,
	confusion: {
		'8F30': confusionOf(90, 2),
		'8F3E': { 'spontaneous / likely / wrong': 5, 'spontaneous / unexplained / right': 20 },
		...Object.fromEntries(Array.from({ length: 14 }, (_, i) => [`81${10 + i}`, confusionOf(10, 0)]))
	},
	pendingResolved: 1,
	baselines: { nearest15min: { ...baseline, wrongExplanations: 289 }, tableOnly: baseline },
	lateToUpgradedMs: { p50: 60, p95: 151, max: 220 },
	worlds: [{ name: 'ordinary', seed: 1, alerts: 5796, requests: 17_000 }],
	mechanisms: {
		'agent read': { kind: 'unknown-cause', n: 101, right: 0, wrongExplanations: 0, learned: 99 }
	},
	shuffledRunIdentical: true,
	seed: 4242,
	quick: false,
	tableVersion: shippedFile.version,
	at: '2026-11-24T10:11:12.000Z'
};

let system: System;
let web: Web;
let browser: Browser;

beforeAll(async () => {
	system = await startSystem({ settings: { CAUSEWAY_HOME: home } });
	web = await startWeb(system);
	browser = await openBrowser();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
	rmSync(home, { recursive: true, force: true });
});
beforeEach(() => rmSync(join(home, 'accuracy'), { recursive: true, force: true }));

function writeReport(text: string): void {
	mkdirSync(join(home, 'accuracy'), { recursive: true });
	writeFileSync(join(home, 'accuracy', 'report.json'), text);
}

async function openPage(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
	const page = await openConsole(browser, web, 'brightwell', { colorScheme });
	await page.getByRole('link', { name: 'Accuracy' }).click();
	await page.getByRole('heading', { name: 'Accuracy', level: 1 }).waitFor();
	return page;
}

const rowOf = (page: Page, name: string | RegExp) => page.getByRole('row', { name });

test('without a report, the page says how to make one', async () => {
	const page = await openPage();
	await page.getByText('No report yet.').waitFor();
	expect(await page.getByRole('region', { name: 'The last report' }).textContent()).toContain(
		'npm run accuracy'
	);
	await page.context().close();
});

test('if this version cannot read the report, the page names its file', async () => {
	writeReport(JSON.stringify({ ...report, tiers: undefined }));
	const page = await openPage();
	expect(await page.getByRole('alert').textContent()).toContain(join(home, 'accuracy', 'report.json'));
	await page.context().close();
});

test('the page shows the targets, the baselines and the origin of the last report', async () => {
	writeReport(JSON.stringify(report));
	const page = await openPage();
	await page.getByRole('heading', { name: 'All 9 targets are met' }).waitFor();
	expect(await rowOf(page, /^Likely explanations/).textContent()).toContain('99.26 %');
	expect(await page.getByText(/2\.5 times fewer/).textContent()).toContain('5,796 Alerts');
	await page
		.getByText(/simulated world: seed 4242, cause table\s+\S+, run on 2026-11-24 10:11 UTC/)
		.waitFor();
	expect(await page.getByRole('note').count()).toBe(0);
	await page.context().close();
});

test('missed targets come first, and the page says if the report used another cause table', async () => {
	writeReport(
		JSON.stringify({ ...report, likely: { precision: 0.91, n: 2159 }, tableVersion: '2020-01-01' })
	);
	const page = await openPage();
	await page.getByRole('heading', { name: '1 of 9 targets is missed' }).waitFor();
	expect(await page.getByRole('row').nth(1).textContent()).toMatch(/Likely explanations.*✕ no.*91\.00 %/s);
	expect(await page.getByRole('note').textContent()).toContain(shippedFile.version);
	await page.context().close();
});

test('the codes with the most wrong explanations come first, with the explanations given', async () => {
	writeReport(JSON.stringify(report));
	const page = await openPage();
	const codes = page.locator('[data-code]');
	expect(await codes.count()).toBe(12);
	expect(await codes.nth(0).textContent()).toContain('5 likely: no command caused it');
	expect(await codes.nth(1).textContent()).toContain('2 unexplained: the cause was not named');
	await page.getByRole('button', { name: 'All 16 codes' }).click();
	expect(await codes.count()).toBe(16);
	await page.context().close();
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
	test('axe finds no accessibility fault on the page', async () => {
		writeReport(JSON.stringify(report));
		const page = await openPage(colorScheme);
		const { violations } = await new AxeBuilder({ page }).analyze();
		expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target.join(' ')}`)).toEqual([]);
		await page.context().close();
	});
});

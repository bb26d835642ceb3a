// Tests learned patterns on the console: as a candidate of an Alert, and in the review on the cause table page.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, openPage, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { oldestAlert, homesWithUnlistedCause, reportComplete } from '../support/unlisted-cause.ts';
import { eventually, startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

const { affectedHomes, devices, requests, alerts } = homesWithUnlistedCause();

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let reviewer: Page;
const complaints: string[] = [];

beforeAll(async () => {
	system = await startSystem({ settings: { LEARN_EVERY_SECONDS: '0.2' } });
	web = await startWeb(system);
	browser = await openBrowser();
	await reportComplete(system);
	await system.post('/devices', devices);
	await system.post('/service-requests', requests);
	await system.post('/alerts', alerts);
	await eventually(
		async () => {
			const reasons = (await oldestAlert(system, affectedHomes[7]!)).candidates.flatMap((c) => c.reasons);
			expect(reasons.map((reason) => reason.code)).toContain('frequency');
		},
		{ timeout: 20_000 }
	);
	lead = await joinAs(system, 'brightwell', 'lead', 'Table Lead');
	reviewer = await openPage(browser, { complaints });
	await signIn(reviewer, web, lead, '/cause-table?panel=learned');
	await isLive(reviewer);
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const waitForText = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();
const pattern = (page: Page) => page.getByRole('region', { name: 'Learned' }).locator('[data-pattern]');

test('an Alert shows the learned candidate with its figures, and the earlier decisions', async () => {
	const [decidedAlert, openAlert] = [
		await oldestAlert(system, affectedHomes[8]!),
		await oldestAlert(system, affectedHomes[9]!)
	];
	await system.call('POST', `/alerts/${decidedAlert.id}/decision`, 'brightwell', {
		verdict: 'actionable',
		reason: 'firmware',
		note: 'the register is wrong after each visit',
		version: decidedAlert.version
	});
	const page = await openConsole(browser, web, 'brightwell', {
		path: `/?view=all&alert=${openAlert.id}`,
		complaints
	});
	await drawer(page)
		.getByText(
			/^It was seen before 50 of 50 such Alerts within 30 s. By chance, it would be seen before less than 1/
		)
		.waitFor();
	const earlierDecisions = drawer(page).getByRole('region', { name: 'Earlier decisions' });
	await earlierDecisions.getByText('81AF after 6.2.4 by RSA: decided once, actionable').waitFor();
	await earlierDecisions.getByText('“the register is wrong after each visit”').waitFor();
	await earlierDecisions.getByRole('link', { name: 'actionable' }).click();
	await drawer(page).getByText(decidedAlert.deviceId).first().waitFor();
	expect(complaints).toEqual([]);
	await page.close();
});

test('a reviewer marks a pattern as not a cause, and reopens it', async () => {
	await waitForText(reviewer, 'Learned from your Alerts, not in this table');
	await pattern(reviewer)
		.getByText(/on 50 Devices/)
		.waitFor();
	await pattern(reviewer).getByRole('button', { name: 'Not a cause' }).click();
	await pattern(reviewer)
		.getByText(/^Marked as not a cause by Table Lead/)
		.waitFor();
	await pattern(reviewer).getByRole('button', { name: 'Reopen' }).click();
	await pattern(reviewer).getByRole('button', { name: 'Not a cause' }).waitFor();
	expect((await system.get('brightwell', '/learned-patterns')).body.items[0].review.dismissed).toBe(false);
});

test('a reviewer adds a pattern to a draft as a strong cause, and saves the draft', async () => {
	await reviewer.getByRole('button', { name: /^Start a draft from/ }).click();
	await waitForText(reviewer, /^Draft .* is started/);
	await reviewer.getByRole('link', { name: 'Learned' }).click();
	await pattern(reviewer).getByRole('button', { name: 'Add to this draft' }).click();
	const form = reviewer.getByRole('group', { name: /^Cause 81AF\// }).last();
	expect(await form.getByLabel('What happens').inputValue()).toMatch(
		/^People reviewed this learned cause. It was seen before 50/
	);
	await reviewer.getByRole('button', { name: 'Save' }).click();
	await waitForText(reviewer, /^Saved\./);
	await reviewer.getByRole('link', { name: 'Learned' }).click();
	await waitForText(reviewer, 'No pattern needs a review.');
	expect(complaints).toEqual([]);
});

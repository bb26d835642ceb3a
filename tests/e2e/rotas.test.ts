// Tests the rotas in the console: a lead writes a rota, mends its gap, and people override, swap and leave shifts.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let ben: Member;
const DAY_MS = 24 * 3_600_000;
const ROTA = '/on-call/rotas/Night%20desk';

beforeAll(async () => {
	system = await startSystem({ worker: false });
	web = await startWeb(system);
	browser = await openBrowser();
	lead = await joinAs(system, 'brightwell', 'lead', 'Ada Lead');
	ben = await joinAs(system, 'brightwell', 'on-call', 'Ben Oncall');
	await joinAs(system, 'brightwell', 'controller', 'Cleo Controller');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

async function open(member: Member, path = '/on-call/rotas'): Promise<Page> {
	const page = await openPage(browser);
	await signIn(page, web, member);
	await page.waitForURL(`${web.url}/`);
	await page.goto(web.url + path, { waitUntil: 'networkidle' });
	return page;
}

/** Checks the page in both themes, on a wide and on a narrow window. */
async function isClean(page: Page, name: string): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const)
		for (const width of [1366, 390]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 768 });
			if (process.env['SHOTS'])
				await page.screenshot({ path: `${process.env['SHOTS']}/rotas-${name}-${width}-${colorScheme}.png` });
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}`))).toEqual(
				[]
			);
			if (width < 1024)
				for (const part of ['html', 'main'])
					expect(await page.locator(part).evaluate((element) => element.scrollWidth)).toBeLessThanOrEqual(
						width
					);
		}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize({ width: 1366, height: 768 });
}

const onCall = async (at: Date): Promise<string> =>
	(await lead.call('GET', `/on-call/now?rota=Night%20desk&at=${at.toISOString()}`)).body.name;
const rota = async () => (await lead.call('GET', ROTA)).body;

describe('a rota with an override', () => {
	test('a lead writes a rota, is told which hours nobody covers, and saves it without the gap', async () => {
		const page = await open(lead);
		await page.getByText('There is no rota yet, so nobody is on call.').waitFor();
		await page.getByRole('link', { name: 'New rota' }).click();
		const form = page.getByRole('form', { name: 'New rota' });
		await form.getByLabel('Name').fill('Night desk');
		await form.getByLabel('Time zone', { exact: true }).fill('Europe/London');
		for (const { email } of [lead, ben]) await form.getByLabel('Add a person').selectOption(email);
		await form.getByRole('button', { name: 'Add hours' }).click();
		for (const day of ['Sat', 'Sun']) await form.getByLabel(day).uncheck();
		await form.getByLabel('From').fill('00:00');
		await form.getByLabel('To', { exact: true }).fill('00:00');
		await form.getByRole('button', { name: 'Save rota' }).click();
		const refusal = form.getByRole('alert');
		await refusal.waitFor();
		expect(await refusal.textContent()).toContain(
			'every week, Saturday 00:00 to Monday 00:00 (Europe/London)'
		);
		await isClean(page, 'form');
		await form.getByRole('button', { name: 'Remove hours 1 of layer 1' }).click();
		await form.getByRole('button', { name: 'Save rota' }).click();
		await page.getByText('“Night desk” was saved.').waitFor();
		await page
			.locator('[data-rota="Night desk"]')
			.getByText(/(Ada Lead|Ben Oncall) until .* then/)
			.waitFor();
		expect((await rota()).layers[0]).toMatchObject({ people: [lead.email, ben.email], handoff: 'P1W' });
		await page.context().close();
	});

	test('a person on call takes over the shift of another person, and gives it back', async () => {
		const page = await open(ben);
		await page.getByText('your rota').waitFor();
		await page.getByRole('link', { name: 'Later' }).click();
		const shift = page.getByRole('button', { name: /^Ada Lead, / }).first();
		await shift.click();
		const form = page.getByRole('form', { name: 'Override' });
		await isClean(page, 'shift');
		await form.getByRole('button', { name: 'Take over' }).click();
		await page.getByText(/^Ben Oncall is on call from .* to .*\.$/).waitFor();
		const { overrides } = await rota();
		expect(overrides).toMatchObject([{ person: ben.email, by: 'Ben Oncall' }]);
		expect(await onCall(new Date(overrides[0].from))).toBe('Ben Oncall');
		await page
			.getByRole('button', { name: /^Ben Oncall, .*, override$/ })
			.first()
			.click();
		await page.getByRole('button', { name: 'Remove the override' }).click();
		await page.getByText('The override was removed.').waitFor();
		expect((await rota()).overrides).toEqual([]);
		await page.context().close();
	});

	test('a lead puts somebody on call for some hours by the keyboard alone', async () => {
		const page = await open(lead, '/on-call/rotas?view=week');
		await page.getByRole('link', { name: 'Later' }).focus();
		await page.keyboard.press('Enter');
		await page.waitForURL('**day=*');
		await page
			.getByRole('button', { name: /^(Ada Lead|Ben Oncall), / })
			.first()
			.focus();
		await page.keyboard.press('Enter');
		const form = page.getByRole('form', { name: 'Override' });
		await form.getByLabel('On call').selectOption('cleo.controller@brightwell.example');
		const day = new Date(Date.now() + 10 * DAY_MS).toISOString().slice(0, 10);
		await form.getByLabel('From').fill(`${day}T18:00`);
		await form.getByLabel('To').fill(`${day}T22:00`);
		await form.getByRole('button', { name: 'Put on call' }).press('Enter');
		await page.getByText(/^Cleo Controller is on call from /).waitFor();
		expect(await onCall(new Date(`${day}T20:00Z`))).toMatch(/Cleo Controller/);
		await isClean(page, 'week');
		await page.context().close();
	});

	test('a lead swaps two shifts and notes an absence', async () => {
		const page = await open(lead);
		await page.getByRole('link', { name: 'Later' }).click();
		await page
			.getByRole('button', { name: /^Ada Lead, (?!.*override)/ })
			.last()
			.click();
		const swap = page.getByRole('form', { name: 'Swap' });
		await swap.getByLabel('Swap with').selectOption({ index: 1 });
		await swap.getByRole('button', { name: 'Swap' }).click();
		await page.getByText(/have swapped their shifts\.$/).waitFor();
		expect((await rota()).swaps).toHaveLength(1);

		const absence = page.getByRole('form', { name: 'New absence' });
		const day = new Date(Date.now() + 60 * DAY_MS).toISOString().slice(0, 10);
		await absence.getByLabel('Person').selectOption(ben.email);
		await absence.getByLabel('First day').fill(day);
		await absence.getByLabel('Last day').fill(day);
		await absence.getByRole('button', { name: 'Add absence' }).click();
		await page.getByText(/^Ben Oncall is away from /).waitFor();
		expect((await rota()).absences).toMatchObject([{ person: ben.email }]);
		await page.context().close();
	});

	test('a calendar has a private address, and a holiday calendar is imported after a preview', async () => {
		const page = await open(lead);
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await page.getByRole('button', { name: 'Make an address: Your own shifts' }).click();
		await page.getByText('The calendar has an address.').waitFor();
		await page.getByRole('button', { name: 'Copy: Your own shifts' }).click();
		await page.getByText('Copied', { exact: true }).waitFor();
		const url = await page.evaluate(() => navigator.clipboard.readText());
		expect(await (await fetch(url)).text()).toContain('SUMMARY:On call: Night desk');
		await page.getByRole('button', { name: 'Reset: Your own shifts' }).click();
		await page.getByRole('button', { name: 'End the old address?: Your own shifts' }).click();
		await page.getByText('The calendar has a new address. The old address has ended.').waitFor();
		expect((await fetch(url)).status).toBe(404);

		const day = (days: number) =>
			new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
		const holiday = (summary: string) =>
			`BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:${day(80)}\r\nDTEND;VALUE=DATE:${day(82)}\r\nSUMMARY:${summary}\r\nEND:VEVENT\r\n`;
		const choose = async (...summaries: string[]) => {
			await page.getByLabel('Calendar file (.ics)').setInputFiles({
				name: 'holidays.ics',
				mimeType: 'text/calendar',
				buffer: Buffer.from(
					`BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//T//EN\r\n${summaries.map(holiday).join('')}END:VCALENDAR\r\n`
				)
			});
			await page.getByRole('button', { name: 'Preview' }).click();
		};
		await choose(ben.email, 'nobody');
		await page.getByText('Event 2 names nobody').waitFor();
		await choose(ben.email);
		await page.getByText('1 new absence, 0 already here, 0 over, 0 with a fault.').waitFor();
		await isClean(page, 'import');
		await page.getByRole('button', { name: 'Import', exact: true }).click();
		await page.getByText('1 imported from the calendar.').waitFor();
		expect((await rota()).absences).toHaveLength(2);
		await page.context().close();
	});

	test('a viewer looks at rotas and changes nothing', async () => {
		const viewer = await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
		const page = await open(viewer);
		await page
			.getByRole('button', { name: /^(Ada Lead|Ben Oncall), / })
			.first()
			.click();
		await page
			.getByText('You may look at shifts and not change them.')
			.or(page.getByText('This shift is over.'))
			.first()
			.waitFor();
		expect(await page.getByRole('link', { name: 'New rota' }).count()).toBe(0);
		expect(await page.getByRole('link', { name: 'Edit rota' }).count()).toBe(0);
		expect(await page.getByRole('form').count()).toBe(0);
		await page.context().close();
	});
});

// Tests the channels of services that exist only in the cloud (PagerDuty, Slack, Teams) against strict stand-ins that are
// made from the published schema of each.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Notice } from '#lib/server/on-call/channels/channel.ts';
import { pageOfIncidentKey } from '#lib/server/on-call/channels/pagerduty/pagerduty.ts';
import { kindOf } from '#lib/server/on-call/channels/kinds.ts';
import { noticeOf } from '../../support/notices.ts';
import { answers } from '../../support/receiver.ts';
import { startPagerDuty } from '../../support/stand-ins/pagerduty.ts';
import { startSlack } from '../../support/stand-ins/slack.ts';
import { startTeams } from '../../support/stand-ins/teams.ts';
import { startSystem, type System } from '../../support/system.ts';

const ROUTING_KEY = 'R0UT1NGKEY0123456789abcdefABCDEF';
/** A text with the signs that Slack and Teams read as formatting, links and mentions. */
const NASTY =
	'*bold* _it_ ~no~ `x` <!channel> <https://evil.example|here> [a](https://evil.example) & {{DATE(2026)}} \\';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(() => system[Symbol.asyncDispose]());

const send = (kind: string, settings: object, notice: Notice) => {
	const found = kindOf(kind)!;
	return found.send(
		found.settings.parse({ kind, ...settings }) as { kind: string },
		notice,
		system.services.sendDeps
	);
};
const ada = { by: 'Ada Lead', at: '2026-11-05T02:16:00.000Z', channel: 'push' as const };
const LONG = 'A Device says something. '.repeat(400);

/** The events of one page, and pages with long texts, with signs of formatting and without an Alert. */
const NOTICES: Array<[what: string, notice: Notice]> = [
	['an opened page', noticeOf()],
	['an update', noticeOf({ type: 'updated', why: 'now explained' })],
	['an acknowledged page', noticeOf({ type: 'acknowledged', answer: ada, page: { state: 'acknowledged' } })],
	['a resolved page', noticeOf({ type: 'resolved', page: { state: 'resolved' } })],
	['a test', noticeOf({ type: 'test', page: { id: 'test', subject: 'test', priority: 4 } })],
	[
		'long texts',
		noticeOf({
			why: LONG,
			content: { verdict: LONG, precedents: { ignorable: 9, actionable: 9, text: LONG } }
		})
	],
	[
		'signs of formatting',
		noticeOf({ why: NASTY, content: { verdict: NASTY, headline: NASTY.slice(0, 60) } })
	],
	[
		'a feed fault, which has no Alert',
		noticeOf({
			page: { subject: 'feed' },
			content: { alert: null, precedents: { ignorable: 0, actionable: 0, text: '' } }
		})
	]
];

describe.each([
	['pagerduty', startPagerDuty, (url: string) => ({ url, routingKey: ROUTING_KEY }), 'sent', 202],
	['slack', startSlack, (url: string) => ({ url }), 'delivered', 200],
	['teams', startTeams, (url: string) => ({ url }), 'sent', 202]
] as const)('%s', (kind, start, settingsOf, state, status) => {
	test.each(NOTICES)('sends %s as the published schema asks', async (_what, notice) => {
		await using service = await start();
		expect(await send(kind, settingsOf(service.url), notice)).toEqual({ state, status });
		expect(service.faults).toEqual([]);
	});

	test.each([
		[429, { 'retry-after': '7' }, { again: true, afterMs: 7000 }],
		[500, {}, { again: true }],
		[400, {}, { again: false }],
		[404, {}, { again: false }]
	])('takes %i as said', async (code, headers, expected) => {
		await using service = await start();
		service.behave(answers(code, headers as Record<string, string>, 'a text of the service'));
		const outcome = await send(kind, settingsOf(service.url), noticeOf());
		expect(outcome).toMatchObject({ state: 'failed', status: code, ...expected });
		expect(JSON.stringify(outcome)).not.toContain('a text of the service');
	});

	test('is tested, saved and listed without its secrets', async () => {
		await using service = await start();
		const url = `${service.url}/path-of-${kind}`;
		const saved = await system.call('PUT', `/on-call/channels/${kind}`, 'brightwell', {
			kind,
			...settingsOf(url)
		});
		expect(saved.status, JSON.stringify(saved.body)).toBe(200);
		expect(service.faults).toEqual([]);
		expect(service.received.length).toBeGreaterThan(0);
		const listed = await system.get('brightwell', '/on-call/channels');
		const text = JSON.stringify([saved.body, listed.body]);
		expect(text).not.toContain(ROUTING_KEY);
		expect(text.includes(`path-of-${kind}`)).toBe(kind === 'pagerduty');
	});
});

describe('pagerduty', () => {
	test('keeps one incident for one page, from trigger to resolve', async () => {
		await using service = await startPagerDuty();
		const settings = { url: service.url, routingKey: ROUTING_KEY };
		for (const [type, incident] of [
			['opened', 'triggered'],
			['updated', 'triggered'],
			['acknowledged', 'acknowledged'],
			['resolved', 'resolved']
		] as const) {
			await send('pagerduty', settings, noticeOf({ type }));
			expect([...service.incidents.values()]).toEqual([incident]);
		}
		const keys = new Set(service.received.map(({ body }) => body.dedup_key));
		expect([...keys].map((key) => pageOfIncidentKey(key, 'https://causeway.example'))).toEqual(['77']);
		expect(service.received[0]!.body.payload).toMatchObject({
			severity: 'critical',
			class: '8F3E',
			group: 'SW1',
			source: '00-DB-12-34-56-78-90-A0',
			summary: expect.stringMatching(/^8F3E SW1 unauthorised access: no cause found/),
			custom_details: { verdict: expect.any(String), excluded: [expect.anything()] }
		});
	});

	test.each([
		[1, 'critical'],
		[2, 'error'],
		[3, 'warning'],
		[4, 'info']
	])('gives a page of priority %i the severity %s', async (priority, severity) => {
		await using service = await startPagerDuty();
		await send('pagerduty', { url: service.url, routingKey: ROUTING_KEY }, noticeOf({ page: { priority } }));
		expect(service.received[0]!.body.payload.severity).toBe(severity);
	});

	test('ends the incident of a test at once', async () => {
		await using service = await startPagerDuty();
		await send('pagerduty', { url: service.url, routingKey: ROUTING_KEY }, noticeOf({ type: 'test' }));
		expect(service.received.map(({ body }) => body.event_action)).toEqual(['trigger', 'resolve']);
		expect([...service.incidents.values()]).toEqual(['resolved']);
	});

	test.each([
		'https://causeway.example/on-call/pages/',
		'https://other.example/on-call/pages/77',
		'x',
		'https://causeway.example/on-call/pages/99999999999999999999',
		'https://causeway.example/on-call/pages/7a'
	])('an incident with the key %s is about no page', (key) =>
		expect(pageOfIncidentKey(key, 'https://causeway.example')).toBeNull()
	);
});

describe('texts', () => {
	test('make no mention, link or formatting in Slack', async () => {
		await using service = await startSlack();
		await send('slack', { url: service.url }, noticeOf({ content: { verdict: NASTY } }));
		const { text, blocks } = service.received[0]!.body;
		expect(text).not.toMatch(/<!channel>|<https:\/\/evil/);
		expect(text).toContain('&lt;!channel&gt;');
		expect(text).not.toMatch(/\*bold\*|_it_|~no~|`x`/);
		expect(text.match(/<[^>]*>/g)).toEqual([
			'<https://causeway.example/on-call/pages/77|Open the page in Causeway>'
		]);
		const mrkdwn = blocks.filter((block: { text?: { type: string } }) => block.text?.type === 'mrkdwn');
		expect(mrkdwn).toHaveLength(1);
	});

	test('make no link, formatting or date function in Teams', async () => {
		await using service = await startTeams();
		await send('teams', { url: service.url }, noticeOf({ content: { verdict: NASTY } }));
		const { text } = service.received[0]!.body.attachments[0].content.body[1];
		expect(text).not.toMatch(/\{\{DATE/);
		expect(text.replaceAll(/\\[\\*_[\]`~]/g, '')).not.toMatch(/[\\*_[\]`~]/);
	});
});

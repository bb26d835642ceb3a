// Tests how the console words the state of a page, who gets it next, and what a route would have paged.
import { describe, expect, test } from 'vitest';
import { conditionText, pagerText, whoGets } from '#lib/ui/on-call-words.ts';
import { nightText, previewText } from '../../../src/routes/(console)/on-call/routes/preview-text.ts';
import { draftOf, routeOf } from '../../../src/routes/(console)/on-call/routes/route-draft.ts';
import type { Page } from '#lib/domain/on-call/page.ts';
import type { WouldHavePaged } from '#lib/domain/on-call/preview.ts';
import { RouteIn } from '#lib/domain/on-call/route.ts';

const now = Date.parse('2026-11-28T02:20:00Z');
const page = (fields: Partial<Page>): Page =>
	({
		openedAt: '2026-11-28T02:14:00.000Z',
		nextStepAt: '2026-11-28T02:26:00.000Z',
		heldUntil: null,
		heldWhy: null,
		acknowledged: null,
		resolved: null,
		alarm: null,
		...fields
	}) as Page;

test.each<[string, Partial<Page>]>([
	['paged 02:14, nobody yet, next step in 6 min', {}],
	['paged 02:14, nobody yet, next step now', { nextStepAt: '2026-11-28T02:19:59.000Z' }],
	[
		'paged 02:14, acknowledged by Alex Reid by push',
		{ acknowledged: { by: 'Alex Reid', at: '2026-11-28T02:15:00.000Z', channel: 'push' } }
	],
	[
		'paged 02:14, ended by Alex Reid in the console',
		{
			resolved: {
				by: 'Alex Reid',
				at: '2026-11-28T02:15:00.000Z',
				channel: 'console',
				verdict: null,
				why: 'Decided'
			}
		}
	],
	[
		'paged 02:14, ended: the feed is back',
		{
			resolved: {
				by: null,
				at: '2026-11-28T02:15:00.000Z',
				channel: null,
				verdict: null,
				why: 'The feed is back'
			}
		}
	],
	[
		'paged 02:14, waits until 06:00 (quiet hours)',
		{ heldUntil: '2026-11-28T06:00:00.000Z', heldWhy: 'quiet hours' }
	],
	['paged 02:14, no channel reached anybody', { alarm: 'unreached' }],
	['paged 02:14, nobody answered', { alarm: 'unanswered', nextStepAt: null }]
])('%s', (text, fields) => {
	expect(pagerText(page(fields), now)).toBe(text);
});

describe('who gets a page', () => {
	const until = '2026-11-30T09:00:00.000Z';
	const next = { person: 'ben@brightwell.example', name: 'Ben', from: until, until: null };
	const turns = [
		{ rota: 'meters', person: 'ada@brightwell.example', name: 'Ada', until, next },
		{ rota: 'empty', person: null, name: null, until: null, next: null }
	];
	const route = {
		rota: 'meters',
		channels: ['mail', 'push'],
		then: [{ channel: 'bridge' }, { rota: 'empty' }]
	};

	test.each([
		[0, 'Ada, on call for meters, by mail and push'],
		[1, 'the channel bridge'],
		[2, 'nobody: no person is on call for empty, by mail and push'],
		[3, 'Ben, next on call for meters, by mail and push'],
		[4, 'the same people of meters again, by mail and push'],
		[5, 'everybody of meters, by mail and push'],
		[6, 'the leads, in the console'],
		[60, 'the leads, in the console']
	])('at step %i is named', (step, text) => {
		expect(whoGets({ route, step, now: turns })).toBe(text);
	});
});

test.each([
	[{ feedFault: true }, 'a fault of a feed'],
	[
		{ explanation: ['unexplained', 'not-command'], category: ['security', 'tamper'] },
		'unexplained or no command can cause this; security or tamper'
	],
	[
		{ codes: ['8F30'], priority: 2, areas: ['SW1'], minDevices: 50 },
		'code 8F30; priority 1 to 2; area SW1; an episode on at least 50 Devices'
	]
] as const)('a condition is written in one line', (when, text) => {
	expect(conditionText(when as never)).toBe(text);
});

test('a route stays the same through its form', () => {
	const given = {
		when: {
			explanation: ['unexplained'],
			codes: ['8F30', '8F3E'],
			areas: ['SW1'],
			minDevices: 50,
			priority: 2
		},
		rota: 'meters',
		channels: ['mail'],
		acknowledgeMinutes: 5,
		then: [{ rota: 'second line' }, { channel: 'bridge' }],
		quietHours: { from: '22:00', to: '06:00' },
		enabled: false
	};
	const route = RouteIn.parse(given);
	const stored = { ...route, name: 'one', place: 1, savedBy: 'Lena', savedAt: '2026-11-28T02:14:00.000Z' };
	expect(RouteIn.parse(routeOf(draftOf(stored, [], [])))).toEqual(route);
	const fault = RouteIn.parse({ ...given, when: { feedFault: true } });
	expect(RouteIn.parse(routeOf(draftOf({ ...stored, when: fault.when }, [], [])))).toEqual(fault);
});

describe('a preview in words', () => {
	const counts = (some: number[]): number[] => [...some, ...Array<number>(30 - some.length).fill(0)];
	const preview = (pages: number, perNight: number[], atLeast = false) =>
		({ pages, perNight: counts(perNight), atLeast }) as WouldHavePaged;

	test.each([
		[preview(0, []), 'It would have paged nobody in the last 30 days.', ''],
		[preview(1, []), 'It would have paged once in the last 30 days, never at night.', ''],
		[
			preview(12, [2, 4]),
			'It would have paged 12 times in the last 30 days, 6 times at night.',
			'0.2 a night on average, 4 in the worst night.'
		],
		[
			preview(150_000, [1, 8], true),
			'It would have paged at least 150,000 times in the last 30 days, at least 9 times at night.',
			'At least 0.3 a night on average, at least 8 in the worst night.'
		]
	])('says how often and how often at night', (given, text, nights) => {
		expect(previewText(given)).toBe(text);
		expect(nightText(given)).toBe(nights);
	});
});

// Tests the texts of the open Alert that the browser writes: the history, and the Alerts of the last 24 hours.
import { describe, expect, it } from 'vitest';
import { HistoryKind, type HistoryEntry } from '#lib/domain/desk/history.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { historyText } from '../../src/routes/(console)/drawer/history-text.ts';
import { hoursOf } from '../../src/routes/(console)/drawer/hours.ts';

const entry = (fields: Partial<HistoryEntry>): HistoryEntry => ({
	kind: 'decided',
	at: '2026-11-28T02:14:07.000Z',
	by: 'Sam',
	version: 3,
	verdict: null,
	reason: null,
	note: null,
	until: null,
	why: null,
	assignee: null,
	...fields
});

describe('the history of an Alert', () => {
	it.each<[fields: Partial<HistoryEntry>, text: string]>([
		[
			{ kind: 'decided', verdict: 'ignorable', reason: 'own-command' },
			'Sam decided ignorable: expected effect of our own command.'
		],
		[{ kind: 'reopened' }, 'Sam reopened the Alert.'],
		[
			{ kind: 'shelved', until: '2026-11-28T02:44:07.000Z' },
			'Sam shelved the Alert until 2026-11-28 02:44:07 UTC.'
		],
		[{ kind: 'returned', by: null, why: 'evidence' }, 'New evidence took the Alert off the shelf.'],
		[{ kind: 'returned', why: 'decision' }, 'Sam took the Alert off the shelf with a decision.'],
		[{ kind: 'assigned', assignee: { id: 'u1', name: 'Sam' } }, 'Sam took the Alert.'],
		[{ kind: 'assigned', assignee: { id: 'u2', name: 'Alex' } }, 'Sam gave the Alert to Alex.'],
		[{ kind: 'disagreed' }, 'Sam disagreed with the explanation.'],
		[{ kind: 'reopened', by: null }, 'Causeway reopened the Alert.']
	])('says %o in a sentence', (fields, text) => expect(historyText(entry(fields))).toBe(text));

	it('has a sentence for every kind', () => {
		for (const kind of HistoryKind.options) expect(historyText(entry({ kind }))).toMatch(/^[A-Z].*\.$/);
	});
});

it('counts the Alerts of each of the last 24 hours, the newest hour last', () => {
	const now = Date.parse('2026-11-28T12:00:00.000Z');
	const alertAt = (at: string) => ({ kind: 'alert', at }) as TimelineItem;
	const hours = hoursOf(
		[
			alertAt('2026-11-28T11:59:59.000Z'),
			alertAt('2026-11-28T11:00:01.000Z'),
			alertAt('2026-11-27T12:00:01.000Z'),
			alertAt('2026-11-27T11:59:00.000Z'),
			{ kind: 'service-request', at: '2026-11-28T11:30:00.000Z' } as TimelineItem
		],
		now
	);
	expect([hours.length, hours[0], hours[23], hours.reduce((sum, n) => sum + n, 0)]).toEqual([24, 1, 2, 3]);
});

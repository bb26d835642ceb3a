// Tests the two counters of a view, and the line in the list before what is new since a person last looked.
import { describe, expect, test } from 'vitest';
import { openView } from '#lib/ui/alert-rows.ts';
import { entriesOf, type Entry } from '#lib/ui/list-entries.ts';
import { ViewCounter } from '#lib/ui/view-counter.ts';
import { allView, anAlert, deskView } from '../support/listed-alerts.ts';

describe('the counters of a view', () => {
	test('are the Alerts that pass its filters, and those after the last look', () => {
		const counter = new ViewCounter();
		counter.set(
			[
				{ key: 'all', filters: {}, seenId: '2' },
				{ key: '7', filters: { code: ['8F3E'] }, seenId: null }
			],
			[anAlert(1), anAlert(2, { code: '8F3E' })]
		);
		counter.add(anAlert(10), 1);
		counter.add(anAlert(3), 1);
		counter.add(anAlert(3), -1);
		expect(counter.counters()).toEqual({ all: { open: 3, fresh: 1 }, '7': { open: 1, fresh: null } });
	});
});

describe('the line before what is new', () => {
	const keys = (entries: readonly Entry[]) => entries.map(({ key }) => key);
	const mark = (seenId: string) => ({ seenId, at: '2026-11-05T02:14:07.000Z' });
	const none: ReadonlySet<string> = new Set();

	test('stands in each band of the desk above its new rows', () => {
		const { shown } = openView(
			[anAlert(1), anAlert(5), anAlert(2, { priority: 2 }), anAlert(9, { priority: 3 })],
			deskView
		);
		expect(keys(entriesOf(shown, 'desk', none, mark('2')))).toEqual([
			...['band-1', '1', 'mark-1', '5'],
			...['band-2', '2'],
			...['band-3', 'mark-3', '9']
		]);
	});

	test('stands below the new rows of a list that begins with the newest', () => {
		const { shown } = openView([anAlert(1), anAlert(2), anAlert(10)], allView);
		expect(keys(entriesOf(shown, 'newest', none, mark('2')))).toEqual(['10', 'mark', '2', '1']);
	});

	test.each(['0', '10'])('does not stand where all is new, or nothing is (%s)', (seenId) => {
		const { shown } = openView([anAlert(1), anAlert(10)], allView);
		expect(keys(entriesOf(shown, 'newest', none, mark(seenId)))).toEqual(['10', '1']);
	});
});

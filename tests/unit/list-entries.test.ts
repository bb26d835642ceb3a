// Tests how the desk shows an episode: in one row, at one place, and open in place.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { NO_ROWS, TOMBSTONE_MS, applyChanges, openView, type Rows } from '#lib/ui/alert-rows.ts';
import { entriesOf } from '#lib/ui/list-entries.ts';
import {
	allView,
	anAlert,
	deskView,
	following,
	ids,
	ignorableDecision,
	paused
} from '../support/listed-alerts.ts';
import { propertyRuns } from '../support/property-runs.ts';

describe('an episode on the desk', () => {
	const member = (id: number, fields: Partial<Alert> = {}) => anAlert(id, { episodeId: '7', ...fields });
	const entries = (rows: Rows, opened: readonly string[] = []) =>
		entriesOf(rows.shown, 'desk', new Set(opened)).map((entry) =>
			entry.kind === 'episode'
				? `${entry.key} (${entry.rows.map((row) => row.alert.id).join(' ')})`
				: entry.key
		);

	test('stands in one row, at the place of its first Alert', () => {
		const rows = openView([anAlert(1), member(2), anAlert(3), member(4)], deskView);
		expect(entries(rows)).toEqual(['band-1', '1', 'episode-7 (2 4)', '3']);
	});

	test('opens in place', () => {
		const rows = openView([anAlert(1), member(2), anAlert(3), member(4)], deskView);
		expect(entries(rows, ['7'])).toEqual(['band-1', '1', 'episode-7 (2 4)', '2', '4', '3']);
	});

	test('of one Alert is a lone row', () => {
		expect(entries(openView([member(1), anAlert(2)], deskView))).toEqual(['band-1', '1', '2']);
	});

	test('takes the row of its first Alert when the second arrives, while nobody reads', () => {
		const rows = openView([anAlert(1), anAlert(2), anAlert(3)], deskView);
		const next = applyChanges(rows, [member(2, { version: 2 }), member(9)], deskView, following);
		expect(entries(next)).toEqual(['band-1', '1', 'episode-7 (2 9)', '3']);
	});

	test('gathers no rows while a person reads', () => {
		const rows = openView([anAlert(1), anAlert(2), anAlert(3)], deskView);
		const next = applyChanges(rows, [member(1, { version: 2 }), member(3, { version: 2 })], deskView, paused);
		expect(entries(next)).toEqual(['band-1', '1', '2', '3']);
		expect(entries(applyChanges(next, [], deskView, following))).toEqual(['band-1', '1', '2', '3']);
		expect(entries(applyChanges(next, [anAlert(4)], deskView, following))).toEqual([
			'band-1',
			'episode-7 (1 3)',
			'2',
			'4'
		]);
	});

	test('takes a new Alert in while a person reads, because no row moves', () => {
		const rows = openView([member(1), member(2), anAlert(3)], deskView);
		const next = applyChanges(rows, [member(4), anAlert(5)], deskView, paused);
		expect(entries(next)).toEqual(['band-1', 'episode-7 (1 2 4)', '3']);
		expect([...next.waiting.keys()]).toEqual(['5']);
	});

	test('that is open in place takes no new Alert in while a person reads', () => {
		const rows = openView([member(1), member(2)], deskView);
		const next = applyChanges(rows, [member(4)], deskView, { ...paused, opened: new Set(['7']) });
		expect([...next.waiting.keys()]).toEqual(['4']);
	});

	test('lets a more urgent Alert wait while a person reads, and then goes along to the more urgent band', () => {
		const rows = openView([anAlert(1), member(2, { priority: 3 }), member(3, { priority: 3 })], deskView);
		const waiting = applyChanges(rows, [member(4)], deskView, paused);
		expect([...waiting.waiting.keys()]).toEqual(['4']);
		expect(entries(applyChanges(waiting, [], deskView, following))).toEqual([
			'band-1',
			'1',
			'episode-7 (2 3 4)'
		]);
	});

	test('keeps its place when its first Alert is decided', () => {
		const rows = openView([member(1), anAlert(2), member(3), member(4)], deskView);
		const decided = applyChanges(rows, [member(1, { version: 2, decision: ignorableDecision })], deskView, {
			following: true,
			nowMs: 0
		});
		const later = applyChanges(decided, [], deskView, { following: true, nowMs: TOMBSTONE_MS });
		expect(entries(later)).toEqual(['band-1', 'episode-7 (3 4)', '2']);
	});

	test('that was just decided stays decided while a person reads, and a new Alert waits', () => {
		const rows = openView([member(1), member(2)], deskView);
		const decided = applyChanges(
			rows,
			[1, 2].map((id) => member(id, { version: 2, decision: ignorableDecision })),
			deskView,
			paused
		);
		const next = applyChanges(decided, [member(3)], deskView, paused);
		expect(entries(next)).toEqual(['band-1', 'episode-7 (1 2)']);
		expect([...next.waiting.keys()]).toEqual(['3']);
	});

	test('has one row, also if its decided Alerts are still shown in a less urgent band', () => {
		const rows = openView([member(5, { priority: 2 }), member(6, { priority: 2 })], deskView);
		const decided = [5, 6].map((id) => member(id, { version: 2, priority: 2, decision: ignorableDecision }));
		const next = applyChanges(rows, [...decided, member(7), member(8)], deskView, following);
		expect(entries(next)).toEqual(['band-1', 'episode-7 (5 6 7 8)']);
	});

	test('is not gathered in the archive, which lists each Alert by its arrival', () => {
		const rows = openView([member(1), anAlert(2), member(3)], allView);
		expect(entriesOf(rows.shown, 'newest', new Set()).map(({ key }) => key)).toEqual(['3', '2', '1']);
	});

	test('in any order of frames, has its rows together and each row once', () => {
		const alert = fc.record({
			id: fc.integer({ min: 1, max: 30 }),
			episodeId: fc.constantFrom(null, '7', '8', '9'),
			priority: fc.integer({ min: 1, max: 3 }),
			version: fc.integer({ min: 1, max: 4 }),
			decided: fc.boolean()
		});
		const frames = fc.array(
			fc.record({ alerts: fc.array(alert, { maxLength: 6 }), following: fc.boolean() })
		);
		fc.assert(
			fc.property(frames, (all) => {
				let rows = NO_ROWS;
				all.forEach(({ alerts, following }, i) => {
					const changes = alerts.map(({ id, decided, ...fields }) =>
						anAlert(id, { ...fields, decision: decided ? ignorableDecision : null })
					);
					const before = ids(rows);
					rows = applyChanges(rows, changes, deskView, { following, nowMs: i * 4000 });
					if (!following) expect(ids(rows).filter((id) => before.includes(id))).toEqual(before);
				});
				const shown = entriesOf(rows.shown, 'desk', new Set());
				expect(new Set(shown.map(({ key }) => key)).size).toBe(shown.length);
				expect(new Set(ids(rows)).size).toBe(ids(rows).length);
				const bands = rows.shown.map(({ band }) => band);
				expect(bands).toEqual(bands.toSorted());
			}),
			{ numRuns: propertyRuns }
		);
	});
});

// Tests the rules of the live list: order, waiting rows, tombstones, versions and retractions.
import { describe, expect, test } from 'vitest';
import {
	NO_ROWS,
	TOMBSTONE_MS,
	applyChanges,
	compareIds,
	openView,
	retractRows
} from '#lib/ui/alert-rows.ts';
import { Desk } from '#lib/ui/desk.ts';
import { viewNamed } from '#lib/domain/desk/list-view.ts';
import {
	allView,
	anAlert,
	deskView,
	following,
	ids,
	ignorableDecision,
	paused
} from '../support/listed-alerts.ts';

/** A desk that counts some of its views. */
function countedDesk(): Desk {
	const desk = new Desk();
	desk.countViews(
		(['needs-decision', 'explained', 'unexplained'] as const).map((key) => ({
			key,
			filters: viewNamed(key).filters,
			seenId: null
		}))
	);
	return desk;
}

describe('the order of rows', () => {
	test('on the desk, rows are sorted by priority, then by arrival', () => {
		const alerts = [anAlert(4, { priority: 2 }), anAlert(3), anAlert(1, { priority: 3 }), anAlert(2)];
		expect(ids(openView(alerts, deskView))).toEqual(['2', '3', '4', '1']);
	});

	test('on the desk, a new row is added at the end of its priority', () => {
		const rows = openView([anAlert(1), anAlert(2, { priority: 2 })], deskView);
		expect(ids(applyChanges(rows, [anAlert(3)], deskView, following))).toEqual(['1', '3', '2']);
	});

	test('ids are compared as numbers, also if their lengths differ or they exceed 2^53', () => {
		expect(compareIds('9', '10')).toBeLessThan(0);
		expect(compareIds('912798739397705728', '912798739397705729')).toBeLessThan(0);
		expect(compareIds('12', '12')).toBe(0);
	});

	test('a row keeps its place when its priority changes', () => {
		const rows = openView([anAlert(1, { priority: 2 }), anAlert(2, { priority: 2 })], deskView);
		const after = applyChanges(rows, [anAlert(2, { priority: 1, version: 2 })], deskView, following);
		expect(ids(after)).toEqual(['1', '2']);
		expect(after.shown[1]!.alert.priority).toBe(1);
	});

	test('in the archive, the newest row comes first', () => {
		const rows = openView([anAlert(1), anAlert(2, { priority: 4 })], allView);
		expect(ids(applyChanges(rows, [anAlert(3, { priority: 3 })], allView, following))).toEqual([
			'3',
			'2',
			'1'
		]);
	});
});

describe('while the list is paused', () => {
	test('new rows wait, and are added when the pause ends', () => {
		const rows = applyChanges(openView([anAlert(1)], deskView), [anAlert(2), anAlert(3)], deskView, paused);
		expect(ids(rows)).toEqual(['1']);
		expect([...rows.waiting.keys()]).toEqual(['2', '3']);
		const after = applyChanges(rows, [], deskView, following);
		expect(ids(after)).toEqual(['1', '2', '3']);
		expect(after.waiting.size).toBe(0);
	});

	test('a waiting Alert that a colleague decides no longer waits', () => {
		const rows = applyChanges(NO_ROWS, [anAlert(2)], deskView, paused);
		expect(
			applyChanges(rows, [anAlert(2, { version: 2, decision: ignorableDecision })], deskView, paused).waiting
				.size
		).toBe(0);
	});

	test('a changed row is patched in place', () => {
		const rows = openView([anAlert(1), anAlert(2)], deskView);
		const after = applyChanges(rows, [anAlert(1, { version: 2, explanation: 'likely' })], deskView, paused);
		expect(ids(after)).toEqual(['1', '2']);
		expect(after.shown[0]!.alert.explanation).toBe('likely');
		expect(after.shown[0]!.updatedUntilMs).toBeGreaterThan(0);
		expect(after.shown[1]).toBe(rows.shown[1]);
	});

	test('a row that left the view stays as a tombstone until the pause ends', () => {
		const rows = applyChanges(
			openView([anAlert(1)], deskView),
			[anAlert(1, { version: 2, decision: ignorableDecision })],
			deskView,
			paused
		);
		expect(rows.shown[0]!.leftAtMs).toBe(0);
		expect(ids(applyChanges(rows, [], deskView, { following: false, nowMs: 3_600_000 }))).toEqual(['1']);
	});

	test('a tombstone whose Alert is reopened becomes a row again', () => {
		const withTombstone = applyChanges(
			openView([anAlert(1)], deskView),
			[anAlert(1, { version: 2, decision: ignorableDecision })],
			deskView,
			paused
		);
		expect(
			applyChanges(withTombstone, [anAlert(1, { version: 3 })], deskView, paused).shown[0]!.leftAtMs
		).toBeNull();
	});
});

describe('while the list follows the feed', () => {
	const withTombstone = applyChanges(
		openView([anAlert(1), anAlert(2)], deskView),
		[anAlert(1, { version: 2, decision: ignorableDecision })],
		deskView,
		following
	);

	test('a tombstone stays while its decision can be undone, and is then removed', () => {
		expect(
			ids(applyChanges(withTombstone, [], deskView, { following: true, nowMs: TOMBSTONE_MS - 1 }))
		).toEqual(['1', '2']);
		expect(ids(applyChanges(withTombstone, [], deskView, { following: true, nowMs: TOMBSTONE_MS }))).toEqual([
			'2'
		]);
	});

	test('the selected row is never removed', () => {
		expect(
			ids(applyChanges(withTombstone, [], deskView, { following: true, nowMs: TOMBSTONE_MS, keepId: '1' }))
		).toEqual(['1', '2']);
	});
});

describe('versions of an Alert', () => {
	test('an older or equal version changes nothing', () => {
		const rows = openView([anAlert(1, { version: 3, explanation: 'likely' })], deskView);
		expect(
			applyChanges(rows, [anAlert(1, { version: 2 }), anAlert(1, { version: 3 })], deskView, following).shown
		).toBe(rows.shown);
	});

	test('if several versions arrive together, the highest wins in any order', () => {
		const changes = [
			anAlert(1, { version: 3, explanation: 'exact' }),
			anAlert(1, { version: 2, explanation: 'likely' })
		];
		for (const order of [changes, changes.toReversed()])
			expect(applyChanges(NO_ROWS, order, deskView, following).shown[0]!.alert.explanation).toBe('exact');
	});

	test('a late frame does not put an old version back on the desk', () => {
		const desk = countedDesk();
		desk.merge([anAlert(1), anAlert(2)]);
		desk.merge([anAlert(1, { version: 3, decision: ignorableDecision })]);
		expect(desk.merge([anAlert(1, { version: 2 })])).toEqual({ newer: [], joined: [] });
		expect(desk.ids).toEqual(['2']);
		const back = anAlert(1, { version: 4 });
		expect(desk.merge([back]).newer).toEqual([back]);
		expect(desk.ids).toEqual(['2', '1']);
	});

	test('a person is told of an Alert that joins the desk first, or that comes back with a notice', () => {
		const desk = countedDesk();
		const told = (...args: Parameters<typeof anAlert>) => desk.merge([anAlert(...args)]).joined.length;
		expect(told(1)).toBe(1);
		expect(told(1, { version: 2, explanation: 'exact' })).toBe(0);
		expect(told(1, { version: 3, decision: ignorableDecision })).toBe(0);
		expect(told(1, { version: 4 })).toBe(0); // a person reopened it
		expect(told(1, { version: 5, decision: ignorableDecision })).toBe(0);
		expect(told(1, { version: 6, notice: 'The decision was withdrawn.' })).toBe(1);
		expect(told(2, { decision: ignorableDecision })).toBe(0); // a standing decision decided it
	});

	test('the desk ignores an Alert that was decided before its first frame arrived', () => {
		const desk = countedDesk();
		desk.merge([anAlert(1, { version: 2, decision: ignorableDecision })]);
		desk.merge([anAlert(1)]);
		expect(desk.ids).toEqual([]);
	});

	test('the desk ends in the same state for every order of its frames', () => {
		const frames = [
			anAlert(1),
			anAlert(1, { version: 2, explanation: 'likely' }),
			anAlert(2),
			anAlert(2, { version: 2, decision: ignorableDecision }),
			anAlert(2, { version: 3, explanation: 'exact' })
		];
		for (let turn = 0; turn < frames.length; turn++) {
			const desk = countedDesk();
			for (const frame of [...frames.slice(turn), ...frames.slice(0, turn)]) desk.merge([frame]);
			expect([...desk.alerts].sort((a, b) => compareIds(a.id, b.id)).map((a) => [a.id, a.version])).toEqual([
				['1', 2],
				['2', 3]
			]);
			expect(desk.counters()).toMatchObject({
				'needs-decision': { open: 2 },
				explained: { open: 2 },
				unexplained: { open: 0 }
			});
		}
	});
});

describe('a retracted Alert', () => {
	const [first, second] = [anAlert(1, { seq: 5 }), anAlert(2, { seq: 6 })];

	test('stays in place as an empty tombstone, and is removed when the list follows again', () => {
		const rows = retractRows(openView([first, second], allView), [{ id: '2', seq: 9 }], 0);
		expect(rows.shown.map((row) => [row.alert.id, row.retracted, row.leftAtMs])).toEqual([
			['2', true, 0],
			['1', false, null]
		]);
		expect(ids(applyChanges(rows, [], allView, { following: false, nowMs: 3_600_000 }))).toEqual(['2', '1']);
		expect(ids(applyChanges(rows, [], allView, { following: true, nowMs: TOMBSTONE_MS }))).toEqual(['1']);
	});

	test('becomes a row again when it comes back, in either order of the two frames', () => {
		const returned = anAlert(1, { seq: 12, version: 2 });
		const retracted = retractRows(openView([first], allView), [{ id: '1', seq: 9 }], 0);
		const after = applyChanges(retracted, [returned], allView, paused);
		expect(after.shown[0]).toMatchObject({ retracted: false, leftAtMs: null });
		expect(retractRows(after, [{ id: '1', seq: 9 }], 0).shown[0]!.retracted).toBe(false);
	});

	test('no longer waits for the list', () => {
		const rows = applyChanges(NO_ROWS, [first, second], deskView, paused);
		expect([...retractRows(rows, [{ id: '1', seq: 9 }], 0).waiting.keys()]).toEqual(['2']);
	});

	test('leaves the desk and its counts, and no late frame puts it back, for every order of frames', () => {
		const frames = [
			(desk: Desk) => desk.merge([first]),
			(desk: Desk) => desk.merge([second]),
			(desk: Desk) => desk.retract([{ id: '1', seq: 9 }]),
			(desk: Desk) => desk.retract([{ id: '2', seq: 7 }]),
			(desk: Desk) => desk.merge([anAlert(2, { seq: 8, version: 2 })])
		];
		for (let turn = 0; turn < frames.length; turn++) {
			const desk = countedDesk();
			for (const apply of [...frames.slice(turn), ...frames.slice(0, turn)]) apply(desk);
			expect(desk.ids).toEqual(['2']);
			expect(desk.counters()).toMatchObject({ 'needs-decision': { open: 1 } });
		}
	});
});

test('applying 500 changes to 50,000 rows takes less than the paint interval of 250 ms', () => {
	const rows = openView(
		Array.from({ length: 50_000 }, (_, i) => anAlert(i, { priority: (i % 3) + 1 })),
		deskView
	);
	const changes = Array.from({ length: 500 }, (_, i) =>
		i % 2 ? anAlert(i * 90, { version: 2 }) : anAlert(60_000 + i)
	);
	// The best of three, because other work of the machine may interrupt one.
	const times = Array.from({ length: 3 }, () => {
		const begin = performance.now();
		expect(applyChanges(rows, changes, deskView, following).shown).toHaveLength(50_000);
		return performance.now() - begin;
	});
	expect(Math.min(...times)).toBeLessThan(250);
});

import { describe, expect, test } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import {
	EMPTY,
	TOMBSTONE_MS,
	arrange,
	compareIds,
	openView,
	retractRows,
	type Rows,
	type View
} from '#lib/ui/alert-rows.ts';
import { Desk } from '#lib/ui/desk.ts';
import { readQuery, viewOf } from '#lib/ui/views.ts';

/** An Alert as read, with only what the lists look at. */
function anAlert(id: number, fields: Partial<Alert> = {}): Alert {
	return {
		id: String(id),
		deviceId: '00-DB-12-34-56-78-90-A0',
		code: '8F30',
		name: 'Source Does not have Authority for Command',
		summary: '',
		category: 'security',
		priority: 1,
		explanation: 'pending' satisfies ExplanationKind,
		version: 1,
		candidates: [],
		notice: null,
		decision: null,
		effectiveAt: '2026-11-05T02:14:07.000Z',
		...fields
	} as unknown as Alert;
}

const decided = {
	verdict: 'ignorable',
	reason: 'repeat',
	note: null,
	by: 'somebody',
	at: '2026-11-05T02:20:00.000Z'
} as const;
const desk: View = viewOf(readQuery(new URLSearchParams()));
const all: View = viewOf(readQuery(new URLSearchParams('view=all')));
const busy = { following: false, now: 0 };
const following = { following: true, now: 0 };
const ids = (rows: Rows): string[] => rows.shown.map((row) => row.alert.id);

describe('the order of the desk', () => {
	test('is by priority, and by arrival inside a priority', () => {
		const alerts = [anAlert(4, { priority: 2 }), anAlert(3), anAlert(1, { priority: 3 }), anAlert(2)];
		expect(ids(openView(alerts, desk))).toEqual(['2', '3', '4', '1']);
	});

	test('takes a new row in at the end of its priority', () => {
		const rows = openView([anAlert(1), anAlert(2, { priority: 2 })], desk);
		expect(ids(arrange(rows, [anAlert(3)], desk, following))).toEqual(['1', '3', '2']);
	});

	test('is by number where ids have different lengths, and exact beyond 2^53', () => {
		expect(compareIds('9', '10')).toBeLessThan(0);
		expect(compareIds('912798739397705728', '912798739397705729')).toBeLessThan(0);
		expect(compareIds('12', '12')).toBe(0);
	});

	test('keeps a row in its band when its priority is learned to be another', () => {
		const rows = openView([anAlert(1, { priority: 2 }), anAlert(2, { priority: 2 })], desk);
		const after = arrange(rows, [anAlert(2, { priority: 1, version: 2 })], desk, following);
		expect(ids(after)).toEqual(['1', '2']);
		expect(after.shown[1]!.alert.priority).toBe(1);
	});

	test('of the archive is newest first', () => {
		const rows = openView([anAlert(1), anAlert(2, { priority: 4 })], all);
		expect(ids(arrange(rows, [anAlert(3, { priority: 3 })], all, following))).toEqual(['3', '2', '1']);
	});
});

describe('while the reader is busy', () => {
	test('new rows wait, and go in when they let go', () => {
		const rows = arrange(openView([anAlert(1)], desk), [anAlert(2), anAlert(3)], desk, busy);
		expect(ids(rows)).toEqual(['1']);
		expect([...rows.waiting.keys()]).toEqual(['2', '3']);
		const after = arrange(rows, [], desk, following);
		expect(ids(after)).toEqual(['1', '2', '3']);
		expect(after.waiting.size).toBe(0);
	});

	test('what waits and is decided by another no longer waits', () => {
		const rows = arrange(EMPTY, [anAlert(2)], desk, busy);
		expect(arrange(rows, [anAlert(2, { version: 2, decision: decided })], desk, busy).waiting.size).toBe(0);
	});

	test('a row is patched where it stands', () => {
		const rows = openView([anAlert(1), anAlert(2)], desk);
		const after = arrange(rows, [anAlert(1, { version: 2, explanation: 'likely' })], desk, busy);
		expect(ids(after)).toEqual(['1', '2']);
		expect(after.shown[0]!.alert.explanation).toBe('likely');
		expect(after.shown[0]!.updatedUntil).toBeGreaterThan(0);
		expect(after.shown[1]).toBe(rows.shown[1]);
	});

	test('a row that no longer belongs stays as a tombstone, however long', () => {
		const rows = arrange(
			openView([anAlert(1)], desk),
			[anAlert(1, { version: 2, decision: decided })],
			desk,
			busy
		);
		expect(rows.shown[0]!.goneAt).toBe(0);
		expect(ids(arrange(rows, [], desk, { following: false, now: 3_600_000 }))).toEqual(['1']);
	});

	test('a tombstone that is reopened is a row again', () => {
		const gone = arrange(
			openView([anAlert(1)], desk),
			[anAlert(1, { version: 2, decision: decided })],
			desk,
			busy
		);
		expect(arrange(gone, [anAlert(1, { version: 3 })], desk, busy).shown[0]!.goneAt).toBeNull();
	});
});

describe('while nobody reads', () => {
	const gone = arrange(
		openView([anAlert(1), anAlert(2)], desk),
		[anAlert(1, { version: 2, decision: decided })],
		desk,
		following
	);

	test('a tombstone stays as long as it can be undone, then goes', () => {
		expect(ids(arrange(gone, [], desk, { following: true, now: TOMBSTONE_MS - 1 }))).toEqual(['1', '2']);
		expect(ids(arrange(gone, [], desk, { following: true, now: TOMBSTONE_MS }))).toEqual(['2']);
	});

	test('but never the row under the hand', () => {
		expect(ids(arrange(gone, [], desk, { following: true, now: TOMBSTONE_MS, keep: '1' }))).toEqual([
			'1',
			'2'
		]);
	});
});

describe('versions', () => {
	test('an older or equal version changes nothing', () => {
		const rows = openView([anAlert(1, { version: 3, explanation: 'likely' })], desk);
		expect(
			arrange(rows, [anAlert(1, { version: 2 }), anAlert(1, { version: 3 })], desk, following).shown
		).toBe(rows.shown);
	});

	test('of several versions in one paint the highest stands, in any order', () => {
		const changes = [
			anAlert(1, { version: 3, explanation: 'exact' }),
			anAlert(1, { version: 2, explanation: 'likely' })
		];
		for (const order of [changes, changes.toReversed()])
			expect(arrange(EMPTY, order, desk, following).shown[0]!.alert.explanation).toBe('exact');
	});

	test('the desk does not take back what has left it, when a frame comes late', () => {
		const held = new Desk();
		held.merge([anAlert(1), anAlert(2)]);
		held.merge([anAlert(1, { version: 3, decision: decided })]);
		expect(held.merge([anAlert(1, { version: 2 })])).toEqual([]);
		expect(held.ids).toEqual(['2']);
		expect(held.merge([anAlert(1, { version: 4 })])).toHaveLength(1);
		expect(held.ids).toEqual(['2', '1']);
	});

	test('the desk never takes in what was decided before it was seen', () => {
		const held = new Desk();
		held.merge([anAlert(1, { version: 2, decision: decided })]);
		held.merge([anAlert(1)]);
		expect(held.ids).toEqual([]);
	});

	test('the desk ends the same in whatever order its frames come', () => {
		const frames = [
			anAlert(1),
			anAlert(1, { version: 2, explanation: 'likely' }),
			anAlert(2),
			anAlert(2, { version: 2, decision: decided }),
			anAlert(2, { version: 3, explanation: 'exact' })
		];
		for (let turn = 0; turn < frames.length; turn++) {
			const held = new Desk();
			for (const frame of [...frames.slice(turn), ...frames.slice(0, turn)]) held.merge([frame]);
			expect([...held.alerts].sort((a, b) => compareIds(a.id, b.id)).map((a) => [a.id, a.version])).toEqual([
				['1', 2],
				['2', 3]
			]);
			expect(held.counts()).toMatchObject({ 'needs-decision': 2, explained: 2, unexplained: 0 });
		}
	});
});

describe('what was retracted', () => {
	const [one, two] = [anAlert(1, { seq: 5 }), anAlert(2, { seq: 6 })];

	test('stays as a tombstone where it stands, shows nothing, and goes when the hand is off', () => {
		const rows = retractRows(openView([one, two], all), [{ id: '2', seq: 9 }], 0);
		expect(rows.shown.map((row) => [row.alert.id, row.retracted, row.goneAt])).toEqual([
			['2', true, 0],
			['1', false, null]
		]);
		expect(ids(arrange(rows, [], all, { following: false, now: 3_600_000 }))).toEqual(['2', '1']);
		expect(ids(arrange(rows, [], all, { following: true, now: TOMBSTONE_MS }))).toEqual(['1']);
	});

	test('is a row again where it comes back, whichever of both is heard first', () => {
		const back = anAlert(1, { seq: 12, version: 2 });
		const gone = retractRows(openView([one], all), [{ id: '1', seq: 9 }], 0);
		const after = arrange(gone, [back], all, busy);
		expect(after.shown[0]).toMatchObject({ retracted: false, goneAt: null });
		expect(retractRows(after, [{ id: '1', seq: 9 }], 0).shown[0]!.retracted).toBe(false);
	});

	test('no longer waits', () => {
		const rows = arrange(EMPTY, [one, two], desk, busy);
		expect([...retractRows(rows, [{ id: '1', seq: 9 }], 0).waiting.keys()]).toEqual(['2']);
	});

	test('leaves the desk and its counts, and no late frame puts it back, in any order of frames', () => {
		const frames = [
			(held: Desk) => held.merge([one]),
			(held: Desk) => held.merge([two]),
			(held: Desk) => held.retract([{ id: '1', seq: 9 }]),
			(held: Desk) => held.retract([{ id: '2', seq: 7 }]),
			(held: Desk) => held.merge([anAlert(2, { seq: 8, version: 2 })])
		];
		for (let turn = 0; turn < frames.length; turn++) {
			const held = new Desk();
			for (const take of [...frames.slice(turn), ...frames.slice(0, turn)]) take(held);
			expect(held.ids).toEqual(['2']);
			expect(held.counts()).toMatchObject({ 'needs-decision': 1 });
		}
	});
});

describe('the address', () => {
	test('names view and filters; what cannot be understood is said, not guessed', () => {
		const query = readQuery(new URLSearchParams('view=security&code=0x8f30&device=nonsense&view=x'));
		expect(query.view).toBe('security');
		expect(query.filters).toMatchObject({
			category: 'security',
			code: '8F30',
			decision: 'open',
			priority: 3
		});
		expect(query.filters.device).toBeUndefined();
		expect(query.faults.device).toMatch(/EUI-64/);
	});

	test('an explanation outside the view fits nothing', () => {
		const view = viewOf(readQuery(new URLSearchParams('view=explained&explanation=pending')));
		expect(view.belongs(anAlert(1))).toBe(false);
	});

	test('journal is not on the desk, but in the archive', () => {
		expect(desk.belongs(anAlert(1, { priority: 4 }))).toBe(false);
		expect(all.belongs(anAlert(1, { priority: 4 }))).toBe(true);
	});
});

test('50,000 rows take a paint of 500 changes in less than a frame of 250 ms', () => {
	const rows = openView(
		Array.from({ length: 50_000 }, (_, i) => anAlert(i, { priority: (i % 3) + 1 })),
		desk
	);
	const changes = Array.from({ length: 500 }, (_, i) =>
		i % 2 ? anAlert(i * 90, { version: 2 }) : anAlert(60_000 + i)
	);
	const begin = performance.now();
	const after = arrange(rows, changes, desk, following);
	expect(performance.now() - begin).toBeLessThan(250);
	expect(after.shown).toHaveLength(50_000);
});

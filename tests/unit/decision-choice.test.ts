// Tests the steps from a verdict to a decision, and which decisions can be undone.
import { describe, expect, test } from 'vitest';
import { chooseVerdict, confirmChoice, pickReason } from '#lib/ui/decision-choice.ts';
import { Undoable, versionsAfter } from '#lib/ui/undoable.ts';
import { anAlert } from '../support/listed-alerts.ts';

const available = (): null => null;

describe('a decision', () => {
	test('needs a reason, and a note if the reason asks for one', () => {
		const begun = chooseVerdict('ignorable');
		expect(confirmChoice(begun, true)).toEqual({ decision: null, fault: 'Choose a reason.' });
		const other = pickReason(begun, '9', available);
		expect(confirmChoice(other, true).fault).toBe('This reason needs a note.');
		expect(confirmChoice({ ...other, note: ' seen before ' }, true).decision).toEqual({
			verdict: 'ignorable',
			reason: 'other',
			note: 'seen before'
		});
	});

	test('does not take a reason that cannot be chosen, and says why', () => {
		const choice = pickReason(chooseVerdict('ignorable'), '1', () => 'no candidate');
		expect([choice.reason, choice.fault]).toEqual([null, 'no candidate']);
	});

	test('is refused while the list is stale', () => {
		const choice = pickReason(chooseVerdict('actionable'), '1', available);
		expect(confirmChoice(choice, false).fault).toMatch(/the list is stale/);
	});

	test('stays as it is at a key without a reason', () => {
		const choice = chooseVerdict('ignorable');
		expect(pickReason(choice, 'x', available)).toBe(choice);
	});
});

describe('the decisions that can be undone', () => {
	test('hold the newest version of each decided Alert, and the last decision comes first', () => {
		const undoable = new Undoable();
		const undo = () => Promise.resolve();
		undoable.add({ versions: versionsAfter([anAlert(1), anAlert(2)], ['1', '2']), undo });
		undoable.add({ versions: versionsAfter([anAlert(3), anAlert(4)], ['3']), undo });
		undoable.update([anAlert(1, { version: 7 }), anAlert(2, { version: 1 })]);
		expect(undoable.has('4')).toBe(false);
		expect(undoable.take()?.versions).toEqual(new Map([['3', 2]]));
		expect(undoable.take('2')?.versions).toEqual(
			new Map([
				['1', 7],
				['2', 2]
			])
		);
		expect(undoable.take()).toBeNull();
	});
});

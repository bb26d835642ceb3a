// Checks for how long the mark of a new Alert flashes.
import { expect, it } from 'vitest';
import { isFresh } from '../../../src/routes/(console)/desk/fresh.ts';

const receivedAt = '2026-11-28T02:14:07.000Z';
const after = (seconds: number) => Date.parse(receivedAt) + seconds * 1000;

it('an Alert is fresh for two minutes after its receipt, unless it belongs to the journal', () => {
	expect(isFresh({ priority: 1, receivedAt }, after(119))).toBe(true);
	expect(isFresh({ priority: 3, receivedAt }, after(0))).toBe(true);
	expect(isFresh({ priority: 1, receivedAt }, after(120))).toBe(false);
	expect(isFresh({ priority: 4, receivedAt }, after(1))).toBe(false);
});

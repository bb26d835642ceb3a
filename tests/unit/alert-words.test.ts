// Tests that the catalogue names the reasons of decisions as the API does.
import { expect, test } from 'vitest';
import { REASONS } from '#lib/domain/decision.ts';
import { reasonName } from '#lib/ui/alert-words.ts';

test('each reason has the same name in the console and in the API', () => {
	for (const { code, label } of [...REASONS.actionable, ...REASONS.ignorable])
		expect(reasonName({ reason: code })).toBe(label);
});

test('a reason code that nobody knows is written as it is', () => {
	expect(reasonName({ reason: 'of-tomorrow' })).toBe('of-tomorrow');
});

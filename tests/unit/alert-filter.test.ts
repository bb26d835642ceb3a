// Tests how the filters of Alerts read lists, and how ages and `me` become instants and a person.
import { describe, expect, it } from 'vitest';
import { AlertFilters, needsServer, resolveFilters } from '#lib/domain/alert-filter.ts';

const NOW = { callerId: 'k3', nowMs: Date.parse('2026-11-05T12:00:00.000Z') };

describe('a filter of Alerts', () => {
	it('reads a list from one text with commas, or from several values', () => {
		expect(AlertFilters.parse({ code: '8f3e,0x8f30', notTier: ['weak', 'strong'] })).toEqual({
			code: ['8F3E', '8F30'],
			notTier: ['weak', 'strong']
		});
	});

	it('keeps commas in the names of models, firmware and areas', () => {
		expect(AlertFilters.parse({ model: 'Storm, 9', notArea: ['Leeds, North'] })).toEqual({
			model: ['Storm, 9'],
			notArea: ['Leeds, North']
		});
	});

	it.each(['2', 'h', '-2h', '2w', '2 h', '99999d'])('refuses the age %s', (age) => {
		expect(AlertFilters.safeParse({ olderThan: age }).success).toBe(false);
	});

	it('is left to the server only for what an Alert does not carry', () => {
		expect(needsServer({ notModel: ['Storm 9'] })).toBe(true);
		expect(needsServer({ area: ['SW1'], tier: ['exact'] })).toBe(false);
	});
});

describe('a resolved filter', () => {
	it('has the id of the caller, and instants in the place of ages', () => {
		const filters = { assignee: 'me', olderThan: '30m', newerThan: '7d', decidedOlderThan: '4h', q: 'x' };
		expect(resolveFilters(filters, NOW)).toEqual({
			assignee: 'k3',
			since: '2026-10-29T12:00:00.000Z',
			until: '2026-11-05T11:30:00.000Z',
			decidedUntil: '2026-11-05T08:00:00.000Z',
			q: 'x'
		});
	});

	it('keeps the narrower of an instant and an age', () => {
		expect(
			resolveFilters(
				{
					newerThan: '2h',
					since: '2026-11-05T11:00:00.000Z',
					olderThan: '1h',
					until: '2026-11-05T11:30:00.000Z'
				},
				NOW
			)
		).toEqual({ since: '2026-11-05T11:00:00.000Z', until: '2026-11-05T11:00:00.000Z' });
	});
});

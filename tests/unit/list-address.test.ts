// Tests the address of a list: the view and the filters that it names, and the filters that are left out.
import { describe, expect, test } from 'vitest';
import { readQuery, viewOf } from '#lib/ui/views.ts';
import { allView, anAlert, deskView, looking } from '../support/listed-alerts.ts';

describe('the address of a list', () => {
	test('a search with a NUL character is left out, because the database would refuse it', () => {
		const { faults } = readQuery(new URLSearchParams({ q: 'a\0b' }));
		expect(faults).toEqual(['The filter q was left out: it must not have a NUL character.']);
	});

	test('names the view and the filters, and a filter that is not valid is reported', () => {
		const query = readQuery(new URLSearchParams('view=security&code=0x8f30&device=nonsense&view=x'));
		expect(query.view).toBe('security');
		expect(query.filters).toMatchObject({
			category: ['security'],
			code: ['8F30'],
			decision: 'open',
			priority: 3
		});
		expect(query.filters.device).toBeUndefined();
		expect(query.faults).toEqual([expect.stringMatching(/device was left out.*EUI-64/)]);
	});

	test('a filter that the view sets is left out, and a view that has no such filter is named', () => {
		const query = readQuery(new URLSearchParams('decision=ignorable&priority=2'));
		expect(query.filters).toMatchObject({ decision: 'open', priority: 2 });
		expect(query.faults).toEqual([expect.stringMatching(/the view Needs decision sets it.*All Alerts/)]);
		expect(readQuery(new URLSearchParams('view=all&decision=ignorable')).filters).toEqual({
			decision: 'ignorable'
		});
	});

	test('a filter for an explanation outside the view matches no Alert', () => {
		const view = viewOf(readQuery(new URLSearchParams('view=explained&explanation=pending')), looking);
		expect(view.belongs(anAlert(1))).toBe(false);
	});

	test('a journal Alert is in the archive and not on the desk', () => {
		expect(deskView.belongs(anAlert(1, { priority: 4 }))).toBe(false);
		expect(allView.belongs(anAlert(1, { priority: 4 }))).toBe(true);
	});
});

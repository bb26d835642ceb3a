// Tests the mark on the icon of the browser tab.
import { expect, it } from 'vitest';
import { faviconAddress, faviconMark } from '#lib/ui/favicon.ts';

const calm = { isConnected: true, hasFeedFault: false, undecided: 0 };

it.each([
	['nothing on a calm desk', calm, ''],
	['nothing before the desk was read', { ...calm, undecided: undefined }, ''],
	['the number of Alerts that need a decision', { ...calm, undecided: 37 }, '37'],
	['99+ above 99 Alerts', { ...calm, undecided: 1204 }, '99+'],
	['! for a feed fault, whatever waits', { ...calm, hasFeedFault: true, undecided: 37 }, '!'],
	[
		'? without a connection, whatever else is known',
		{ isConnected: false, hasFeedFault: true, undecided: 37 },
		'?'
	]
])('shows %s', (_what, state, mark) => {
	expect(faviconMark(state)).toBe(mark);
});

it('draws the mark, and leaves an icon without a mark to the server', () => {
	expect(decodeURIComponent(faviconAddress('99+')!)).toContain('>99+</text>');
	expect(faviconAddress('')).toBeNull();
});

// Tests the rules of feeds that have stopped: the time that a feed may be silent, and the warnings.
import { describe, expect, it } from 'vitest';
import { feedWarnings, lastHeard, lastReport, silentAfter } from '#lib/domain/feed-state.ts';

const now = Date.parse('2026-11-05T02:15:00.000Z');
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();
const source = (fields: object) => ({
	source: 'sat',
	supplier: null,
	completeUntil: ago(2),
	reportedAt: ago(1),
	lagSeconds: 120,
	...fields
});
const warnings = (sources: object[], feeds: object[] = []) =>
	feedWarnings(
		{
			feeds: feeds as never,
			completeness: { items: sources.map(source), completeUntil: null },
			silentAfterSeconds: 900
		},
		now
	);

describe('the time that a feed may be silent', () => {
	it('is the setting, or twice the longest recent pause', () => {
		expect(silentAfter('alert', 5, 900)).toBe(900);
		expect(silentAfter('alert', 86_400, 900)).toBe(172_800);
	});
	it('has no end for a feed that came once, and for an inventory', () => {
		expect(silentAfter('service-request', null, 900)).toBeNull();
		expect(silentAfter('device', 5, 900)).toBeNull();
	});
});

describe('the warnings', () => {
	it('are none while sources report and feeds come', () => {
		const feed = { kind: 'alert', supplier: null, lastAt: ago(1), silentAfterSeconds: 900 };
		expect(warnings([{}], [feed])).toEqual([]);
		expect(warnings([])).toEqual([]);
	});
	it('name the source that is silent, behind, or has never reported, and its owner', () => {
		expect(
			warnings([
				{ reportedAt: ago(16) },
				{ completeUntil: ago(16), supplier: 'halden' },
				{ completeUntil: null, reportedAt: null }
			])
		).toEqual([
			'The completeness source sat of the installation has not reported for 16 min.',
			'The completeness source sat of halden is 16 min behind.',
			'The completeness source sat of the installation has never reported.'
		]);
	});
	it('name the feed that used to come', () => {
		const feed = { kind: 'alert', supplier: 'halden', lastAt: ago(16), silentAfterSeconds: 900 };
		expect(warnings([], [feed, { ...feed, silentAfterSeconds: null }])).toEqual([
			'No Alerts from the keys of halden for 16 min.'
		]);
	});
});

it('the last arrival and the last report are the latest of all owners', () => {
	const feed = { kind: 'alert' as const, supplier: null, silentAfterSeconds: null };
	const feeds = [
		{ ...feed, lastAt: ago(5) },
		{ ...feed, supplier: 'halden', lastAt: ago(3) }
	];
	expect(lastHeard({ feeds }, 'alert')).toBe(ago(3));
	expect(lastHeard({ feeds }, 'device')).toBeNull();
	const items = [source({ reportedAt: ago(9) }), source({ reportedAt: ago(4) })];
	expect(lastReport({ completeness: { items, completeUntil: null } })).toBe(ago(4));
	expect(lastReport({ completeness: { items: [], completeUntil: null } })).toBeNull();
});

// Tests what the row of an episode says about the Alerts under it.
import { expect, test } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { STRIP_HOURS, summaryOf } from '#lib/ui/episode-summary.ts';
import { anAlert } from '../support/listed-alerts.ts';

const NOW = Date.parse('2026-11-05T12:00:00.000Z');
const request = (serviceReferenceVariant: string) =>
	({ userId: '90-B3-D5-1F-30-02-00-01', serviceReferenceVariant }) as Alert['candidates'][number];
const explained = (id: number, variant: string, fields: Partial<Alert> = {}) =>
	anAlert(id, { explanation: 'likely', candidates: [request(variant)], ...fields });

test('counts Alerts, Devices and events, and says "at least" if one was throttled', () => {
	const alerts = [
		anAlert(1, { occurrences: 40, throttled: true, priority: 2 }),
		anAlert(2),
		anAlert(3, { deviceId: '00-DB-12-34-56-78-90-A1' })
	];
	expect(summaryOf(alerts, NOW)).toMatchObject({
		alerts: 3,
		devices: 2,
		occurrences: 42,
		atLeast: true,
		priority: 1
	});
});

test('names the cause that all Alerts share, and none if one Alert has another', () => {
	expect(summaryOf([explained(1, '6.5'), explained(2, '6.5')], NOW).commonCause?.id).toBe('1');
	expect(summaryOf([explained(1, '6.5'), explained(2, '8.11')], NOW).commonCause).toBeNull();
	const mixed = summaryOf([explained(1, '6.5'), anAlert(2, { explanation: 'unexplained' })], NOW);
	expect([mixed.commonCause, mixed.explained]).toEqual([null, 1]);
});

test('names the most frequent code first, and an area only if all Alerts are there', () => {
	const alerts = [
		anAlert(1, { code: '8F3E', area: 'SW1' }),
		anAlert(2, { area: 'SW1' }),
		anAlert(3, { area: 'LS6' })
	];
	const { codes, area } = summaryOf(alerts, NOW);
	expect([codes.map(({ code }) => code), area]).toEqual([['8F30', '8F3E'], null]);
	expect(summaryOf(alerts.slice(0, 2), NOW).area).toBe('SW1');
});

test('draws each Alert of the last 24 hours in its hour, also if the clock of the Device is ahead', () => {
	const at = (time: string) => anAlert(1, { effectiveAt: `2026-11-05T${time}:00.000Z` });
	const { hours } = summaryOf([at('11:59'), at('11:01'), at('10:59'), at('12:30')], NOW);
	expect(hours).toHaveLength(STRIP_HOURS);
	expect(hours.slice(-2)).toEqual([1, 3]);
	const old = anAlert(1, { effectiveAt: '2026-11-04T11:59:00.000Z' });
	expect(summaryOf([old], NOW).hours.every((n) => n === 0)).toBe(true);
});

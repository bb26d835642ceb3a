import { describe, expect, it } from 'vitest';
import { readCauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { AlertIn, type ClockStatus } from '#lib/domain/alert.ts';
import { effectiveTime } from '#lib/domain/correlation/evidence.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import {
	byDevice,
	nearest15min,
	scoreBaseline,
	tableOnly,
	type KnownRequest
} from '../../../accuracy/baselines.ts';
import { differences } from '../../../accuracy/canonical.ts';
import { deliver } from '../../../accuracy/delivery.ts';
import { simulateWorld, plansOf } from '../../../accuracy/world.ts';

const MIDNIGHT = Date.UTC(2026, 10, 5);
const NOON = MIDNIGHT + 12 * 3_600_000;
const DEVICE = '88-73-84-57-00-10-00-01';
const plans = plansOf(3, MIDNIGHT, 0.3);
const worlds = plans.map(simulateWorld);

describe('the corpus', () => {
	it('is the same to the byte for the same seed', () => {
		expect(JSON.stringify(plans.map(simulateWorld))).toBe(JSON.stringify(worlds));
	});

	it('is different for another seed', () => {
		const [other] = plansOf(4, MIDNIGHT, 0.3).map(simulateWorld);
		expect(JSON.stringify(other)).not.toBe(JSON.stringify(worlds[0]));
	});

	it('contains only records that the API accepts', () => {
		const { first, late: then } = deliver(worlds, 1, false);
		const rejected = [...first, ...then].filter(
			({ path, body }) => !(path === '/alerts' ? AlertIn : ServiceRequestIn).safeParse(body).success
		);
		expect(rejected).toEqual([]);
	});

	it('never sends a missing record, and marks the truth of its Alert as missing', () => {
		const { first, late: then } = deliver(worlds, 1, false);
		const sent = new Set(
			[...first, ...then].flatMap(({ body }) => ('requestId' in body ? [body.requestId] : []))
		);
		const missing = worlds.flatMap((world) => world.truths.filter((truth) => truth.missing));
		expect(missing.length).toBeGreaterThan(0);
		expect(missing.filter(({ requests }) => requests.some((id) => sent.has(id)))).toEqual([]);
	});

	it('gives each world its own Devices and Alerts', () => {
		const owner = new Map<string, string>();
		for (const { devices, world } of worlds)
			for (const { deviceId } of devices) {
				expect(owner.get(deviceId) ?? world).toBe(world);
				owner.set(deviceId, world);
			}
		const ids = worlds.flatMap((world) => world.alerts.map((alert) => alert.messageId));
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('makes the viewer of each Alert the Responsible Supplier or the recipient, so that somebody sees it', () => {
		const unseen = plansOf(907, MIDNIGHT, 1)
			.slice(0, 2)
			.map(simulateWorld)
			.flatMap(({ alerts, truths, devices }) => {
				const tenures = new Map(devices.map((device) => [device.deviceId, device.tenures]));
				return alerts.filter(({ deviceId, raisedAt, receivedAt, clockStatus, ...alert }, i) => {
					const raised = raisedAt === null ? null : Date.parse(raisedAt);
					const at = effectiveTime(raised, Date.parse(receivedAt), clockStatus as ClockStatus);
					const responsible = tenures
						.get(deviceId)!
						.find(({ from, to }) => Date.parse(from) <= at && (to === null || at < Date.parse(to)));
					return responsible?.supplier !== truths[i]!.viewer && !('recipientId' in alert);
				});
			});
		expect(unseen).toEqual([]);
	});

	it('lists only requests of one User as the cause of an Alert', () => {
		for (const { requests, truths } of worlds) {
			const byId = new Map(requests.map((sent) => [sent.requestId, sent]));
			for (const truth of truths)
				expect(new Set(truth.requests.map((id) => byId.get(id)!.party.userId)).size).toBeLessThanOrEqual(1);
		}
	});

	it('has a world with at least sixty Alerts of the same unknown cause', () => {
		const fullSizeWorlds = plansOf(3, MIDNIGHT, 1).map(simulateWorld);
		const alertsOfQuirk = fullSizeWorlds.map(
			(world) => world.truths.filter(({ mechanism }) => mechanism === 'quirk: agent read').length
		);
		expect(Math.max(...alertsOfQuirk)).toBeGreaterThanOrEqual(60);
	});

	it('has the same records in another order for another seed of the delivery', () => {
		const [delivery, other] = [deliver(worlds, 1, true), deliver(worlds, 2, true)];
		const distinct = (items: typeof delivery.first) =>
			[...new Set(items.map((item) => JSON.stringify(item)))].sort();
		expect(distinct(delivery.first)).toEqual(distinct(other.first));
		expect(delivery.first.slice(0, 20)).not.toEqual(other.first.slice(0, 20));
	});
});

describe('the baselines', () => {
	const request = (requestId: string, variant: string, secondsBefore: number): KnownRequest => ({
		requestId,
		deviceId: DEVICE,
		variant,
		requestedAt: NOON - secondsBefore * 1000
	});
	const alert = {
		deviceId: DEVICE,
		kind: 'device' as const,
		code: '8F30',
		raisedAt: new Date(NOON).toISOString(),
		clockStatus: 'reliable',
		receivedAt: new Date(NOON + 4000).toISOString(),
		messageId: 'one'
	};

	const table = readCauseTable({
		version: '2026-01-01',
		entries: [
			{
				alert: '8F30',
				guidance: null,
				causes: [
					{
						id: 'one',
						variants: ['6.5'],
						roles: ['ED'],
						outcome: 'failure-or-none',
						relation: 'same-device',
						targetTypes: [],
						anchor: 'requested',
						minSeconds: 0,
						typicalSeconds: 5,
						maxSeconds: 120,
						condition: null,
						prior: 0.9,
						confidence: 'strong',
						mechanism: 'a wrong certificate'
					}
				]
			}
		],
		notCommand: []
	});

	it('name the last request of any kind within the quarter of an hour before (nearest)', () => {
		const requests = [request('old', '6.5', 1000), request('A', '6.5', 60), request('read', '4.8.1', 9)];
		expect(nearest15min(alert, requests)).toBe('read');
		expect(nearest15min(alert, requests.slice(0, 1))).toBeNull();
		expect(nearest15min(alert, [request('after', '6.5', -5)])).toBeNull();
	});

	it('name the last request that the cause table lists for the code (table alone)', () => {
		const requests = [request('A', '6.5', 60), request('other', '3.1', 9)];
		expect(tableOnly(table)(alert, requests)).toBe('A');
		expect(tableOnly(table)(alert, [request('A', '6.5', 121)])).toBeNull();
		expect(tableOnly(table)({ ...alert, code: '8F35' }, requests)).toBeNull();
	});

	it('are scored against the truth', () => {
		const truth = { ...worlds[0]!.truths[0]!, messageId: 'one', kind: 'caused' as const, requests: ['A'] };
		const truths = [{ ...truth, missing: false, hidden: false, outOfScope: false }];
		const requests = new Map([[DEVICE, [request('A', '6.5', 60)]]]);
		expect(scoreBaseline(nearest15min, truths, new Map([['one', alert]]), requests)).toEqual({
			precision: 1,
			recall: 1,
			wrongExplanations: 0,
			named: 1
		});
	});

	it('see the merged records of a request', () => {
		const requestId = `90-B3-D5-1F-30-02-00-01:${DEVICE}:1`;
		const known = byDevice([
			{ requestId, respondedAt: new Date(NOON).toISOString(), responseCode: 'I0' },
			{ requestId, requestedAt: new Date(NOON - 9000).toISOString(), serviceReferenceVariant: '6.5' }
		]);
		expect(known.get(DEVICE)).toEqual([
			{ requestId, deviceId: DEVICE, variant: '6.5', requestedAt: NOON - 9000 }
		]);
	});
});

describe('the comparison of two runs', () => {
	it('names the Alert and the field that differ, and ignores ids and versions', () => {
		const read = (version: number, summary: string) =>
			[{ viewer: 'brightwell', alert: { id: `${version}`, messageId: 'one', version, summary } }] as never;
		expect(differences(read(1, 'x'), read(2, 'x'))).toEqual([]);
		expect(differences(read(1, 'x'), read(2, 'y'))).toEqual([
			{ alert: 'brightwell one', field: 'summary', values: ['"x"', '"y"'] }
		]);
	});
});

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
} from '../../accuracy/baselines.ts';
import { differences } from '../../accuracy/canonical.ts';
import { deliver } from '../../accuracy/delivery.ts';
import { playWorld, plansOf } from '../../accuracy/world.ts';

const MIDNIGHT = Date.UTC(2026, 10, 5);
const NOON = MIDNIGHT + 12 * 3_600_000;
const DEVICE = '88-73-84-57-00-10-00-01';
const plans = plansOf(3, MIDNIGHT, 0.3);
const worlds = plans.map(playWorld);

describe('the corpus', () => {
	it('is the same, to the byte, for the same seed', () => {
		expect(JSON.stringify(plans.map(playWorld))).toBe(JSON.stringify(worlds));
	});

	it('is another for another seed', () => {
		const [other] = plansOf(4, MIDNIGHT, 0.3).map(playWorld);
		expect(JSON.stringify(other)).not.toBe(JSON.stringify(worlds[0]));
	});

	it('holds records that the API takes, every one', () => {
		const { first, then } = deliver(worlds, 1, false);
		const refused = [...first, ...then].filter(
			({ path, body }) => !(path === '/alerts' ? AlertIn : ServiceRequestIn).safeParse(body).success
		);
		expect(refused).toEqual([]);
	});

	it('never sends what is missing, and says of the Alerts that nothing can be found', () => {
		const { first, then } = deliver(worlds, 1, false);
		const sent = new Set(
			[...first, ...then].flatMap(({ body }) => ('requestId' in body ? [body.requestId] : []))
		);
		const missing = worlds.flatMap((world) => world.truths.filter((truth) => truth.missing));
		expect(missing.length).toBeGreaterThan(0);
		expect(missing.filter(({ requests }) => requests.some((id) => sent.has(id)))).toEqual([]);
	});

	it('has Devices and Alerts of one world in no other', () => {
		const owner = new Map<string, string>();
		for (const { devices, world } of worlds)
			for (const { deviceId } of devices) {
				expect(owner.get(deviceId) ?? world).toBe(world);
				owner.set(deviceId, world);
			}
		const ids = worlds.flatMap((world) => world.alerts.map((alert) => alert.messageId));
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('has no Alert that nobody sees: the one who is to read it is responsible, or is addressed', () => {
		const unseen = plansOf(907, MIDNIGHT, 1)
			.slice(0, 2)
			.map(playWorld)
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

	it('lists as the cause of one Alert requests of one User only', () => {
		for (const { requests, truths } of worlds) {
			const byId = new Map(requests.map((sent) => [sent.requestId, sent]));
			for (const truth of truths)
				expect(new Set(truth.requests.map((id) => byId.get(id)!.party.userId)).size).toBeLessThanOrEqual(1);
		}
	});

	it('holds in one world at least sixty Alerts of one cause that nobody has described', () => {
		const full = plansOf(3, MIDNIGHT, 1).map(playWorld);
		const most = full.map(
			(world) => world.truths.filter(({ mechanism }) => mechanism === 'quirk: agent read').length
		);
		expect(Math.max(...most)).toBeGreaterThanOrEqual(60);
	});

	it('is dealt otherwise in the second run, with the same records', () => {
		const [a, b] = [deliver(worlds, 1, true), deliver(worlds, 2, true)];
		const set = (items: typeof a.first) => [...new Set(items.map((item) => JSON.stringify(item)))].sort();
		expect(set(a.first)).toEqual(set(b.first));
		expect(a.first.slice(0, 20)).not.toEqual(b.first.slice(0, 20));
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

	it('name the last request of the quarter of an hour before, whatever it was', () => {
		const requests = [request('old', '6.5', 1000), request('A', '6.5', 60), request('read', '4.8.1', 9)];
		expect(nearest15min(alert, requests)).toBe('read');
		expect(nearest15min(alert, requests.slice(0, 1))).toBeNull();
		expect(nearest15min(alert, [request('after', '6.5', -5)])).toBeNull();
	});

	it('name by the table alone the last request that it lists for the code', () => {
		const requests = [request('A', '6.5', 60), request('other', '3.1', 9)];
		expect(tableOnly(table)(alert, requests)).toBe('A');
		expect(tableOnly(table)(alert, [request('A', '6.5', 121)])).toBeNull();
		expect(tableOnly(table)({ ...alert, code: '8F35' }, requests)).toBeNull();
	});

	it('are scored by the same truth', () => {
		const truth = { ...worlds[0]!.truths[0]!, messageId: 'one', kind: 'caused' as const, requests: ['A'] };
		const truths = [{ ...truth, missing: false, hidden: false, outOfScope: false }];
		const given = new Map([[DEVICE, [request('A', '6.5', 60)]]]);
		expect(scoreBaseline(nearest15min, truths, new Map([['one', alert]]), given)).toEqual({
			precision: 1,
			recall: 1,
			wrongExplanations: 0,
			named: 1
		});
	});

	it('see the records of a request put together', () => {
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
	it('names the Alert and the field that differ, and passes over ids and versions', () => {
		const read = (version: number, summary: string) =>
			[{ viewer: 'brightwell', alert: { id: `${version}`, messageId: 'one', version, summary } }] as never;
		expect(differences(read(1, 'x'), read(2, 'x'))).toEqual([]);
		expect(differences(read(1, 'x'), read(2, 'y'))).toEqual([
			{ alert: 'brightwell one', field: 'summary', said: ['"x"', '"y"'] }
		]);
	});
});

import { describe, expect, it } from 'vitest';
import { AlertIn } from '#lib/domain/alert.ts';
import { causeTable, causesOf } from '#lib/domain/cause-table/cause-table.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { SUPPLIERS, createTrace } from '../../../bench/trace.ts';

const NOON = Date.UTC(2026, 10, 5, 12);
const plan = { seed: 7, devices: 13_000, requests: 300_000, now: NOON };
const trace = createTrace(plan);
const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => from + i);
const alerts = numbers(4000).map((i) => trace.alertAt(i));
const requests = numbers(4000, 290_000).map((i) => trace.requestAt(i));
const devices = numbers(trace.homes).flatMap(trace.devicesOf);

describe('the trace of the benchmark', () => {
	it('is the same to the byte for the same seed, and different for another seed', () => {
		const allBodies = ({ requestJsonAt, alertJsonAt }: typeof trace): string =>
			numbers(500)
				.map((i) => requestJsonAt(i) + alertJsonAt(i))
				.join();
		expect(allBodies(createTrace(plan))).toBe(allBodies(trace));
		expect(allBodies(createTrace({ ...plan, seed: 8 }))).not.toBe(allBodies(trace));
	});

	it('consists of bodies that the API accepts', () => {
		const rejected = [
			...devices.filter((body) => !DeviceIn.safeParse(body).success),
			...requests.filter((body) => !ServiceRequestIn.safeParse(body).success),
			...alerts.filter((body) => !AlertIn.safeParse(body).success)
		];
		expect(rejected).toEqual([]);
		expect(JSON.parse(trace.alertJsonAt(5))).toEqual(alerts[5]);
		expect(JSON.parse(trace.requestJsonAt(290_005))).toEqual(requests[5]);
	});

	it('gives every Device, request and Alert its own id, and names only Devices of the inventory', () => {
		const known = new Set(devices.map((device) => device.deviceId));
		expect(known.size).toBe(trace.devices);
		expect(new Set(requests.map((body) => body.requestId)).size).toBe(requests.length);
		expect(new Set(alerts.map((body) => body.messageId)).size).toBe(alerts.length);
		const named = [
			...alerts.map((body) => body.deviceId),
			...requests.map((body) => body.requestId.split(':')[1]!)
		];
		expect(named.filter((deviceId) => !known.has(deviceId))).toEqual([]);
	});

	it('spreads the requests over the Devices', () => {
		const touched = new Set(numbers(39_000).map((i) => trace.serviceRequestAt(i).deviceId));
		// Three requests per Device at random would miss one Device in twenty. Hubs and gas meters receive fewer
		// requests.
		expect(touched.size / trace.devices).toBeGreaterThan(0.7);
	});

	it.each(SUPPLIERS.map(({ slug, share }) => [slug, share] as const))(
		'makes %s the Supplier of about %i percent of the hubs',
		(slug, share) => {
			const hubs = devices.filter((device) => device.deviceType === 'CHF');
			const supplied = hubs.filter((hub) => hub.tenures[0]!.supplier === slug);
			expect(Math.abs((100 * supplied.length) / hubs.length - share)).toBeLessThan(3);
		}
	);

	it('times requests before now and Alerts after it, and both at the time that the caller gives', () => {
		expect(trace.requestTime(plan.requests)).toBe(NOON);
		expect(trace.requestTime(plan.requests - 800)).toBe(NOON - 1000);
		expect(trace.alertTime(1150)).toBe(NOON + 1000);
		expect(trace.alertAt(3, NOON + 77_000).receivedAt).toBe(new Date(NOON + 77_000).toISOString());
		expect(trace.serviceRequestAt(3, NOON + 77_000).requestedAt).toBeLessThan(NOON + 77_001);
		expect(trace.serviceRequestAt(11, NOON + 77_000).respondedAt ?? NOON + 77_000).toBe(NOON + 77_000);
	});
});

describe('the causes in the trace', () => {
	const caused = numbers(4000).flatMap((i) => {
		const cause = trace.causeOf(i);
		return cause === null
			? []
			: [{ alert: alerts[i]!, at: trace.alertTime(i), cause, request: trace.serviceRequestAt(cause) }];
	});

	it('exist for about 75 percent of the Alerts, and for no code that a command cannot cause', () => {
		expect(Math.abs(caused.length / alerts.length - 0.75)).toBeLessThan(0.03);
		expect(caused.filter(({ alert }) => causeTable.notCommand.has(alert.code))).toEqual([]);
	});

	it('are requests that the cause table lists for the code, on the Device or its hub, within the window', () => {
		const notInTable = caused.filter(({ alert, at, request }) => {
			const seconds = (at - request.respondedAt!) / 1000;
			const hub = ({ deviceId }: { deviceId: string }): string => deviceId.slice(0, -2);
			// An Alert that names its command needs no window.
			if (alert.reference) return hub(alert) !== hub(request);
			return !causesOf(causeTable, alert)?.causes.some(
				(cause) =>
					cause.variants.includes(request.serviceReferenceVariant) &&
					(cause.roles as string[]).includes(request.userRole) &&
					(alert.deviceId === request.deviceId ||
						(cause.relation === 'same-hub' && hub(alert) === hub(request))) &&
					(request.respondedAt === null || (seconds >= cause.minSeconds && seconds <= cause.maxSeconds))
			);
		});
		expect(notInTable).toEqual([]);
	});

	it('are named by some Alerts, either by RequestID or by counter and message code', () => {
		const named = caused.filter(({ alert }) => alert.reference);
		expect(named.length / caused.length).toBeGreaterThan(0.15);
		expect(
			named.filter(
				({ alert: { reference }, request }) =>
					reference!['requestId'] !== request.requestId && reference!['counter'] !== request.counter
			)
		).toEqual([]);
	});

	it('are all before now if no requests are sent with the Alerts', () => {
		const alertsAlone = createTrace({ ...plan, alertsAlone: true });
		const causes = numbers(2000).map((i) => alertsAlone.causeOf(i, NOON + 120_000 + i));
		expect(causes.filter((cause) => cause !== null && cause >= plan.requests)).toEqual([]);
		expect(new Set(causes).size).toBeGreaterThan(1000);
	});
});

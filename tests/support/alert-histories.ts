// Makes histories of Alerts and of the Service Requests that explain some of them. The Alerts of a history fall into runs
// of every kind of episode. Some Alerts and some requests come late.
import fc from 'fast-check';
import { BRIGHTWELL_USER_ID, HALDEN_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from './records.ts';

/** The model of every Device of a history, and the firmware image that some of its Alerts report. */
export const MODEL = { model: 'Storm 9', firmware: '2.10' };
export const IMAGE = 'AB'.repeat(32);

interface Plan {
	seed: number;
	alerts: number;
	homes: number;
	/** How old the newest Alert is, in hours. */
	ageHours: number;
	/** Of seven Alerts, how many come late, and the greatest delay as a number of Alerts. */
	late: { ofSeven: number; longest: number };
}

/** An Alert of a history, and the request that explains it. */
export interface Arrival {
	alert: ReturnType<typeof anAlert>;
	/** `null`: no request explains the Alert. */
	request: ReturnType<typeof aRequest> | null;
	/** Whether the request is sent after the Alert. */
	isLate: boolean;
}

/** One event of a history, in the order of time. */
const event = ({ homes, late }: Plan) =>
	fc.record({
		home: fc.nat(homes - 1),
		/** Seconds since the previous Alert. Some pauses split the runs of storms, a few also longer runs. */
		pauseSeconds: fc.oneof(
			{ weight: 40, arbitrary: fc.nat(12) },
			{ weight: 4, arbitrary: fc.integer({ min: 90, max: 200 }) },
			{ weight: 1, arbitrary: fc.integer({ min: 1000, max: 2400 }) }
		),
		code: fc.constantFrom('8F3E', '8F3E', '8F3E', '8F35'),
		/** The User whose request explains the Alert; `null`: none. */
		userId: fc.constantFrom(null, null, null, BRIGHTWELL_USER_ID, HALDEN_USER_ID),
		isLateEvidence: fc.boolean(),
		hasImage: fc.nat(11).map((n) => n === 0),
		throttledCount: fc.constantFrom(undefined, undefined, undefined, undefined, 7),
		/** How far the Alert is delayed, as a number of Alerts. */
		delay: fc.oneof(
			{ weight: 7 - late.ofSeven, arbitrary: fc.nat(3) },
			{ weight: late.ofSeven, arbitrary: fc.nat(late.longest) }
		)
	});

/** Makes the history of a seed: its Devices, and its Alerts in the order of arrival. `images`: the Alerts that report one. */
export function makeHistory(plan: Plan) {
	const events = fc.sample(event(plan), { numRuns: plan.alerts, seed: plan.seed });
	const lasts = events.reduce((sum, { pauseSeconds }) => sum + pauseSeconds, 0);
	let at = Date.now() - plan.ageHours * 3_600_000 - lasts * 1000;
	const homes = Array.from({ length: plan.homes }, () => ({ meter: newDeviceId(), hub: newDeviceId() }));
	const devices = homes.map(({ meter, hub }, i) =>
		aDevice(meter, { hubId: hub, area: `ZZ${i % 2}`, ...MODEL })
	);
	const images = new Set<string>();
	const arrivals = events.map((one, place) => {
		at += one.pauseSeconds * 1000;
		const { meter } = homes[one.home]!;
		const alert = anAlert(meter, {
			code: one.code,
			raisedAt: new Date(at).toISOString(),
			receivedAt: new Date(at + 500).toISOString(),
			...(one.hasImage && { imageHash: IMAGE }),
			...(one.throttledCount && { throttledCount: one.throttledCount })
		});
		if (one.hasImage) images.add(alert.messageId);
		const request =
			one.userId &&
			aRequest(meter, {
				userId: one.userId,
				userRole: one.userId === BRIGHTWELL_USER_ID ? 'IS' : 'GS',
				serviceReferenceVariant: '11.3',
				requestedAt: new Date(at - 30_000).toISOString(),
				respondedAt: new Date(at - 25_000).toISOString(),
				responseCode: 'E21'
			});
		return { place: place + one.delay, arrival: { alert, request, isLate: one.isLateEvidence } };
	});
	arrivals.sort((a, b) => a.place - b.place);
	return { devices, arrivals: arrivals.map(({ arrival }): Arrival => arrival), images };
}

/** Returns the requests of these Alerts that are sent after the Alerts, or those that are not. */
export const requestsOf = (arrivals: readonly Arrival[], isLate: boolean) =>
	arrivals.flatMap((one) => (one.request && one.isLate === isLate ? one.request : []));

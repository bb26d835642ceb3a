// The course of the trace over the stages of a run: each goes on where the one before stopped. The time of the trace is
// its own: it passes with the Service Requests that were sent, 800 a second, so that their distance from the Alerts that
// they cause is right whatever the pace of a stage.
import type { Stream } from './load.ts';
import type { Stage } from './stage.ts';
import { COUNTRY, createTrace, type TracePlan } from './trace.ts';

export interface Amount {
	count: number;
	batch: Stream['batch'];
	/** Records a second; `null`: as fast as they are taken. */
	perSecond: number | null;
	inFlight?: number;
	/** The slug of the only Supplier whose Alerts are sent. */
	only?: string;
}

/** All Alerts of a stage without requests are received within so many seconds of the trace. */
const ALONE_SECONDS = 10;

export type Course = ReturnType<typeof createCourse>;

export function createCourse(first: TracePlan) {
	const { requestTime } = createTrace(first);
	let [requests, alerts] = [first.requests, first.alerts ?? 0];

	/** The next stage with so many Alerts and Service Requests beside each other; they count as sent. */
	function next(sent: { alerts?: Amount; requests?: Amount }): Stage {
		const streams: Stream[] = [];
		if (sent.alerts) streams.push({ kind: 'alert', from: alerts, ...sent.alerts });
		if (sent.requests) streams.push({ kind: 'service-request', from: requests, ...sent.requests });
		const plan: TracePlan = {
			...first,
			requests,
			alerts,
			now: requestTime(requests),
			alertsAlone: !sent.requests,
			alertsPerSecond: alertPace(sent.alerts?.count ?? 0, sent.requests?.count ?? null)
		};
		// The numbers of Alerts that make no DUIS message, or are another Supplier's, are passed by.
		const passed = sent.alerts?.only ? 20 : sent.alerts?.batch === 'duis' ? 2 : 1;
		alerts += (sent.alerts?.count ?? 0) * passed;
		requests += sent.requests?.count ?? 0;
		return { plan, streams };
	}

	return { next };
}

/** In the time of the trace: the last Alert comes with the last request. */
function alertPace(alerts: number, requests: number | null): number {
	if (alerts === 0) return COUNTRY.alertsPerSecond;
	return requests === null
		? Math.max(COUNTRY.alertsPerSecond, alerts / ALONE_SECONDS)
		: (COUNTRY.requestsPerSecond * alerts) / requests;
}

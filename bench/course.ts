// The course of the trace over the stages of a run: each goes on where the one before stopped. The time of the trace is
// its own: it passes with the Service Requests that were sent, ten a second, whatever the pace of a stage. So a request
// lies as long before its Alert as in life, and a home does not have in a minute what in life it has in weeks, though the
// homes of the trace are a thousandth of the country's and get all of its messages.
import type { Stream } from './load.ts';
import type { Stage } from './stage.ts';
import { COUNTRY, REQUESTS_PER_SECOND, createTrace, type TracePlan } from './trace.ts';

export interface Amount {
	count: number;
	batch: Stream['batch'];
	/** Records a second; `null`: as fast as they are taken. */
	perSecond: number | null;
	inFlight?: number;
	/** The slug of the only Supplier whose Alerts are sent. */
	only?: string;
}

/**
 * No Alert comes within three seconds after its request in life, while here the time of the trace passes many times faster
 * than the wall's: Alerts beside requests are as far behind as three seconds of the wall.
 */
const BEHIND_SECONDS = 3;
/** As many requests are that where it is not known how many are taken in a second. */
const BEHIND = 8000;
const ALERTS_PER_SECOND = (REQUESTS_PER_SECOND * COUNTRY.alertsPerSecond) / COUNTRY.requestsPerSecond;

export type Course = ReturnType<typeof createCourse>;

export function createCourse(first: TracePlan) {
	const { requestTime } = createTrace({ ...first, requestsPerSecond: REQUESTS_PER_SECOND });
	let [requests, alerts] = [first.requests, first.alerts ?? 0];

	/** The next stage with so many Alerts and Service Requests beside each other; they count as sent. */
	function next(sent: { alerts?: Amount; requests?: Amount }): Stage {
		const streams: Stream[] = [];
		if (sent.alerts) streams.push({ kind: 'alert', from: alerts, ...sent.alerts });
		if (sent.requests) streams.push({ kind: 'service-request', from: requests, ...sent.requests });
		const now = requestTime(requests);
		// The numbers of Alerts that make no DUIS message, or are another Supplier's, are passed by.
		const passed = sent.alerts?.only ? 20 : sent.alerts?.batch === 'duis' ? 2 : 1;
		const numbers = (sent.alerts?.count ?? 0) * passed;
		const plan: TracePlan = {
			...first,
			requestsPerSecond: REQUESTS_PER_SECOND,
			requests,
			alerts,
			now,
			...times(now, numbers, sent.requests)
		};
		alerts += numbers;
		requests += sent.requests?.count ?? 0;
		return { plan, streams };
	}

	/** When the Alerts come: as the requests beside them do, a little behind; alone, in the last hours, where their causes lie. */
	function times(
		now: number,
		numbers: number,
		beside: Amount | undefined
	): Pick<TracePlan, 'alertsSince' | 'alertsPerSecond' | 'alertsAlone'> {
		if (numbers === 0) return {};
		if (beside) {
			const behind = beside.perSecond === null ? BEHIND : BEHIND_SECONDS * beside.perSecond;
			return {
				// Where the trace is short, its causes lie near.
				alertsSince: requestTime(requests - Math.min(behind, requests / 4)),
				alertsPerSecond: (REQUESTS_PER_SECOND * numbers) / beside.count,
				alertsAlone: false
			};
		}
		const seconds = Math.min(numbers / ALERTS_PER_SECOND, (now - requestTime(0)) / 1000);
		return { alertsSince: now - seconds * 1000, alertsPerSecond: numbers / seconds, alertsAlone: true };
	}

	return { next };
}

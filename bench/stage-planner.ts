// Plans the stages of a run: decides which records of the trace each stage sends. A stage continues where the stage
// before stopped.
//
// The trace has its own clock: trace time advances by one second for each ten Service Requests sent, at any rate of a
// stage. The trace has about a hundredth of the homes of the country but gets the national load. By the wall clock, a
// home would receive in an hour the messages of weeks. By trace time, the delay from a request to its Alert is as long
// as in reality.
import type { Stream } from './load.ts';
import { NATIONAL_LOAD } from './national-load.ts';
import type { Stage } from './stage.ts';
import { TRACE_REQUESTS_PER_SECOND, createTrace, type TracePlan } from './trace.ts';

export interface Amount {
	count: number;
	batch: Stream['batch'];
	/** Records per second. `null`: as fast as Causeway accepts them. */
	perSecond: number | null;
	inFlight?: number;
	/** The slug of a Supplier: the stage sends only Alerts of this Supplier. */
	only?: string;
}

/**
 * In reality no Alert arrives within three seconds after its request, but trace time runs many times faster than the
 * wall clock. In a stage with both streams, the Alerts are therefore three seconds of wall clock behind the requests.
 */
const BEHIND_SECONDS = 3;
/** The distance of the Alerts behind the requests, as a number of requests, for stages without a fixed rate. */
const BEHIND_REQUESTS = 8000;
const TRACE_ALERTS_PER_SECOND =
	(TRACE_REQUESTS_PER_SECOND * NATIONAL_LOAD.alertsPerSecond) / NATIONAL_LOAD.serviceRequestsPerSecond;

export type StagePlanner = ReturnType<typeof createStagePlanner>;

export function createStagePlanner(firstPlan: TracePlan) {
	const { requestTime } = createTrace({ ...firstPlan, requestsPerSecond: TRACE_REQUESTS_PER_SECOND });
	let [requests, alerts] = [firstPlan.requests, firstPlan.alerts ?? 0];

	/**
	 * Plans a stage, which sends its Alerts and Service Requests at the same time. These records count as sent from now on.
	 */
	function next(sent: { alerts?: Amount; requests?: Amount }): Stage {
		const streams: Stream[] = [];
		if (sent.alerts) streams.push({ kind: 'alert', from: alerts, ...sent.alerts });
		if (sent.requests) streams.push({ kind: 'service-request', from: requests, ...sent.requests });
		const now = requestTime(requests);
		// The stream skips Alerts that are no Device Alert (DUIS) or belong to another Supplier, so it needs more
		// numbers.
		const numbersPerAlert = sent.alerts?.only ? 20 : sent.alerts?.batch === 'duis' ? 2 : 1;
		const alertNumbers = (sent.alerts?.count ?? 0) * numbersPerAlert;
		const plan: TracePlan = {
			...firstPlan,
			requestsPerSecond: TRACE_REQUESTS_PER_SECOND,
			requests,
			alerts,
			now,
			...alertTimes(now, alertNumbers, sent.requests)
		};
		alerts += alertNumbers;
		requests += sent.requests?.count ?? 0;
		return { plan, streams };
	}

	/**
	 * Times the Alerts of a stage. With requests in the same stage, the Alerts follow them a little behind. Alone, the
	 * Alerts are spread over the last hours of trace time, where their causes are.
	 */
	function alertTimes(
		now: number,
		alertNumbers: number,
		requestsInStage: Amount | undefined
	): Pick<TracePlan, 'alertsSince' | 'alertsPerSecond' | 'alertsAlone'> {
		if (alertNumbers === 0) return {};
		if (requestsInStage) {
			const { count, perSecond } = requestsInStage;
			const behindRequests = perSecond === null ? BEHIND_REQUESTS : BEHIND_SECONDS * perSecond;
			return {
				// In a short trace the Alerts stay close to the requests.
				alertsSince: requestTime(requests - Math.min(behindRequests, requests / 4)),
				alertsPerSecond: (TRACE_REQUESTS_PER_SECOND * alertNumbers) / count,
				alertsAlone: false
			};
		}
		const seconds = Math.min(alertNumbers / TRACE_ALERTS_PER_SECOND, (now - requestTime(0)) / 1000);
		return { alertsSince: now - seconds * 1000, alertsPerSecond: alertNumbers / seconds, alertsAlone: true };
	}

	return { next };
}

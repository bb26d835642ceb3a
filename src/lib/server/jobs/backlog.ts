// Watches the backlog: how many Alerts and Service Requests are stored and wait for a worker. Ingest refuses calls by it,
// and work behind the hot path pauses by it.
import type pg from 'pg';
import { setBacklog } from '#lib/server/process/metrics.ts';
import { countWaiting } from './doorbells.ts';

const EVERY_MS = 500;
/** A worker explains about this many Alerts in a second. */
const PRESSED_ALERTS = 1000;

export type Backlog = ReturnType<typeof watchBacklog>;

/** Counts the backlog twice a second. */
export function watchBacklog(pool: pg.Pool) {
	let [alerts, requests] = [0, 0];
	let isBusy = false;

	async function count(): Promise<void> {
		const waiting = await countWaiting(pool);
		alerts = waiting.get('correlate-alerts') ?? 0;
		requests = waiting.get('index-service-requests') ?? 0;
		setBacklog('alert', alerts);
		setBacklog('service-request', requests);
	}

	const timer = setInterval(() => {
		if (isBusy) return;
		isBusy = true;
		// While the database cannot be reached nothing is accepted, so that the last figure does no harm.
		count()
			.catch(() => {})
			.finally(() => (isBusy = false));
	}, EVERY_MS);

	return {
		/** Alerts that are stored and not explained yet. */
		get alerts(): number {
			return alerts;
		},
		/** More Alerts wait than a worker explains in a second: their order matters, and other work pauses. */
		get isPressed(): boolean {
			return alerts > PRESSED_ALERTS;
		},
		/** Service Requests that are stored and not in the index yet. */
		get requests(): number {
			return requests;
		},
		close: () => clearInterval(timer)
	};
}

// Watches the backlog: the number of Alerts and Service Requests that are stored and wait for a worker. Ingest refuses
// calls when the backlog is too large, and work behind the hot path pauses.
import type pg from 'pg';
import { setBacklog } from '#lib/server/process/metrics.ts';
import { countWaiting } from './doorbells.ts';

const EVERY_MS = 500;
/** A worker explains about this many Alerts in a second. A larger backlog counts as pressed. */
const PRESSED_ALERTS = 1000;

export type Backlog = ReturnType<typeof watchBacklog>;

/** Creates the backlog watcher, which counts the backlog twice a second. */
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
		// While the database cannot be reached, ingest accepts nothing. So an old backlog figure does no harm.
		count()
			.catch(() => {})
			.finally(() => (isBusy = false));
	}, EVERY_MS);

	return {
		/** The number of Alerts that are stored and not explained yet. */
		get alerts(): number {
			return alerts;
		},
		/**
		 * Whether more Alerts wait than a worker explains in a second. In that case their order matters, and other work
		 * pauses.
		 */
		get isPressed(): boolean {
			return alerts > PRESSED_ALERTS;
		},
		/** The number of Service Requests that are stored and not in the index yet. */
		get requests(): number {
			return requests;
		},
		close: () => clearInterval(timer)
	};
}

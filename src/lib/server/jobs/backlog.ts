// How much has been kept and not been worked on yet, as the record tells: the measure for back-pressure of the whole
// system. What waits is safe; but beyond some time of work nobody is served by taking in more.
import type pg from 'pg';
import { setBacklog } from '#lib/server/process/metrics.ts';

const EVERY_MS = 500;
/** So many Alerts are explained in about a second. */
const PRESSED = 1000;

export type Backlog = ReturnType<typeof watchBacklog>;

/** Asks the record twice a second. */
export function watchBacklog(pool: pg.Pool) {
	let [alerts, requests] = [0, 0];
	let busy = false;

	async function look(): Promise<void> {
		const { rows } = await pool.query<{ job: string; waiting: number }>({
			name: 'backlog',
			text: 'select job, sum(size)::int as waiting from doorbell group by job'
		});
		const of = (job: string): number => rows.find((row) => row.job === job)?.waiting ?? 0;
		[alerts, requests] = [of('correlate-alerts'), of('index-service-requests')];
		setBacklog('alert', alerts);
		setBacklog('service-request', requests);
	}

	const timer = setInterval(() => {
		if (busy) return;
		busy = true;
		// Without the record nothing is taken in at all: the figure of before does no harm.
		look()
			.catch(() => {})
			.finally(() => (busy = false));
	}, EVERY_MS);

	return {
		/** Alerts that are kept and not explained yet. */
		get alerts(): number {
			return alerts;
		},
		/** Whether more Alerts wait than are explained at once: then their order matters, and what can wait does. */
		get isPressed(): boolean {
			return alerts > PRESSED;
		},
		/** Service Requests that are kept and not in the index yet. */
		get requests(): number {
			return requests;
		},
		close: () => clearInterval(timer)
	};
}

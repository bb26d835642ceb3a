// Clears the desk of Brightwell as Kim, a colleague, would: decides the Alerts that one command explains, and leaves the
// others to the person who watches.
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertPage } from '#lib/domain/live-events.ts';
import { hasAnswered, type Call } from './client.ts';
import { SECOND } from './events.ts';

const ALERTS_PER_CALL = 200;
/** The reasons that Kim gives. Each needs a candidate, and an explained Alert has one. */
const REASONS = { own: 'own-command', other: 'other-user-command' };

/**
 * Returns a function that decides the Alerts that have been explained and have waited for `afterSeconds` at `now`
 * (epoch ms). If Causeway refuses, Kim says so once and leaves the Alerts.
 */
export function createKim(
	call: Call,
	afterSeconds: number,
	say: (line: string) => void
): (now: number) => Promise<void> {
	/** The ids of the Alerts that Kim leaves. */
	const left = new Set<string>();

	return async (now) => {
		for (const explanation of ['exact', 'likely']) {
			const page = await call<AlertPage>(
				'GET',
				`/alerts?decision=none&shelved=false&priority=3&explanation=${explanation}&sort=oldest&limit=${ALERTS_PER_CALL}`
			);
			if (page?.status !== 200) return;
			const due = page.body.items.filter(
				(alert) => !left.has(alert.id) && now - Date.parse(alert.receivedAt) >= afterSeconds * SECOND
			);
			const own = due.filter(({ candidates }) => candidates[0]?.own);
			const other = due.filter(({ candidates }) => candidates[0]?.own === false);
			await decide(own, REASONS.own);
			await decide(other, REASONS.other);
		}
	};

	async function decide(alerts: readonly Alert[], reason: string): Promise<void> {
		if (alerts.length === 0) return;
		const items = alerts.map(({ id, version }) => ({ id, version }));
		const answer = await call<{ done: string[]; detail?: string }>('POST', '/decisions', {
			items,
			verdict: 'ignorable',
			reason
		});
		if (!hasAnswered(answer)) return; // Kim looks again
		if (answer.status < 400) {
			if (answer.body.done.length > 0)
				say(`desk: Kim decides ${answer.body.done.length} explained: ignorable`);
			return;
		}
		for (const { id } of alerts) left.add(id);
		say(
			`desk: Kim leaves ${alerts.length}, because the decision was refused (${answer.status}): ${answer.body.detail ?? ''}`
		);
	}
}

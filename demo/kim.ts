// Clears the desk of Brightwell as Kim, a colleague, would: decides the Alerts that are clear, and later the Alerts that
// nobody has taken. The person who watches has the time between.
import type { Alert } from '#lib/domain/alert.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import type { AlertPage } from '#lib/domain/live-events.ts';
import { hasAnswered, type Call } from './client.ts';
import { MINUTE, SECOND } from './events.ts';

const ALERTS_PER_CALL = 200;

/** How Kim decides the Alerts that match the filters of the API, when they have waited. */
interface Habit {
	filters: string;
	afterMs: number;
	verdict: Verdict;
	reasonOf(alert: Alert): string;
}

const HABITS: readonly Habit[] = [
	{
		filters: 'explanation=exact,likely',
		afterMs: 90 * SECOND,
		verdict: 'ignorable',
		reasonOf: ({ candidates }) => (candidates[0]?.own ? 'own-command' : 'other-user-command')
	},
	{
		filters: 'explanation=not-command&priorityFrom=3',
		afterMs: 5 * MINUTE,
		verdict: 'ignorable',
		reasonOf: () => 'information'
	},
	{
		filters: 'explanation=out-of-scope',
		afterMs: 15 * MINUTE,
		verdict: 'ignorable',
		reasonOf: () => 'out-of-tenure'
	},
	{ filters: 'category=tamper', afterMs: 15 * MINUTE, verdict: 'actionable', reasonOf: () => 'tamper' },
	{
		filters: 'explanation=unexplained,not-command',
		afterMs: 15 * MINUTE,
		verdict: 'actionable',
		reasonOf: () => 'no-command'
	}
];

/**
 * Returns a function that decides the Alerts that have waited long enough at `now` (epoch ms). If Causeway refuses, Kim
 * says so once and leaves the Alerts.
 */
export function createKim(call: Call, say: (line: string) => void): (now: number) => Promise<void> {
	/** The ids of the Alerts that Kim leaves. */
	const left = new Set<string>();

	return async (now) => {
		for (const { filters, afterMs, verdict, reasonOf } of HABITS) {
			const page = await call<AlertPage>(
				'GET',
				`/alerts?decision=none&shelved=false&priority=3&${filters}&sort=oldest&limit=${ALERTS_PER_CALL}`
			);
			if (page?.status !== 200) return;
			const due = page.body.items.filter(
				(alert) => !left.has(alert.id) && now - Date.parse(alert.receivedAt) >= afterMs
			);
			for (const [reason, alerts] of Map.groupBy(due, reasonOf)) await decide(alerts, verdict, reason);
		}
	};

	async function decide(alerts: readonly Alert[], verdict: Verdict, reason: string): Promise<void> {
		const items = alerts.map(({ id, version }) => ({ id, version }));
		const answer = await call<{ done: string[]; detail?: string }>('POST', '/decisions', {
			items,
			verdict,
			reason
		});
		if (!hasAnswered(answer)) return; // Kim looks again
		if (answer.status < 400) {
			const { length } = answer.body.done;
			if (length > 0) say(`desk: Kim decides ${length}: ${verdict}, ${reason}`);
			return;
		}
		for (const { id } of alerts) left.add(id);
		say(
			`desk: Kim leaves ${alerts.length}, because the decision was refused (${answer.status}): ${answer.body.detail ?? ''}`
		);
	}
}

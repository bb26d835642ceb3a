// Makes two standing decisions of Brightwell through the public API: the lead proposes them, and an engineer activates
// them. They cover what the traffic raises most and nobody has to look at.
import { setTimeout as pause } from 'node:timers/promises';
import type { StandingDecisionIn } from '#lib/domain/standing-decision/rule.ts';
import { hasAnswered, type Call } from './client.ts';
import { HOUR, SECOND } from './events.ts';

const TRIES = 30;
const LASTS_MS = 60 * 24 * HOUR;

export const RULES: ReadonlyArray<Omit<StandingDecisionIn, 'expiresAt'>> = [
	{
		when: {
			code: '8183',
			explanation: 'likely',
			serviceReferenceVariant: '8.11',
			userRole: 'GS',
			deviceType: 'ESME'
		},
		verdict: 'ignorable',
		reason: 'other-user-command',
		note: 'The Supplier of the other fuel adds a Device to the hub, and the meter joins the network again.'
	},
	{
		when: {
			code: '8F1E',
			explanation: 'likely',
			serviceReferenceVariant: '6.22',
			userRole: 'ED',
			own: false,
			deviceType: 'ESME'
		},
		verdict: 'ignorable',
		reason: 'other-user-command',
		note: 'North Grid sends a command that the firmware of these meters does not support.'
	}
];

/**
 * Proposes and activates the standing decisions. Does nothing if Brightwell has standing decisions already, because a
 * person may have ended them.
 */
export async function setUpStanding(
	asLead: Call,
	asEngineer: Call,
	say: (line: string) => void
): Promise<void> {
	const stored = await ask<{ items: unknown[] }>(asLead, 'GET', '');
	if (stored?.status !== 200 || stored.body.items.length > 0) return;
	for (const rule of RULES) {
		const expiresAt = new Date(Date.now() + LASTS_MS).toISOString();
		const proposed = await ask<{ id: string; preview: { matched: number; asOf: string } }>(
			asLead,
			'POST',
			'',
			{ ...rule, expiresAt }
		);
		if (proposed?.status !== 201) continue;
		const { id, preview } = proposed.body;
		const active = await ask(asEngineer, 'POST', `/${id}/activate`, {
			confirm: preview.matched,
			asOf: preview.asOf
		});
		if (active?.status === 200) say(`demo: standing decision ${id} decides ${rule.when.code}`);
	}

	/** Calls until the server answers. Returns `null` if it does not answer. Says so, and says a refusal. */
	async function ask<T>(call: Call, method: 'GET' | 'POST', path: string, body?: object) {
		for (let i = 0; i < TRIES; i++) {
			const answer = await call<T & { detail?: string }>(method, `/standing-decisions${path}`, body);
			if (!hasAnswered(answer)) {
				await pause(SECOND);
				continue;
			}
			if (answer.status >= 400)
				say(`demo: /standing-decisions${path} answered ${answer.status}: ${answer.body.detail ?? ''}`);
			return answer;
		}
		say('demo: Causeway did not answer /standing-decisions');
		return null;
	}
}

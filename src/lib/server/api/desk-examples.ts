// Gives an example of every call of the desk: selections, and actions on many Alerts.
import { alert, type Example } from './example-values.ts';

const selection = {
	id: '12',
	at: '2026-11-05T02:16:00.000Z',
	expiresAt: '2026-11-05T02:31:00.000Z',
	count: 412,
	state: 'frozen',
	done: 0,
	conflicts: 0,
	refused: 0,
	startedAt: null,
	endedAt: null
};

export const DESK_EXAMPLES: Readonly<Record<string, Example>> = {
	'POST /selections': { body: { decision: 'open', code: '8F30' }, answer: selection },
	'GET /selections/{id}': {
		answer: {
			...selection,
			state: 'done',
			done: 411,
			conflicts: 1,
			startedAt: '2026-11-05T02:16:20.000Z',
			endedAt: '2026-11-05T02:16:21.000Z'
		}
	},
	'GET /selections/{id}/conflicts': {
		answer: {
			items: [{ id: alert.id, version: 4, why: 'The Alert has changed since it was selected.' }],
			nextCursor: null
		}
	}
};

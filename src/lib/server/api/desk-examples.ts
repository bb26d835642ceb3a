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

const assignee = { id: 'k3Jd83hTq', name: 'Sam Controller' };

const comments = [
	['alerts', 'alert', alert.id],
	['episodes', 'episode', alert.episodeId],
	['devices', 'device', alert.deviceId]
].flatMap(([path, subject, subjectId]): Array<[string, Example]> => {
	const text = 'North Grid works here until noon.';
	const comment = { id: '7', subject, subjectId, text, by: 'Sam Controller', at: '2026-11-05T02:16:00.000Z' };
	return [
		[`GET /${path}/{id}/comments`, { answer: { items: [comment] } }],
		[`POST /${path}/{id}/comments`, { body: { text }, answer: comment }]
	];
});

const shiftHours = { timeZone: 'Europe/London', starts: ['06:00', '14:00', '22:00'] };

const savedView = {
	name: 'Tamper in the north',
	base: 'needs-decision',
	filters: { code: ['8F3E'], area: ['North East'] },
	shared: true
};
const view = { id: '7', ...savedView, owner: 'Sam Controller', mayChange: true };

export const DESK_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /desk': { answer: { shelved: 3, mine: 2, standing: 412 } },
	'GET /desk/people': { answer: { items: [assignee] } },
	'POST /alerts/{id}/assignment': {
		body: { to: 'me', version: 3 },
		answer: { ...alert, version: 4, seq: 42, assignee }
	},
	'POST /assignments': {
		body: { items: [{ id: alert.id, version: 3 }], to: assignee.id },
		answer: { done: [alert.id], conflicts: [], refused: [] }
	},
	...Object.fromEntries(comments),
	'POST /alerts/{id}/shelving': {
		body: { for: '30m', note: 'waiting for North Grid', version: 3 },
		answer: {
			...alert,
			version: 4,
			seq: 42,
			shelved: {
				by: 'Ada Lead',
				at: '2026-11-05T02:16:00.000Z',
				until: '2026-11-05T02:46:00.000Z',
				note: 'waiting for North Grid'
			}
		}
	},
	'POST /shelvings': {
		body: { items: [{ id: alert.id, version: 3 }], for: 'end-of-shift' },
		answer: { done: [alert.id], conflicts: [], refused: [] }
	},
	'GET /alerts/{id}/disagreement': { answer: { people: 2, mine: false } },
	'POST /alerts/{id}/disagreement': { body: { version: 3 }, answer: { people: 3, mine: true } },
	'DELETE /alerts/{id}/disagreement': { answer: { people: 2, mine: false } },
	'GET /alerts/{id}/history': {
		answer: {
			items: [
				{
					kind: 'decided',
					at: '2026-11-05T02:31:40.000Z',
					by: 'Alex Lead',
					version: 3,
					verdict: 'ignorable',
					reason: 'other-user-command',
					note: null,
					until: null,
					why: null,
					assignee: null
				}
			],
			nextCursor: null
		}
	},
	'GET /disagreements': {
		answer: {
			since: '2026-08-07T00:00:00.000Z',
			items: [{ code: '8F30', explanation: 'likely', alerts: 4 }]
		}
	},
	'GET /views': {
		answer: {
			names: ['needs-decision', 'all'],
			items: [view],
			looks: [{ view: '7', seenId: alert.id, lookedAt: '2026-11-05T02:16:00.000Z' }]
		}
	},
	'POST /views': { body: savedView, answer: view },
	'PUT /views/{view}': { body: savedView, answer: view },
	'GET /views/{view}/counts': { answer: { open: 12, new: 3 } },
	'PUT /views/{view}/look': { body: { seenId: alert.id } },
	'GET /shift-hours': { answer: shiftHours },
	'PUT /shift-hours': { body: shiftHours, answer: shiftHours },
	'POST /selections': { body: { decision: 'open', code: ['8F30'] }, answer: selection },
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
	'POST /selections/{id}/undo': {
		answer: {
			...selection,
			id: '9918',
			count: 411,
			state: 'running',
			startedAt: '2026-11-05T02:17:02.000Z'
		}
	},
	'GET /selections/{id}/conflicts': {
		answer: {
			items: [{ id: alert.id, version: 4, why: 'The Alert has changed since it was selected.' }],
			nextCursor: null
		}
	}
};

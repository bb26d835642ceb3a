// Gives examples of the calls about routes, maintenance windows and pages of on call.
import { DEVICE, HUB, alert, type Example } from './example-values.ts';

export const route = {
	name: 'security without an explanation',
	place: 1,
	enabled: true,
	when: { explanation: ['unexplained', 'not-command'], category: ['security', 'tamper'] },
	rota: 'meters',
	channels: ['pager bridge'],
	acknowledgeMinutes: 10,
	then: [{ channel: 'pager bridge' }],
	quietHours: null,
	savedBy: 'Ada Lead',
	savedAt: '2026-11-05T02:00:00.000Z'
};

const maintenance = {
	id: '3',
	from: '2026-11-06T22:00:00.000Z',
	to: '2026-11-07T02:00:00.000Z',
	areas: ['SW1'],
	note: 'firmware roll-out in SW1',
	savedBy: 'Ada Lead',
	savedAt: '2026-11-05T02:00:00.000Z'
};

const page = {
	id: '41',
	state: 'acknowledged',
	subject: 'alert',
	alertId: alert.id,
	episodeId: null,
	route: route.name,
	rota: 'meters',
	priority: 1,
	content: {
		headline: '8F30 SW1: no request explains it',
		verdict:
			'8F30 failed authentication or authorisation on ESME 90-A0 in SW1 at 02:14 UTC; no Service Request explains it; nobody has decided such an Alert yet.',
		alert: {
			id: alert.id,
			deviceId: DEVICE,
			deviceType: 'ESME',
			hubId: HUB,
			area: 'SW1',
			code: '8F30',
			name: 'Failed authentication or authorisation',
			category: 'security',
			priority: 1,
			explanation: 'unexplained',
			effectiveAt: '2026-11-05T02:14:07.000Z',
			occurrences: 1,
			throttled: false
		},
		episode: null,
		cause: null,
		excluded: [],
		precedents: { ignorable: 0, actionable: 0, text: 'nobody has decided such an Alert yet' },
		moreAlerts: 0
	},
	alerts: 1,
	moreAlerts: 0,
	alertIds: [alert.id],
	openedAt: '2026-11-05T02:14:20.000Z',
	step: 0,
	nextStepAt: null,
	heldUntil: null,
	heldWhy: null,
	acknowledged: { by: 'Alex Reid', at: '2026-11-05T02:16:02.000Z', channel: 'push' },
	resolved: null,
	alarm: null,
	version: 3,
	url: 'https://causeway.example/on-call/pages/41',
	deliveries: [
		{
			id: '77',
			event: 'opened',
			step: 0,
			channel: 'pager bridge',
			kind: 'webhook',
			to: 'pager bridge',
			state: 'delivered',
			at: '2026-11-05T02:14:21.000Z',
			error: null,
			nextAt: null,
			isDead: false,
			tries: [{ at: '2026-11-05T02:14:20.900Z', ms: 41, outcome: 'delivered', status: 204, error: null }]
		}
	],
	events: [
		{
			type: 'opened',
			why: 'route security without an explanation: the person on call',
			by: null,
			channel: null,
			at: '2026-11-05T02:14:20.000Z'
		}
	]
};

const dead = { ...page.deliveries[0], state: 'failed', error: 'the receiver answered 404', isDead: true };
const { name: _name, savedBy: _by, savedAt: _at, ...routeFields } = route;
export const routeIn = routeFields;
const { id: _id, savedBy: _savedBy, savedAt: _savedAt, ...maintenanceIn } = maintenance;

export const PAGE_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /on-call/routes': { answer: { items: [route] } },
	'GET /on-call/maintenance': { answer: { items: [maintenance] } },
	'POST /on-call/maintenance': { body: maintenanceIn, answer: maintenance },
	'GET /on-call/pages': { answer: { items: [page], nextCursor: null } },
	'GET /on-call/pages/{id}': { answer: page },
	'POST /on-call/pages': { body: { alert: alert.id }, answer: page },
	'POST /on-call/pages/{id}/acknowledge': { body: {}, answer: page },
	'POST /on-call/pages/{id}/decision': {
		body: { verdict: 'actionable', reason: 'no-command', note: 'sent to the field team' },
		answer: page
	},
	'POST /on-call/pages/{id}/escalate': { answer: page },
	'GET /on-call/dead-letters': { answer: { items: [{ ...dead, page }] } }
};

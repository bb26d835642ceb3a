// Gives an example of the calls: the JSON body and the JSON answer. The OpenAPI document and docs/reference/api.md show
// them, and a test checks them against the schemas.

export interface Example {
	body?: unknown;
	answer?: unknown;
}

const DEVICE = '00-DB-12-34-56-78-90-A0';
const HUB = '00-DB-12-34-56-78-90-B0';
const BRIGHTWELL = '90-B3-D5-1F-30-01-00-01';
const REQUEST_ID = `90-B3-D5-1F-30-02-00-01:${DEVICE}:1008`;
const STORED = { accepted: 1, duplicates: 0, rejected: [], dropped: [] };

const decision = {
	verdict: 'ignorable',
	reason: 'other-user-command',
	note: null,
	by: 'Ada Lead',
	at: '2026-11-05T02:16:00.000Z'
};

const alert = {
	id: '184467440737095',
	messageId: 'adapter-1-77301',
	deviceId: DEVICE,
	deviceType: 'ESME',
	hubId: HUB,
	area: 'SW1',
	kind: 'device',
	code: '8F30',
	name: 'Command failed to authenticate',
	category: 'security',
	priority: 1,
	raisedAt: '2026-11-05T02:14:07.000Z',
	receivedAt: '2026-11-05T02:14:19.000Z',
	effectiveAt: '2026-11-05T02:14:07.000Z',
	clockStatus: 'reliable',
	occurrences: 1,
	throttled: false,
	reference: null,
	fedBy: 'installation',
	explanation: 'likely',
	summary: 'Likely 6.5 of North Grid (ED), 27 s before.',
	guidance: null,
	notes: [],
	commandOutcome: null,
	forward: null,
	notice: null,
	version: 3,
	seq: 41,
	candidates: [
		{
			requestId: REQUEST_ID,
			deviceId: DEVICE,
			serviceReferenceVariant: '6.5',
			name: 'Update Device Configuration',
			userId: '90-B3-D5-1F-30-02-00-01',
			userRole: 'ED',
			userName: 'North Grid',
			own: false,
			tier: 'strong',
			relation: 'same-device',
			deltaSeconds: 27,
			anchor: 'requested',
			requestedAt: '2026-11-05T02:13:40.000Z',
			executeAt: null,
			respondedAt: null,
			responseCode: 'E21',
			fedBy: 'installation',
			reasons: [{ code: 'cause-table', text: 'The cause table lists 6.5 for 8F30.' }]
		}
	],
	excluded: [],
	decision: null,
	episodeId: '184467440737200'
};

export const EXAMPLES: Readonly<Record<string, Example>> = {
	'POST /alerts': {
		body: [
			{
				deviceId: DEVICE,
				kind: 'device',
				code: '8F30',
				raisedAt: '2026-11-05T02:14:07.000Z',
				receivedAt: '2026-11-05T02:14:19.000Z',
				messageId: 'adapter-1-77301',
				recipientId: BRIGHTWELL
			}
		],
		answer: STORED
	},
	'POST /service-requests': {
		body: [
			{
				requestId: REQUEST_ID,
				serviceReferenceVariant: '6.5',
				userRole: 'ED',
				userName: 'North Grid',
				mode: 'on-demand',
				requestedAt: '2026-11-05T02:13:40.000Z',
				source: 'sat'
			}
		],
		answer: STORED
	},
	'POST /service-requests/completeness': {
		body: { source: 'sat', completeUntil: '2026-11-05T02:15:00.000Z' }
	},
	'POST /devices': {
		body: [
			{
				deviceId: DEVICE,
				deviceType: 'ESME',
				hubId: HUB,
				model: 'X',
				firmware: '2.10',
				area: 'SW1',
				tenures: [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: null }]
			}
		],
		answer: STORED
	},
	'POST /duis': {
		answer: { kind: 'alert', accepted: 1, duplicates: 0, verified: false, notes: [], dropped: [] }
	},
	'GET /alerts': { answer: { items: [alert], nextCursor: null, head: 41 } },
	'GET /alerts/{id}': { answer: alert },
	'GET /feed': { answer: { items: [alert], retracted: [{ id: '184467440737001', seq: 40 }], head: 41 } },
	'GET /devices/{id}/timeline': {
		answer: {
			items: [
				{ kind: 'tenure', at: '2025-01-01T00:00:00.000Z', from: '2025-01-01T00:00:00.000Z', to: null },
				{
					kind: 'alert',
					at: '2026-11-05T02:14:07.000Z',
					id: '184467440737095',
					code: '8F30',
					name: 'Command failed to authenticate',
					explanation: 'likely',
					receivedAt: '2026-11-05T02:14:19.000Z'
				}
			]
		}
	},
	'GET /alerts/{id}/precedents': {
		answer: {
			since: '2026-08-07T00:00:00.000Z',
			serviceReferenceVariant: '6.5',
			userRole: 'ED',
			ignorable: 1,
			actionable: 0,
			examples: [
				{
					alertId: '184467440736000',
					deviceId: DEVICE,
					effectiveAt: '2026-10-05T02:14:07.000Z',
					decision,
					alerts: 1
				}
			]
		}
	},
	'POST /alerts/{id}/decision': {
		body: { verdict: 'ignorable', reason: 'other-user-command', note: null, version: 3 },
		answer: { ...alert, version: 4, seq: 42, decision }
	},
	'POST /decisions': {
		body: {
			items: [{ id: '184467440737095', version: 3 }],
			verdict: 'ignorable',
			reason: 'other-user-command'
		},
		answer: { done: ['184467440737095'], conflicts: [] }
	},
	'POST /learned-patterns/review': {
		body: {
			deviceType: 'ESME',
			code: '8F30',
			serviceReferenceVariant: '6.5',
			userRole: 'ED',
			relation: 'same-device',
			dismissed: true
		}
	},
	'GET /livez': { answer: { status: 'live' } },
	'GET /readyz': { answer: { status: 'ready', record: true, redis: true } }
};

// Gives an example of every call: the body and the answer. The OpenAPI document and docs/reference/api.md show them, and
// a test checks them against the schemas.
import { CAUSE_TABLE_EXAMPLES } from './cause-table-examples.ts';
import { DESK_EXAMPLES } from './desk-examples.ts';
import { BRIGHTWELL, DEVICE, HUB, REQUEST_ID, alert, decision, type Example } from './example-values.ts';
import { LIST_EXAMPLES } from './list-examples.ts';
import { ON_CALL_EXAMPLES } from './on-call-examples.ts';
import { STANDING_EXAMPLES } from './standing-examples.ts';

const STORED = { accepted: 1, duplicates: 0, rejected: [], dropped: [] };

/** A Service Request as a DUIS message. */
const DUIS = `<?xml version="1.0" encoding="UTF-8"?>
<sr:Request xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.4">
	<sr:Header>
		<sr:RequestID>${REQUEST_ID}</sr:RequestID>
		<sr:CommandVariant>1</sr:CommandVariant>
		<sr:ServiceReference>6.5</sr:ServiceReference>
		<sr:ServiceReferenceVariant>6.5</sr:ServiceReferenceVariant>
	</sr:Header>
	<sr:Body><sr:UpdateDeviceConfiguration/></sr:Body>
</sr:Request>
`;

export const EXAMPLES: Readonly<Record<string, Example>> = {
	...LIST_EXAMPLES,
	...CAUSE_TABLE_EXAMPLES,
	...ON_CALL_EXAMPLES,
	...DESK_EXAMPLES,
	...STANDING_EXAMPLES,
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
		texts: {
			'application/x-ndjson': `{"deviceId":"${DEVICE}","code":"8F30","messageId":"adapter-1-77301"}
{"deviceId":"${DEVICE}","code":"8F3E","messageId":"adapter-1-77302"}
`
		},
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
		texts: {
			'text/csv': `requestId,serviceReferenceVariant,userRole,requestedAt
${REQUEST_ID},6.5,ED,2026-11-05T02:13:40Z
`
		},
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
		texts: {
			'text/csv': `deviceId,deviceType,hubId,model,firmware,area,supplier,tenureFrom,tenureTo
${DEVICE},ESME,${HUB},X,2.10,SW1,brightwell,2025-01-01T00:00:00Z,
`
		},
		answer: STORED
	},
	'POST /duis': {
		texts: { 'application/xml': DUIS, 'application/x-ndjson': `${JSON.stringify(DUIS)}\n` },
		answer: {
			kind: 'service-request',
			accepted: 1,
			duplicates: 0,
			verified: false,
			notes: [],
			dropped: [
				{ field: 'ServiceReference', count: 1 },
				{ field: 'UpdateDeviceConfiguration', count: 1 }
			]
		}
	},
	'GET /alerts': { answer: { items: [alert], nextCursor: null, head: 41 } },
	'GET /alerts/{id}': { answer: alert },
	'GET /feed': { answer: { items: [alert], retracted: [{ id: '184467440737001', seq: 40 }], head: 41 } },
	'GET /feeds': {
		answer: {
			feeds: [
				{ kind: 'alert', supplier: null, lastAt: '2026-11-05T02:14:19.000Z', silentAfterSeconds: 900 },
				{
					kind: 'device',
					supplier: 'brightwell',
					lastAt: '2026-11-04T22:00:00.000Z',
					silentAfterSeconds: null
				}
			],
			completeness: {
				items: [
					{
						source: 'sat',
						supplier: null,
						completeUntil: '2026-11-05T02:13:00.000Z',
						reportedAt: '2026-11-05T02:14:30.000Z',
						lagSeconds: 120
					}
				],
				completeUntil: '2026-11-05T02:13:00.000Z'
			},
			silentAfterSeconds: 900,
			warnings: []
		}
	},
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
	'GET /openapi.json': { answer: { openapi: '3.1.0', info: { title: 'Causeway', version: '1' }, paths: {} } },
	'GET /metrics': {
		answer: `# HELP causeway_live_sockets Connected live clients
# TYPE causeway_live_sockets gauge
causeway_live_sockets 12
`
	},
	'GET /livez': { answer: { status: 'live' } },
	'GET /readyz': { answer: { status: 'ready', record: true, redis: true } }
};

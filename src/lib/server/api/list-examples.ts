// Gives examples of the calls that list episodes, Devices, sources and refused writes, and of the exports.
import { DEVICE, HUB, alert, decision, type Example } from './example-values.ts';

const device = {
	deviceId: DEVICE,
	deviceType: 'ESME',
	current: true,
	hubId: HUB,
	model: 'X',
	firmware: '2.10',
	area: 'SW1',
	tenures: [{ from: '2025-01-01T00:00:00.000Z', to: null }]
};

const episode = {
	id: '184467440737200',
	kind: 'campaign',
	title: '6.5 of North Grid (ED) on model X 2.10',
	facts: {
		code: '8F30',
		name: 'Command failed to authenticate',
		deviceId: DEVICE,
		hubId: null,
		area: null,
		model: 'X',
		firmware: '2.10',
		suspect: {
			serviceReferenceVariant: '6.5',
			name: 'Update Device Configuration',
			userRole: 'ED',
			userName: 'North Grid',
			own: false
		}
	},
	firstAt: '2026-11-05T02:14:07.000Z',
	lastAt: '2026-11-05T02:31:40.000Z',
	members: 24,
	devices: 24,
	occurrences: 24,
	atLeast: false,
	open: 24,
	decided: { actionable: 0, ignorable: 0 },
	priority: 1,
	version: 2,
	decision: null
};

const atMost = (count: number) => ({ count, more: false });

const facet = (value: string, alerts: number, name: string | null = null) => ({
	values: [{ value, name, alerts }],
	more: false
});

export const LIST_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /devices': { answer: { items: [device], nextCursor: null } },
	'GET /devices/{id}': {
		answer: {
			...device,
			home: [{ ...device, deviceId: HUB, deviceType: 'CHF', model: null, firmware: null }]
		}
	},
	'GET /alerts/facets': {
		answer: {
			total: 2,
			atLeast: false,
			facets: {
				code: facet('8F30', 2, alert.name),
				category: facet('security', 2),
				explanation: facet('likely', 2),
				tier: facet('strong', 2),
				role: facet('ED', 2),
				user: facet('90-B3-D5-1F-30-02-00-01', 2, 'North Grid'),
				model: facet('X', 2),
				firmware: facet('2.10', 2),
				area: facet('SW1', 2),
				age: facet('under-1-day', 2)
			}
		}
	},
	'GET /senders/{id}': {
		answer: {
			userId: '90-B3-D5-1F-30-02-00-01',
			own: false,
			names: ['North Grid'],
			roles: ['ED'],
			since: '2026-11-05T00:00:00.000Z',
			until: '2026-11-05T12:00:00.000Z',
			requests: {
				total: 3,
				devices: 2,
				atLeast: false,
				byVariant: [
					{
						serviceReferenceVariant: '6.5',
						userRole: 'ED',
						requests: 3,
						devices: 2,
						outcomes: { success: 2, failure: 0, 'no-answer': 1, 'never-sent': 0 }
					}
				],
				byDay: [{ day: '2026-11-05', outcomes: { success: 2, failure: 0, 'no-answer': 1, 'never-sent': 0 } }]
			},
			alerts: {
				total: 2,
				suspect: 1,
				atLeast: false,
				byCode: [
					{
						code: '8F30',
						name: alert.name,
						total: 2,
						tiers: { exact: 0, strong: 1, weak: 0 },
						actionable: 0,
						ignorable: 1,
						undecided: 0
					}
				]
			}
		}
	},
	'GET /episodes': { answer: { items: [episode], nextCursor: null } },
	'GET /episodes/{id}': { answer: { ...episode, outside: 1 } },
	'GET /episodes/{id}/outside': {
		answer: { items: [alert], total: 1, why: 'These Alerts have no Service Request 6.5 before them.' }
	},
	'GET /exports/alerts.csv': {
		answer: `id,effectiveAt,receivedAt,deviceId,deviceType,code,name,category,occurrences,explanation,summary,candidate,candidateTier,verdict,reason,note,decidedBy,decidedAt
${alert.id},${alert.effectiveAt},${alert.receivedAt},${DEVICE},ESME,8F30,${alert.name},security,1,likely,"${alert.summary}",${alert.candidates[0]!.requestId},strong,${decision.verdict},${decision.reason},,${decision.by},${decision.at}
`
	},
	'GET /exports/alerts.ndjson': { answer: `${JSON.stringify(alert)}\n` },
	'GET /service-requests/completeness': {
		answer: {
			items: [
				{
					source: 'sat',
					supplier: null,
					completeUntil: '2026-11-05T02:15:00.000Z',
					reportedAt: '2026-11-05T02:15:20.000Z',
					lagSeconds: 62
				}
			],
			completeUntil: '2026-11-05T02:15:00.000Z'
		}
	},
	'GET /refused-writes': {
		answer: {
			items: [
				{
					at: '2026-11-05T02:15:20.000Z',
					supplier: 'brightwell',
					keyName: 'adapter-1',
					keyHint: 'cwk_3f2a',
					kind: 'device',
					reason: 'not-your-tenure',
					records: 2,
					deviceIds: [DEVICE]
				}
			]
		}
	},
	'GET /installation/unknown-devices': {
		answer: {
			alerts: atMost(3),
			devices: atMost(1),
			items: [
				{
					deviceId: DEVICE,
					reason: 'not-in-inventory',
					alerts: atMost(3),
					firstAt: '2026-11-05T02:14:07.000Z',
					lastAt: '2026-11-05T02:31:40.000Z',
					codes: [{ code: '8F30', name: 'Command failed to authenticate', alerts: atMost(3) }]
				}
			],
			nextCursor: null
		}
	}
};

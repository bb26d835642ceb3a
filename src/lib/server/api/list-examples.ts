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
	priority: 1,
	version: 2,
	decision: null
};

const atMost = (count: number) => ({ count, more: false });

export const LIST_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /devices': { answer: { items: [device], nextCursor: null } },
	'GET /devices/{id}': {
		answer: {
			...device,
			home: [{ ...device, deviceId: HUB, deviceType: 'CHF', model: null, firmware: null }]
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

// Gives examples of the calls about versions of the cause table, what-ifs and learned patterns.
import type { Example } from './example-values.ts';

const step = (by: string, hour: number) => ({
	by,
	at: `2026-11-05T${String(hour).padStart(2, '0')}:00:00.000Z`
});

const body = {
	entries: [
		{
			alert: '8F30',
			guidance: 'Ask the sender of the command which credentials it used.',
			causes: [
				{
					id: '8F30/1',
					variants: ['6.5'],
					roles: ['ED'],
					outcome: 'failure',
					relation: 'same-device',
					targetTypes: [],
					anchor: 'requested',
					minSeconds: 0,
					typicalSeconds: 20,
					maxSeconds: 600,
					condition: null,
					prior: 0.8,
					confidence: 'strong',
					mechanism: 'The Device refuses a command that it cannot authenticate.'
				}
			]
		}
	],
	notCommand: [{ why: 'The Device raises this Alert by itself.', alerts: ['8F1D'] }]
};

const draft = {
	version: '2026-11-05.1',
	status: 'draft',
	revision: 1,
	basedOn: '2026-11-01',
	note: 'A shorter window for 8F30',
	shipped: false,
	drafted: step('Ada Lead', 9),
	proposed: null,
	activated: null,
	changeable: true
};
const proposed = {
	...draft,
	status: 'proposed',
	revision: 2,
	proposed: { ...step('Ada Lead', 10), you: true }
};
const active = { ...proposed, status: 'active', revision: 3, activated: step('Ben Officer', 11) };

const whole = (summary: object, steps: string[]) => ({
	...summary,
	history: steps.map((what, i) => ({
		what,
		...step(what === 'activated' ? 'Ben Officer' : 'Ada Lead', 9 + i)
	})),
	body: { version: draft.version, ...body }
});

const whatIf = {
	version: '2026-11-05.1',
	against: '2026-11-01',
	state: 'done',
	stands: true,
	startedBy: 'Ada Lead',
	startedAt: '2026-11-05T09:30:00.000Z',
	finishedAt: '2026-11-05T09:30:20.000Z',
	since: '2026-10-06T09:30:00.000Z',
	stoppedEarly: false,
	suppliers: null,
	progress: 1200,
	total: 1200,
	changed: 3,
	changes: [
		{
			code: '8F30',
			name: 'Command failed to authenticate',
			from: 'likely',
			to: 'unexplained',
			suspectChanged: true,
			count: 3,
			examples: ['184467440737095']
		}
	],
	fault: null
};

export const CAUSE_TABLE_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /terms': {
		answer: {
			kind: 'srv',
			term: '6.5',
			title: 'Update Device Configuration (Voltage)',
			known: true,
			sentences: ['This Service Request changes something on a Device.', 'Users in the role ED may send it.']
		}
	},
	'GET /cause-table': { answer: { active, others: [draft] } },
	'POST /cause-table': {
		body: { basedOn: '2026-11-01', note: draft.note, body },
		answer: whole(draft, ['drafted'])
	},
	'GET /cause-table/{version}': { answer: whole(active, ['drafted', 'proposed', 'activated']) },
	'POST /cause-table/{version}/propose': { answer: whole(proposed, ['drafted', 'proposed']) },
	'POST /cause-table/{version}/activate': { answer: whole(active, ['drafted', 'proposed', 'activated']) },
	'POST /cause-table/{version}/discard': {
		answer: whole({ ...draft, status: 'retired', revision: 2 }, ['drafted', 'discarded'])
	},
	'POST /cause-table/{version}/what-if': {
		answer: { ...whatIf, state: 'waiting', finishedAt: null, progress: 0, changed: 0, changes: [] }
	},
	'GET /cause-table/{version}/what-if': { answer: whatIf },
	'GET /learned-patterns': {
		answer: {
			items: [
				{
					deviceType: 'ESME',
					code: '8F30',
					serviceReferenceVariant: '6.5',
					userRole: 'ED',
					relation: 'same-device',
					withinSeconds: 600,
					seen: 412,
					of: 430,
					byChance: 2.1,
					lift: 196,
					low: 150,
					high: 240,
					devices: 400,
					offered: true,
					review: null
				}
			]
		}
	}
};

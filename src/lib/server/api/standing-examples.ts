// Gives examples of the calls about standing decisions.
import { alert, decision, type Example } from './example-values.ts';

const when = {
	code: '8F30',
	explanation: 'likely',
	serviceReferenceVariant: '6.5',
	userRole: 'ED',
	own: false,
	responseCode: 'E21',
	deviceType: 'ESME'
};
const note = 'North Grid writes the configuration of this model each night until 30 November';
const proposed = { id: 'k3Vb8Q', name: 'Ada Lead', at: '2026-11-05T08:00:00.000Z' };
const counts = { matched: 412, decidedActionable: 2, decidedIgnorable: 390, undecided: 20 };
const preview = { days: 30, asOf: '2026-11-05T08:00:00.000Z', ...counts };
const proposal = {
	id: '12',
	state: 'proposed',
	when,
	verdict: 'ignorable',
	reason: 'other-user-command',
	note,
	expiresAt: '2026-12-05T00:00:00.000Z',
	daysLeft: 30,
	proposed,
	activated: null,
	ended: null,
	paused: null,
	use: { matched: 0, reopened: 0, withdrawn: 0, lastMatchAt: null },
	preview,
	history: [{ kind: 'proposed', at: proposed.at, by: proposed.name, note, counts }]
};
const activated = { id: 'p9Xz2L', name: 'Sam Engineer', at: '2026-11-05T08:10:00.000Z' };
const active = {
	...proposal,
	state: 'active',
	activated,
	use: { matched: 37, reopened: 1, withdrawn: 2, lastMatchAt: '2026-11-06T02:14:19.000Z' },
	history: [
		...proposal.history,
		{ kind: 'activated', at: activated.at, by: activated.name, note: null, counts }
	]
};
const ended = { ...activated, at: '2026-11-20T09:00:00.000Z' };
const decided = { ...decision, note, by: 'standing decision 12', standing: '12' };
const withExamples = {
	...preview,
	examples: [{ ...alert, decision: { ...decision, verdict: 'actionable', reason: 'visit' } }]
};

export const STANDING_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /standing-decisions': { answer: { items: [active] } },
	'GET /standing-decisions/{id}': { answer: active },
	'POST /standing-decisions': {
		body: {
			when,
			verdict: 'ignorable',
			reason: 'other-user-command',
			note,
			expiresAt: '2026-12-05T00:00:00.000Z'
		},
		answer: { ...proposal, preview: withExamples }
	},
	'POST /standing-decisions/preview': { body: { when, verdict: 'ignorable' }, answer: withExamples },
	'POST /standing-decisions/{id}/activate': { body: { confirm: 412, asOf: preview.asOf }, answer: active },
	'POST /standing-decisions/{id}/resume': {
		body: { note: 'The three reopened Alerts came from one faulty meter' },
		answer: active
	},
	'POST /standing-decisions/{id}/end': {
		body: { note: 'The campaign is over' },
		answer: { ...active, state: 'ended', ended }
	},
	'GET /standing-decisions/{id}/matches': {
		answer: {
			items: [
				{
					alert: { ...alert, version: 1, decision: decided },
					matchedAt: '2026-11-05T02:14:19.300Z',
					reopenedAt: null,
					reopenedBy: null,
					withdrawnAt: null
				}
			],
			nextCursor: null
		}
	}
};

// Gives examples of the calls about on-call: channels, rotas, routes and pages.
import { alert, type Example } from './example-values.ts';
import { ROTA_EXAMPLES } from './rota-examples.ts';
import { PAGE_EXAMPLES, route, routeIn } from './page-examples.ts';

const channel = {
	name: 'pager bridge',
	kind: 'webhook',
	target: 'https://bridge.example/causeway',
	addresses: 'target',
	settings: { url: 'https://bridge.example/causeway' },
	secretsSet: ['secret'],
	inboundUrl: null,
	savedBy: 'Ada Lead',
	savedAt: '2026-11-05T02:00:00.000Z',
	testedAt: '2026-11-05T02:00:00.000Z',
	deliveries: { accepted: 19, failed: 1, lastAt: '2026-11-05T02:14:21.000Z' }
};
const test = { state: 'delivered', to: 'https://bridge.example/causeway', status: 204, ms: 41 };

const CHANNEL_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /on-call/channels': { answer: { items: [channel] } },
	'GET /on-call/channels/{name}': { answer: channel },
	'PUT /on-call/channels/{name}': {
		body: {
			kind: 'webhook',
			url: 'https://bridge.example/causeway',
			secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
		},
		answer: { ...channel, test }
	},
	'POST /on-call/channels/{name}/test': { answer: test }
};

const browser = {
	endpoint: 'https://push.example/send/Zm9yLW9uZS1icm93c2Vy',
	keys: {
		p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
		auth: 'BTBZMqHH6r4Tts7J_aSIgg'
	}
};
const device = {
	id: '4',
	service: 'push.example',
	agent: 'Chrome on Android',
	addedAt: '2026-11-05T02:00:00.000Z',
	lastAcceptedAt: '2026-11-05T02:14:21.000Z'
};

const PUSH_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /on-call/push/key': { answer: { key: browser.keys.p256dh } },
	'GET /on-call/push/subscriptions': { answer: { items: [device] } },
	'POST /on-call/push/subscriptions': { body: browser, answer: { ...device, lastAcceptedAt: null } },
	'POST /on-call/push/test': { answer: { accepted: true } }
};

const ANSWER_EXAMPLES: Readonly<Record<string, Example>> = {
	'POST /on-call/answers': {
		body: {
			token: 'MS43Ny5hYmM.c2lnbmF0dXJl',
			answer: 'decide',
			verdict: 'actionable',
			reason: 'no-command'
		},
		answer: {
			text: 'Decided: actionable',
			state: 'resolved',
			acknowledged: { by: 'Alex Reid', at: '2026-11-05T02:16:00.000Z', channel: 'push' },
			url: 'https://causeway.example/on-call/pages/77'
		}
	},
	'POST /on-call/inbound/{token}': {
		body: {
			event: {
				event_type: 'incident.acknowledged',
				agent: { id: 'PABC123', type: 'user_reference', summary: 'Alex Reid' },
				data: { incident_key: 'https://causeway.example/on-call/pages/77' }
			}
		}
	}
};

const perDay = Array.from({ length: 30 }, (_, day) => (day % 9 === 4 ? 1 : 0));
const perNight = perDay.map((pages, day) => (day > 20 ? pages : 0));

const wouldHavePaged = {
	days: 30,
	pages: 3,
	perDay,
	perNight,
	firstDay: '2026-10-07',
	timeZone: 'Europe/London',
	examples: [alert],
	atLeast: false,
	note: null
};

const ROUTE_EXAMPLES: Readonly<Record<string, Example>> = {
	'PUT /on-call/routes/{name}': { body: routeIn, answer: { ...route, wouldHavePaged } },
	'POST /on-call/routes/preview': {
		body: {
			when: { explanation: ['unexplained', 'not-command'], category: ['security', 'tamper'] },
			rota: 'Night desk',
			channels: ['pager bridge']
		},
		answer: { wouldHavePaged }
	}
};

export const ON_CALL_EXAMPLES: Readonly<Record<string, Example>> = {
	...CHANNEL_EXAMPLES,
	...PUSH_EXAMPLES,
	...ANSWER_EXAMPLES,
	...ROTA_EXAMPLES,
	...ROUTE_EXAMPLES,
	...PAGE_EXAMPLES
};

// Gives examples of the calls about on-call: channels, rotas, routes and pages.
import type { Example } from './example-values.ts';

const channel = {
	name: 'pager bridge',
	kind: 'webhook',
	target: 'https://bridge.example/causeway',
	addresses: 'target',
	settings: { url: 'https://bridge.example/causeway' },
	secretsSet: ['secret'],
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

export const ON_CALL_EXAMPLES: Readonly<Record<string, Example>> = { ...CHANNEL_EXAMPLES };

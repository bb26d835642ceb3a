// Stands in for the webhook of a workflow of Microsoft Teams, which exists only in the cloud. It accepts the elements of
// the published schema of Adaptive Cards 1.4 that Causeway uses, and refuses unknown fields and large messages.
import { standIn } from './stand-in.ts';

const object = (required: string[], properties: object) => ({
	type: 'object',
	additionalProperties: false,
	required,
	properties
});
/** http://adaptivecards.io/schemas/1.4.0/adaptive-card.json */
const ELEMENT = {
	oneOf: [
		object(['type', 'text'], {
			type: { const: 'TextBlock' },
			text: { type: 'string', minLength: 1 },
			size: { enum: ['Default', 'Small', 'Medium', 'Large', 'ExtraLarge'] },
			weight: { enum: ['Default', 'Lighter', 'Bolder'] },
			color: { enum: ['Default', 'Dark', 'Light', 'Accent', 'Good', 'Warning', 'Attention'] },
			wrap: { type: 'boolean' }
		}),
		object(['type', 'facts'], {
			type: { const: 'FactSet' },
			facts: {
				type: 'array',
				minItems: 1,
				items: object(['title', 'value'], {
					title: { type: 'string', minLength: 1 },
					value: { type: 'string', minLength: 1 }
				})
			}
		})
	]
};
const CARD = object(['type', 'version', 'body'], {
	$schema: { const: 'http://adaptivecards.io/schemas/adaptive-card.json' },
	type: { const: 'AdaptiveCard' },
	version: { enum: ['1.0', '1.1', '1.2', '1.3', '1.4'] },
	fallbackText: { type: 'string' },
	msteams: object([], { width: { const: 'Full' } }),
	body: { type: 'array', minItems: 1, items: ELEMENT },
	actions: {
		type: 'array',
		maxItems: 6,
		items: object(['type', 'url'], {
			type: { const: 'Action.OpenUrl' },
			title: { type: 'string', minLength: 1 },
			url: { type: 'string', format: 'uri' }
		})
	}
});
/** https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
const MESSAGE = object(['type', 'attachments'], {
	type: { const: 'message' },
	attachments: {
		type: 'array',
		minItems: 1,
		maxItems: 1,
		items: object(['contentType', 'content'], {
			contentType: { const: 'application/vnd.microsoft.card.adaptive' },
			contentUrl: { type: 'null' },
			content: CARD
		})
	}
});

export const startTeams = () =>
	standIn({ schema: MESSAGE, mostBytes: 28 * 1024, accepts: () => ({ status: 202, body: '' }) });

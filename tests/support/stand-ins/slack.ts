// Stands in for an incoming webhook of Slack, which exists only in the cloud. It accepts what the published reference of
// Block Kit allows, with its limits of length, and refuses unknown fields.
import { standIn } from './stand-in.ts';

const object = (required: string[], properties: object) => ({
	type: 'object',
	additionalProperties: false,
	required,
	properties
});
/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const plain = (maxLength: number) =>
	object(['type', 'text'], {
		type: { const: 'plain_text' },
		text: { type: 'string', minLength: 1, maxLength },
		emoji: { type: 'boolean' }
	});
const anyText = (maxLength: number) => ({
	oneOf: [
		plain(maxLength),
		object(['type', 'text'], {
			type: { const: 'mrkdwn' },
			text: { type: 'string', minLength: 1, maxLength },
			verbatim: { type: 'boolean' }
		})
	]
});
/** https://docs.slack.dev/reference/block-kit/blocks */
const BLOCK = {
	oneOf: [
		object(['type', 'text'], { type: { const: 'header' }, text: plain(150) }),
		{
			...object(['type'], {
				type: { const: 'section' },
				text: anyText(3000),
				fields: { type: 'array', minItems: 1, maxItems: 10, items: anyText(2000) }
			}),
			anyOf: [{ required: ['text'] }, { required: ['fields'] }]
		}
	]
};
const MESSAGE = object(['text'], {
	text: { type: 'string', minLength: 1, maxLength: 40_000 },
	blocks: { type: 'array', minItems: 1, maxItems: 50, items: BLOCK }
});

export const startSlack = () =>
	standIn({ schema: MESSAGE, mostBytes: 256 * 1024, accepts: () => ({ status: 200, body: 'ok' }) });

// Sends a page to an incoming webhook of Slack, or of a chat that reads the same messages, such as Mattermost.
import { z } from 'zod';
import { clip } from '#lib/domain/on-call/text.ts';
import type { ChannelKind, Notice } from '../channel.ts';
import { factsOf, titleOf } from '../facts.ts';
import { outcomeOf } from '../http-outcome.ts';
import { WebAddress } from '../web-address.ts';

const MOST_HEADER = 150;
const MOST_SECTION = 3000;
const MOST_FIELD = 2000;
const MOST_FIELDS = 10;

const SlackSettings = z
	.object({
		kind: z.literal('slack'),
		url: WebAddress.meta({
			title: 'Address of the incoming webhook',
			description: 'Whoever knows this address can write to the channel, so that nobody reads it back.',
			examples: ['https://hooks.slack.com/services/…']
		})
	})
	.meta({
		title: 'Slack',
		description: 'Writes to a channel of Slack or Mattermost by an incoming webhook.'
	});

export const slack: ChannelKind<z.infer<typeof SlackSettings>> = {
	kind: 'slack',
	settings: SlackSettings,
	secrets: ['url'],
	addresses: () => 'target',
	describe: ({ url }) => new URL(url).origin,
	async send({ url }, notice, deps) {
		const body = JSON.stringify(slackMessage(notice));
		return outcomeOf(await deps.post({ url, headers: { 'content-type': 'application/json' }, body }));
	}
};

/** Slack shows the blocks and uses `text` for its notification. Mattermost shows `text`, so that it says everything. */
export function slackMessage(notice: Notice): object {
	const { content, url } = notice;
	const title = titleOf(notice);
	const link = `<${mrkdwn(url)}|Open the page in Causeway>`;
	const facts = factsOf(notice).slice(0, MOST_FIELDS);
	return {
		text: [mrkdwn(title), mrkdwn(content.verdict), link].join('\n'),
		blocks: [
			{ type: 'header', text: plain(title, MOST_HEADER) },
			{ type: 'section', text: plain(content.verdict, MOST_SECTION) },
			{ type: 'section', fields: facts.map(({ name, value }) => plain(`${name}: ${value}`, MOST_FIELD)) },
			{ type: 'section', text: { type: 'mrkdwn', text: link } }
		]
	};
}

/** A text without any formatting: Slack reads neither links nor mentions in it. */
const plain = (text: string, most: number) => ({ type: 'plain_text', text: clip(text, most), emoji: false });

/**
 * Escapes a text for mrkdwn, so that it makes no link and mentions nobody. Slack has no escape for the signs of bold,
 * italic, struck and code; a zero-width space behind the sign has the same effect.
 */
export const mrkdwn = (text: string): string =>
	text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replace(/[*_~`]/g, '$&\u200B');

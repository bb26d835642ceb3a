// Sends a page to Microsoft Teams: an Adaptive Card for the webhook of a workflow.
import { z } from 'zod';
import { clip } from '#lib/domain/on-call/text.ts';
import type { ChannelKind, Notice } from '../channel.ts';
import { factsOf, titleOf } from '../facts.ts';
import { outcomeOf } from '../http-outcome.ts';
import { WebAddress } from '../web-address.ts';

/** Teams refuses a message of more than 28 KB. These limits keep a card far below. */
const MOST_SENTENCE = 3000;
const MOST_FACT = 1000;

const TeamsSettings = z
	.object({
		kind: z.literal('teams'),
		url: WebAddress.meta({
			title: 'Address of the workflow',
			description:
				'The address of the trigger "When a Teams webhook request is received". Whoever knows it can write to the channel, so that nobody reads it back.',
			examples: ['https://prod-00.westeurope.logic.azure.com/workflows/…']
		})
	})
	.meta({
		title: 'Microsoft Teams',
		description: 'Posts a card to a channel or a chat by a workflow of Teams.'
	});

export const teams: ChannelKind<z.infer<typeof TeamsSettings>> = {
	kind: 'teams',
	settings: TeamsSettings,
	secrets: ['url'],
	addresses: () => 'target',
	describe: ({ url }) => new URL(url).origin,
	/** The workflow accepts the card with 202 and posts it later. */
	async send({ url }, notice, deps) {
		const body = JSON.stringify(teamsMessage(notice));
		return outcomeOf(await deps.post({ url, headers: { 'content-type': 'application/json' }, body }), 'sent');
	}
};

export function teamsMessage(notice: Notice): object {
	const { content, page, type, url } = notice;
	const isOpen = type === 'opened' || type === 'updated';
	return {
		type: 'message',
		attachments: [
			{
				contentType: 'application/vnd.microsoft.card.adaptive',
				contentUrl: null,
				content: {
					$schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
					type: 'AdaptiveCard',
					version: '1.4',
					fallbackText: `${titleOf(notice)}. ${content.verdict}`,
					msteams: { width: 'Full' },
					body: [
						{
							type: 'TextBlock',
							text: markdown(titleOf(notice)),
							size: 'Large',
							weight: 'Bolder',
							wrap: true,
							...(isOpen && page.priority === 1 ? { color: 'Attention' } : {})
						},
						{ type: 'TextBlock', text: markdown(clip(content.verdict, MOST_SENTENCE)), wrap: true },
						{
							type: 'FactSet',
							facts: factsOf(notice).map(({ name, value }) => ({
								title: name,
								value: markdown(clip(value, MOST_FACT))
							}))
						}
					],
					actions: [{ type: 'Action.OpenUrl', title: 'Open the page', url }]
				}
			}
		]
	};
}

/**
 * Escapes a text for the Markdown of Adaptive Cards. A zero-width space splits the beginning of a date function, which
 * Markdown cannot escape.
 */
export const markdown = (text: string): string =>
	text
		.replace(/[\\*_[\]`~]/g, '\\$&')
		.replace(/^(\s*)([#>+-]|\d+(?=[.)]))/gm, '$1\u200B$2')
		.replaceAll('{{', '{\u200B{');

// Writes the page of the outbox: the messages that the demo received, newest first. The page loads itself again.
import { escapeHtml } from '#lib/domain/on-call/text.ts';

export interface Message {
	/** The same in every try of one event for one receiver. */
	id: string;
	at: string;
	/** The Supplier that sent the message, such as `halden`. */
	supplier: string;
	by: 'webhook' | 'e-mail';
	to: string;
	/** The type of the CloudEvent, or `mail`. */
	type: string;
	title: string;
	text: string;
	/** The id of the page. `null`: a mail or a test. */
	page: string | null;
}

export const outboxPage = (messages: readonly Message[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Outbox of the demo</title>
<style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 50rem; margin: 1.5rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1rem; margin: .2rem 0 }
article { border-top: 1px solid #8886; padding: .7rem 0 }
small { opacity: .75 } pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .3rem 0 }
</style></head><body>
<h1>Outbox of the demo</h1>
<p>The webhooks and mails that Causeway sent for each Supplier, newest first.</p>
${messages.map(article).join('\n') || '<p>No message yet.</p>'}
</body></html>
`;

const article = ({ at, supplier, by, to, type, title, text }: Message): string =>
	`<article><small>${escapeHtml(`${at.slice(11, 19)} UTC, ${supplier}: ${by} to ${to}${type === 'mail' ? '' : `, ${type}`}`)}</small>
<h2>${escapeHtml(title)}</h2><pre>${withLinks(text)}</pre></article>`;

const withLinks = (text: string): string =>
	text
		.split(/(https?:\/\/[^\s<>"]+)/)
		.map((part, i) =>
			i % 2 === 1 ? `<a href="${escapeHtml(part)}">${escapeHtml(part)}</a>` : escapeHtml(part)
		)
		.join('');

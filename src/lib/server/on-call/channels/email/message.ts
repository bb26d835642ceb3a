// Writes the text of an e-mail about a page, as plain text and as plain HTML. It has no images and nothing that is loaded
// from elsewhere, so that nobody can follow who reads it.
import { escapeHtml } from '#lib/domain/on-call/text.ts';
import type { Notice } from '../channel.ts';

export interface MailText {
	subject: string;
	text: string;
	html: string;
}

interface Link {
	text: string;
	url: string;
}

export function mailText(notice: Notice): MailText {
	const { content } = notice;
	const paragraphs = [content.verdict, whyText(notice)];
	const facts = factsOf(notice);
	const excluded = content.excluded.map(
		({ serviceReferenceVariant, userRole, text }) => `${serviceReferenceVariant} of ${userRole}: ${text}`
	);
	const links = linksOf(notice);
	const foot =
		notice.type === 'test'
			? `A test of Causeway for ${notice.supplier.name}.`
			: `Causeway for ${notice.supplier.name}, route ${notice.page.route}, page ${notice.page.id}.`;
	return {
		subject: content.headline,
		text: [
			...paragraphs,
			facts.map(([name, value]) => `${name}: ${value}`).join('\n'),
			excluded.length > 0 && ['Excluded:', ...excluded.map((line) => `- ${line}`)].join('\n'),
			links.map(({ text, url }) => `${text}:\n${url}`).join('\n\n'),
			`-- \n${foot}`
		]
			.filter(Boolean)
			.join('\n\n'),
		html: htmlOf(content.headline, [
			...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
			facts.length > 0 &&
				`<table>${facts.map(([name, value]) => `<tr><th align="left">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join('')}</table>`,
			excluded.length > 0 &&
				`<p>Excluded:</p><ul>${excluded.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`,
			...links.map(({ text, url }) => `<p><a href="${escapeHtml(url)}">${escapeHtml(text)}</a></p>`),
			`<p><small>${escapeHtml(foot)}</small></p>`
		])
	};
}

/** Says why this mail was sent, and who answered. */
function whyText({ why, answer, page, type }: Notice): string {
	const sentence = `${why.slice(0, 1).toUpperCase()}${why.slice(1).replace(/\.$/, '')}.`;
	if (!answer || type === 'test') return sentence;
	return `${sentence} ${answer.by} has ${page.state === 'resolved' ? 'resolved' : 'acknowledged'} the page, ${timeText(answer.at)}.`;
}

function factsOf({
	type,
	content: { alert, episode, precedents, moreAlerts },
	page
}: Notice): [string, string][] {
	if (type === 'test') return [];
	const facts: [string, string][] = [['Priority', String(page.priority)]];
	if (episode) {
		const least = episode.atLeast ? 'at least ' : '';
		facts.push(
			['Episode', episode.title],
			[
				'Alerts',
				`${least}${episode.occurrences} events in ${episode.alerts} Alerts on ${episode.devices} Devices`
			],
			['From', timeText(episode.firstAt)],
			['To', timeText(episode.lastAt)]
		);
	}
	if (alert) {
		facts.push(
			['Alert', `${alert.code} ${alert.name}`],
			['Device', `${alert.deviceId}${alert.deviceType ? ` (${alert.deviceType})` : ''}`],
			['Area', alert.area ?? 'not known'],
			['When', timeText(alert.effectiveAt)]
		);
		if (alert.occurrences > 1 || alert.throttled)
			facts.push(['Occurrences', `${alert.throttled ? 'at least ' : ''}${alert.occurrences}`]);
	}
	if (moreAlerts > 0) facts.push(['Also', `${moreAlerts} further Alerts of the route`]);
	if (precedents.text) facts.push(['Decided before', precedents.text]);
	return facts;
}

function linksOf({ type, url, answerUrl }: Notice): Link[] {
	if (type === 'test') return [];
	return [
		...(answerUrl
			? [{ text: 'Answer without signing in (this link works once and is yours alone)', url: answerUrl }]
			: []),
		{ text: 'Open the page in Causeway', url }
	];
}

/** Writes a time as people read it. A mail is read anywhere, so it is in UTC and says so. */
const timeText = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

const htmlOf = (title: string, parts: readonly (string | false)[]): string =>
	`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head>
<body style="font-family:sans-serif;line-height:1.4">
<h1 style="font-size:1.2em">${escapeHtml(title)}</h1>
${parts.filter(Boolean).join('\n')}
</body></html>
`;

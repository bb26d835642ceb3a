// Says who answered a page, how long ago and by which way: the first answer stands, and the next person reads whose it is.
import type { Verdict } from '../decision.ts';
import type { AnswerChannel, Page } from './page.ts';

/** The ways to answer, as a sentence continues with them. */
export const ANSWER_WORDS: Readonly<Record<AnswerChannel, string>> = {
	console: 'in the console',
	api: 'by the API',
	phone: 'on the phone page',
	push: 'by push',
	'email-link': 'by the link of an e-mail',
	pagerduty: 'in PagerDuty'
};

/** Returns why a page ended that a person has decided. */
export const decidedText = (verdict: Verdict | null): string =>
	verdict === null ? 'Decided' : `Decided: ${verdict}`;

/** Returns a sentence such as "Ada Lead acknowledged 2 minutes ago by push."; `null`: the page is open. */
export function answeredText(
	{ acknowledged, resolved }: Pick<Page, 'acknowledged' | 'resolved'>,
	now: Date
): string | null {
	if (!resolved) return acknowledged && sentence(acknowledged.by, 'acknowledged', acknowledged, now);
	const { by, verdict, why } = resolved;
	if (by === null) return `The page has ended ${ago(resolved.at, now)}: ${why}.`;
	return sentence(by, verdict === null ? 'ended the page' : `decided ${verdict}`, resolved, now);
}

const sentence = (
	by: string,
	did: string,
	{ at, channel }: { at: string; channel: AnswerChannel | null },
	now: Date
): string => `${[by, did, ago(at, now), channel && ANSWER_WORDS[channel]].filter(Boolean).join(' ')}.`;

function ago(at: string, now: Date): string {
	const minutes = Math.floor((now.getTime() - Date.parse(at)) / 60_000);
	if (minutes < 1) return 'just now';
	if (minutes < 60) return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} ago`;
	const hours = Math.floor(minutes / 60);
	return `${hours} ${hours === 1 ? 'hour' : 'hours'} ago`;
}

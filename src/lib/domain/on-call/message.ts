// Writes what a page says: the headline, and one sentence with the probable cause, how sure the machine is, what speaks
// against the cause, and what others decided on the same pattern. The text names a User only as the Alert holds the
// User, because the disclosure policy was applied when the Alert was stored.
import type { Alert, Candidate } from '../alert.ts';
import { speaksAgainst } from '../candidate-case.ts';
import type { EpisodeFigures } from '../episode.ts';
import { namesSuspect } from '../explanation-kind.ts';
import { formatPrecedents } from '../precedent.ts';
import { outcomeText } from '../response-code.ts';
import { asClause, formatDelta } from '../wording.ts';
import { alertHeadline, deviceEnd, episodeHeadline } from './headline.ts';
import type { PageCause, PageContent } from './page.ts';
import { clip } from './text.ts';

export { toldKey, updateText } from './told.ts';

const MOST_HEADLINE = 60;
const MOST_SENTENCE = 599;
/** The largest number of excluded requests that a page lists. */
const MOST_EXCLUDED = 10;

export interface Matter {
	/** The Alert of the page, or one Alert of the episode. `null`: only the episode is known. */
	alert: Alert | null;
	episode: EpisodeFigures | null;
	precedents: { ignorable: number; actionable: number };
	/** The number of further Alerts of the same route that a flood of pages folded into this page. */
	moreAlerts: number;
}

/** Returns what a page about an Alert or an episode says. */
export function contentOf({ alert, episode, precedents, moreAlerts }: Matter): PageContent {
	const suspect = alert && suspectOf(alert);
	return {
		headline: episode
			? episodeHeadline(episode, alert)
			: alert
				? alertHeadline(alert)
				: clip('Causeway page without an Alert', MOST_HEADLINE),
		verdict: sentence([
			whatHappened(alert, episode),
			cause(alert, episode),
			against(alert),
			decided(precedents),
			moreAlerts > 0 &&
				`${grouped(moreAlerts)} more ${moreAlerts === 1 ? 'Alert' : 'Alerts'} of the same route`
		]),
		alert: alert && pageAlert(alert),
		episode: episode && pageEpisode(episode),
		cause: suspect && pageCause(suspect),
		excluded: (alert?.excluded ?? []).slice(0, MOST_EXCLUDED).map((excluded) => ({
			serviceReferenceVariant: excluded.serviceReferenceVariant,
			userRole: excluded.userRole,
			reason: excluded.reason,
			text: excluded.text
		})),
		precedents: { ...precedents, text: formatPrecedents(precedents) },
		moreAlerts
	};
}

/** Returns what a page about a fault of a feed says. `warning`: a sentence of `feedWarnings`. */
export const feedContent = (warning: string): PageContent => ({
	...NOTHING,
	headline: clip(`Feed fault: ${withoutStop(warning)}`, MOST_HEADLINE),
	verdict: sentence([
		`Feed fault: ${clip(withoutStop(warning), 300)}`,
		'Alerts may be missing, or may stay pending, until the feed is back'
	])
});

/** Returns what the daily test page of a rota says. */
export const testContent = (rota: string): PageContent => ({
	...NOTHING,
	headline: clip(`Test page of the rota ${rota}`, MOST_HEADLINE),
	verdict: sentence([
		`Daily test page of the rota ${clip(rota, 60)}`,
		'nothing is wrong: acknowledge the page to show that pages reach you'
	])
});

const NOTHING = {
	alert: null,
	episode: null,
	cause: null,
	excluded: [],
	precedents: { ignorable: 0, actionable: 0, text: 'none: this page is not about an Alert' },
	moreAlerts: 0
} satisfies Partial<PageContent>;

function whatHappened(alert: Alert | null, episode: EpisodeFigures | null): string {
	if (episode) {
		const { members, devices, occurrences, atLeast, firstAt } = episode;
		const events =
			atLeast || occurrences > members
				? ` (${atLeast ? 'at least ' : ''}${grouped(occurrences)} events)`
				: '';
		return `${clip(episode.title, 150)}: ${counted(members, 'Alert')}${events} on ${counted(devices, 'Device')} since ${when(firstAt)}`;
	}
	if (!alert) return 'Causeway paged without an Alert';
	const times =
		alert.occurrences > 1
			? `, ${alert.throttled ? 'at least ' : ''}${grouped(alert.occurrences)} times`
			: alert.throttled
				? ', at least once'
				: '';
	const type = alert.deviceType ?? 'unknown Device';
	const area = alert.area === null ? '' : ` in ${clip(alert.area, 16)}`;
	return `${alert.code} ${clip(alert.name, 70)} on ${clip(type, 20)} ${deviceEnd(alert.deviceId)}${area} at ${when(alert.effectiveAt)}${times}`;
}

function cause(alert: Alert | null, episode: EpisodeFigures | null): string {
	const contradicted = alert?.notice ? 'new evidence contradicts the decision: ' : '';
	if (alert) return `${contradicted}${causeWords(alert)}`;
	const suspect = episode?.facts.suspect;
	if (!suspect) return 'no common cause found';
	return `suspect: ${sender(suspect)} ${suspect.serviceReferenceVariant} ${clip(suspect.name, 50)}`;
}

function causeWords(alert: Alert): string {
	const [best] = alert.candidates;
	switch (alert.explanation) {
		case 'exact':
			return best ? `suspect: ${describe(best)}, exact: the Alert names this command` : 'exact';
		case 'likely':
			return best ? `suspect: ${describe(best)}, ${best.tier}` : 'likely';
		case 'ambiguous':
			return best ? `no sure cause, best suspect: ${describe(best)}, ${best.tier}` : 'no sure cause';
		case 'pending':
			return `audit data is not complete yet${best ? `, so far only ${best.tier}: ${describe(best)}` : ', no suspect so far'}`;
		case 'unexplained':
			return 'audit data is complete, and no command of any User explains it';
		case 'not-command':
			return 'no command can cause it';
		case 'out-of-scope':
			if (!alert.forward) return 'not in your tenure';
			return alert.forward.urgent
				? 'not in your tenure: forward it at once, because supply or safety may depend on it'
				: 'not in your tenure: forward it';
	}
}

const describe = (candidate: Candidate): string =>
	`${sender(candidate)} ${candidate.serviceReferenceVariant} ${clip(candidate.name, 50)}, ${formatDelta(candidate.deltaSeconds)}, ${outcomeText(candidate.responseCode)}`;

const sender = ({
	own,
	userName,
	userRole
}: {
	own: boolean;
	userName: string | null;
	userRole: string;
}): string =>
	own
		? 'your own'
		: userName === null
			? `${clip(userRole, 24) || 'a User of unknown role'}`
			: `${clip(userName, 40)} (${clip(userRole, 24) || 'role unknown'})`;

/** Says what speaks against the suspect: its own counter-reasons, other candidates, excluded requests and notes. */
function against(alert: Alert | null): string | false {
	if (!alert) return false;
	const [best, ...others] = alert.candidates;
	const counter = best?.reasons.find(speaksAgainst);
	const [excluded] = alert.excluded;
	const [note] = alert.notes;
	const parts = [
		counter && clip(asClause(counter.text), 90),
		others.length > 0 && counted(others.length, 'other candidate'),
		excluded &&
			`${alert.excluded.length} excluded (${excluded.serviceReferenceVariant}: ${clip(asClause(excluded.text), 60)})`,
		note && clip(asClause(note), 90)
	].filter((part) => typeof part === 'string');
	if (parts.length === 0) return best ? 'nothing speaks against it' : false;
	return `${best ? 'against it' : 'also'}: ${parts.join(', ')}`;
}

function decided(precedents: Matter['precedents']): string {
	const text = formatPrecedents(precedents);
	return precedents.ignorable + precedents.actionable === 0
		? text
		: `others decided on this pattern: ${text}`;
}

const sentence = (parts: ReadonlyArray<string | false>): string =>
	`${clip(parts.filter((part) => part !== false).join('; '), MOST_SENTENCE - 1)}.`;

const suspectOf = (alert: Alert): Candidate | null =>
	namesSuspect(alert.explanation) || alert.explanation === 'ambiguous' ? (alert.candidates[0] ?? null) : null;

const pageCause = (suspect: Candidate): PageCause => ({
	tier: suspect.tier,
	serviceReferenceVariant: suspect.serviceReferenceVariant,
	name: suspect.name,
	userRole: suspect.userRole,
	deltaSeconds: suspect.deltaSeconds
});

const pageAlert = (alert: Alert): NonNullable<PageContent['alert']> => ({
	id: alert.id,
	deviceId: alert.deviceId,
	deviceType: alert.deviceType,
	hubId: alert.hubId,
	area: alert.area,
	code: alert.code,
	name: alert.name,
	category: alert.category,
	priority: alert.priority,
	explanation: alert.explanation,
	effectiveAt: alert.effectiveAt,
	occurrences: alert.occurrences,
	throttled: alert.throttled
});

const pageEpisode = (episode: EpisodeFigures): NonNullable<PageContent['episode']> => ({
	id: episode.id,
	kind: episode.kind,
	title: episode.title,
	alerts: episode.members,
	devices: episode.devices,
	occurrences: episode.occurrences,
	atLeast: episode.atLeast,
	firstAt: episode.firstAt,
	lastAt: episode.lastAt
});

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Writes an instant of RFC 3339 in UTC: `02:14 UTC on 28 Nov`. */
const when = (iso: string): string =>
	`${iso.slice(11, 16)} UTC on ${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`;

const grouped = (count: number): string => count.toLocaleString('en-GB');
const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
const withoutStop = (text: string): string => text.replace(/[.\s]+$/, '');

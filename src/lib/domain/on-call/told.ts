// Decides when people must be told again about an open page, and says what changed. A page that repeats itself teaches
// people to ignore it.
import { namesSuspect } from '../explanation-kind.ts';
import { formatDelta } from '../wording.ts';
import type { PageContent } from './page.ts';
import { clip } from './text.ts';

/** The part of the content that people are told again about. */
export type Told = Pick<PageContent, 'alert' | 'episode' | 'cause' | 'moreAlerts'>;

const UNEXPLAINED_WORDS = {
	ambiguous: 'no sure cause',
	pending: 'audit data is not complete yet',
	unexplained: 'no command of any User explains it',
	'not-command': 'no command can cause it',
	'out-of-scope': 'not in your tenure'
} as const;

/**
 * Returns a key that changes only when people must be told again: at another explanation, another suspect, another tier,
 * or another order of magnitude of Devices or of folded Alerts.
 */
export function toldKey(content: Told): string {
	const { alert, cause, episode, moreAlerts } = content;
	return [
		alert?.explanation ?? '',
		cause ? `${cause.serviceReferenceVariant}/${cause.userRole}/${cause.tier}` : '',
		stepOf(episode?.devices ?? 1),
		stepOf(moreAlerts)
	].join('|');
}

/**
 * Says what changed since people were last told: "now explained: ...", "no longer explained: ...", "now on at least 50
 * Devices". Returns an empty text if people need not be told again.
 */
export function updateText(before: Told, after: Told): string {
	return [causeChange(before, after), devicesChange(before, after), foldedChange(before, after)]
		.filter(Boolean)
		.join('; ');
}

function causeChange(before: Told, after: Told): string {
	const key = ({ alert, cause }: Told): string => toldKey({ alert, cause, episode: null, moreAlerts: 0 });
	if (key(before) === key(after)) return '';
	const [was, is] = [isExplained(before), isExplained(after)];
	if (is && !was) return `now explained: ${suspectWords(after)}`;
	if (is)
		return hasSameSuspect(before, after)
			? `now ${after.cause!.tier}: ${suspectWords(after)}`
			: `other suspect now: ${suspectWords(after)}`;
	const words = after.alert ? unexplainedWords(after.alert.explanation) : 'no suspect is known';
	return was
		? `no longer explained: ${words}`
		: `now: ${words}${after.cause ? `, best suspect ${suspectWords(after)}` : ''}`;
}

const isExplained = ({ alert, cause }: Told): boolean =>
	cause !== null && (alert === null || namesSuspect(alert.explanation));

const unexplainedWords = (kind: NonNullable<PageContent['alert']>['explanation']): string =>
	kind === 'exact' || kind === 'likely' ? 'the suspect is not known' : UNEXPLAINED_WORDS[kind];

const hasSameSuspect = (before: Told, after: Told): boolean =>
	before.cause?.serviceReferenceVariant === after.cause?.serviceReferenceVariant &&
	before.cause?.userRole === after.cause?.userRole;

function suspectWords({ cause }: Told): string {
	if (!cause) return 'the suspect is not known';
	const role = clip(cause.userRole, 24) || 'role unknown';
	return `${role} ${cause.serviceReferenceVariant} ${clip(cause.name, 60)}, ${formatDelta(cause.deltaSeconds)}, ${cause.tier}`;
}

function devicesChange(before: Told, after: Told): string {
	const [was, is] = [stepOf(before.episode?.devices ?? 1), stepOf(after.episode?.devices ?? 1)];
	if (is > was) return `now on at least ${is.toLocaleString('en-GB')} Devices`;
	return is < was ? `now on fewer than ${was.toLocaleString('en-GB')} Devices` : '';
}

function foldedChange(before: Told, after: Told): string {
	const [was, is] = [stepOf(before.moreAlerts), stepOf(after.moreAlerts)];
	if (is === was) return '';
	const alerts = `${is.toLocaleString('en-GB')} more ${is === 1 ? 'Alert' : 'Alerts'}`;
	return is > was ? `pages flood: at least ${alerts} of the same route` : `no longer ${was} more Alerts`;
}

/** Returns the largest of 0, 1, 10, 50, 100, 500, 1,000, 5,000, ... that the number reaches. */
function stepOf(count: number): number {
	if (count < 10) return Math.min(count, 1);
	const power = 10 ** Math.floor(Math.log10(count));
	return count >= 5 * power ? 5 * power : power;
}

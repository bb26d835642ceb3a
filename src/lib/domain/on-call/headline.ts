// Writes the headline of a page: at most 60 characters that carry the Alert code, the place and the cause, because a
// watch shows no more. The headline names a User by the role only.
import type { Alert, Candidate } from '../alert.ts';
import type { EpisodeFigures } from '../episode.ts';
import { namesSuspect } from '../explanation-kind.ts';
import { formatSeconds } from '../wording.ts';
import { clip, firstThatFits } from './text.ts';

const MOST = 60;
const MOST_PLACE = 16;
const MOST_ROLE = 12;

const SHORT_CAUSES: Record<Exclude<Alert['explanation'], 'exact' | 'likely'>, string> = {
	ambiguous: 'no sure cause',
	pending: 'no suspect yet',
	unexplained: 'no command explains it',
	'not-command': 'no command can cause it',
	'out-of-scope': 'not in your tenure'
};

/** Returns the headline of an Alert that stands alone. */
export function alertHeadline(alert: Alert): string {
	const place = alert.area === null ? deviceEnd(alert.deviceId) : clip(alert.area, MOST_PLACE);
	const prefix =
		alert.explanation === 'not-command'
			? [`${alert.code} ${clip(alert.category, MOST_PLACE)}, ${place}`, `${alert.code} ${place}`]
			: [`${alert.code} ${place}`];
	return firstThatFits(join(prefix, causesOf(alert)), MOST);
}

/**
 * Returns the headline of an episode. `alert`: one Alert of the episode, whose explanation stands for the others;
 * `null`: only the suspect of the episode is known.
 */
export function episodeHeadline(episode: EpisodeFigures, alert: Alert | null): string {
	const { facts, kind, devices } = episode;
	const place =
		facts.area ?? (kind === 'home' || kind === 'repeat' ? deviceEnd(facts.deviceId) : facts.model) ?? '';
	const count = devices === 1 ? `×${grouped(episode.members)}` : `${grouped(devices)} Devices`;
	const { suspect } = facts;
	const causes = alert
		? causesOf(alert)
		: suspect
			? [
					`suspect ${suspect.own ? 'own ' : ''}${roleOf(suspect)} ${suspect.serviceReferenceVariant}`,
					`suspect ${suspect.serviceReferenceVariant}`
				]
			: ['no common cause'];
	const prefix = `${facts.code} ${clip(place, MOST_PLACE)}`.trim();
	return firstThatFits(join([`${prefix}, ${count}`, `${facts.code}, ${count}`], causes), MOST);
}

/** Returns the cause in words, the longest wording first. */
function causesOf(alert: Alert): string[] {
	const [best, ...others] = alert.candidates;
	const words = explained(alert, best, others.length);
	if (alert.notice === null) return words;
	return [...words.map((word) => `recheck, now ${word}`), 'recheck the decision'];
}

function explained(alert: Alert, best: Candidate | undefined, others: number): string[] {
	const { explanation } = alert;
	if (namesSuspect(explanation) && best) return suspectWords(best);
	if (explanation === 'exact' || explanation === 'likely') return [explanation];
	if (explanation === 'ambiguous' && best) {
		const many = others > 0 ? [`${others + 1} suspects, best `] : ['only weak: '];
		const request = `${roleOf(best)} ${best.serviceReferenceVariant}`;
		return [`${many[0]}${request} ${best.tier}`, `${many[0]}${request}`, SHORT_CAUSES.ambiguous];
	}
	if (explanation === 'out-of-scope' && alert.forward)
		return [alert.forward.urgent ? 'forward at once, not in your tenure' : 'forward, not in your tenure'];
	return [SHORT_CAUSES[explanation]];
}

function suspectWords(best: Candidate): string[] {
	const request = `${best.own ? 'own ' : ''}${roleOf(best)} ${best.serviceReferenceVariant}`;
	const delay = `${formatSeconds(best.deltaSeconds)} ${best.deltaSeconds >= 0 ? 'before' : 'after'}`;
	return [
		`${request} ${delay}, ${best.tier}`,
		`${request}, ${best.tier}`,
		`${best.serviceReferenceVariant}, ${best.tier}`
	];
}

const join = (prefixes: readonly string[], causes: readonly string[]): string[] =>
	causes.flatMap((cause) => prefixes.map((prefix) => `${prefix}: ${cause}`));

/** Returns the end of an EUI-64, by which people tell Devices apart. */
export const deviceEnd = (deviceId: string): string => `…${deviceId.slice(-8)}`;

const roleOf = ({ userRole }: { userRole: string }): string => clip(userRole, MOST_ROLE) || 'unknown role';
const grouped = (count: number): string => count.toLocaleString('en-GB');

// Writes the facts of episodes as the page shows them.
import type { EpisodeKind } from '#lib/domain/episode.ts';

export const KINDS: Record<EpisodeKind, string> = {
	campaign: 'Campaign',
	home: 'One home',
	storm: 'Storm',
	repeat: 'Repeat'
};
export const count = (n: number): string => n.toLocaleString('en-GB');
/** Writes the number of members that a decision covers. */
export const openMembersText = (open: number): string =>
	open === 1 ? 'the one open member' : `all ${count(open)} open members`;

/** Writes the outcome of a decision on `open` members, of which the server accepted `done`. */
export function outcomeText(open: number, done: number): string {
	const missed = open - done;
	if (missed <= 0) return `${count(done)} decided.`;
	const why =
		missed === 1
			? 'a colleague decided it first, or it changed. Check it again.'
			: 'a colleague decided them first, or they changed. Check them again.';
	return done > 0 ? `${count(done)} decided, ${count(missed)} not: ${why}` : `None decided: ${why}`;
}

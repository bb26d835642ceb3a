// How episodes read on the console.
import type { Decision } from '#lib/domain/decision.ts';
import { REASONS } from '#lib/domain/decision.ts';
import type { EpisodeKind } from '#lib/domain/episode.ts';

export const KINDS: Record<EpisodeKind, string> = {
	campaign: 'Campaign',
	home: 'One home',
	storm: 'Storm',
	repeat: 'Repeat'
};
export const VERDICTS = { actionable: 'Actionable', ignorable: 'Ignorable' } as const;
export const count = (n: number): string => n.toLocaleString('en-GB');
/** Whom a decision is for. */
export const openMembers = (open: number): string =>
	open === 1 ? 'the one open member' : `all ${count(open)} open members`;

/** What became of one decision for so many open members. */
export function outcome(open: number, done: number): string {
	const missed = open - done;
	if (missed <= 0) return `${count(done)} decided.`;
	const which = missed === 1 ? '1 was' : `${count(missed)} were`;
	const rest = `${which} decided by somebody, or had changed, meanwhile: look again.`;
	return done > 0 ? `${count(done)} decided. ${rest}` : `Nothing decided. ${rest}`;
}
export const reasonOf = ({ verdict, reason }: Decision): string =>
	REASONS[verdict].find((r) => r.code === reason)?.label ?? reason;

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
export const reasonOf = ({ verdict, reason }: Decision): string =>
	REASONS[verdict].find((r) => r.code === reason)?.label ?? reason;

// The shapes of the feed: an explanation as a Supplier's row, and the frame that is pushed after a commit. Tenure has been
// applied by whoever writes a row; reads touch only rows of their own Supplier.
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf, contradictionOf, shownDecision } from '#lib/domain/contradiction.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { Retracted } from '#lib/domain/live-events.ts';

/** The Alert as read, without what the table adds: version, feed number, Decision, notice and episode. */
export type AlertBody = Omit<Alert, 'version' | 'seq' | 'decision' | 'notice' | 'episodeId'>;

/** The explanation of one Alert for one Supplier, as it is written. */
export interface ExplanationRow {
	supplierId: number;
	alertId: bigint;
	body: AlertBody;
	/** When the completeness mark passes this instant, a `pending` explanation is due again (epoch ms); `null`: never. */
	settlesAt: number | null;
	/** When the clock passes this instant, the explanation is due again (epoch ms); `null`: never. */
	dueAt: number | null;
	tableVersion: string;
	/** The large episode that the Alert joins with its first explanation; `null` where grouping decides later. */
	joins?: EpisodeGuess | null;
}

/** A large episode, and the keys of an Alert up to the key that makes it a member. */
export interface EpisodeGuess {
	keys: string[];
	episodeId: bigint;
}

/** What the table stores beside the body of an explanation. */
export interface StoredState {
	version: number;
	seq: number | bigint;
	decision: Decision | null;
	episode_id: bigint | null;
}

/** The Alert as read, from its body and what the table stores beside it. */
export const toAlert = (body: AlertBody, { version, seq, decision, episode_id }: StoredState): Alert => ({
	...body,
	version,
	seq: Number(seq),
	decision: decision && shownDecision(decision, body),
	notice: decision && contradictionOf(decision, basisOf(body)),
	episodeId: episode_id?.toString() ?? null
});

/** The feed numbers `from..to` of one Supplier, both included, and their Alerts. */
export interface Frame {
	supplierId: number;
	from: number;
	to: number;
	items: Alert[];
	retracted: Retracted[];
}

/** What a write into the feeds has to be followed by, after its commit. */
export interface FeedChange {
	/** The frames to push. */
	frames: Frame[];
	/** The doorbell of Alerts that have to be explained once more; `null`: there are none. */
	doorbell: bigint | null;
}

export const NO_CHANGE: FeedChange = { frames: [], doorbell: null };

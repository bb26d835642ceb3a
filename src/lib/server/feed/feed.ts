// What one Supplier sees: the explanation beside its Alert, and its place in the Supplier's gapless feed.
// Tenure has been applied by whoever calls `publish`; reads touch only rows that stand here.
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf, contradictionOf, shownDecision } from '#lib/domain/contradiction.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { Retracted } from '#lib/domain/live-events.ts';

/** The Alert as read, but for what the store adds: version, place in the feed, Decision, notice and episode. */
export type AlertBody = Omit<Alert, 'version' | 'seq' | 'decision' | 'notice' | 'episodeId'>;

export interface FeedRow {
	supplierId: number;
	alertId: bigint;
	body: AlertBody;
	settlesAt: number | null;
	dueAt: number | null;
	tableVersion: string;
	/** Of a first explanation: the large episode that it seems to join. */
	joins?: Joins | null;
}

/** The keys of an Alert up to the one that makes its episode. */
export interface Joins {
	keys: string[];
	episodeId: bigint;
}

/** What stands beside the body of an Alert. */
export interface Standing {
	version: number;
	seq: number | bigint;
	decision: Decision | null;
	episode_id: bigint | null;
}

/** The Alert as read. */
export const toAlert = (body: AlertBody, { version, seq, decision, episode_id }: Standing): Alert => ({
	...body,
	version,
	seq: Number(seq),
	decision: decision && shownDecision(decision, body),
	notice: decision && contradictionOf(decision, basisOf(body)),
	episodeId: episode_id?.toString() ?? null
});

/** Sequence numbers `from..to` of one Supplier, both included. */
export interface Frame {
	supplierId: number;
	from: number;
	to: number;
	items: Alert[];
	retracted: Retracted[];
}

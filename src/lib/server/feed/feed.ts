// Defines the types of the feed: an explanation as a Supplier's row, and the frame that is pushed after a commit. The
// writer of a row writes it only for a Supplier that may see the Alert. So a read needs no check of tenure: it selects
// the rows of its own Supplier.
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf, contradictionOf, shownDecision, withdrawnNotice } from '#lib/domain/contradiction.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { Assignee } from '#lib/domain/desk/assignment.ts';
import type { ShelfBasis } from '#lib/domain/desk/shelving.ts';
import type { Retracted } from '#lib/domain/live-events.ts';

/**
 * An Alert as a Supplier reads it, without the values that the table adds: version, feed number, decision, notice,
 * episode, and what people did with it on the desk.
 */
export type AlertBody = Omit<
	Alert,
	'version' | 'seq' | 'decision' | 'notice' | 'episodeId' | keyof DeskFields
>;

/** The explanation of one Alert for one Supplier, ready to be written. */
export interface ExplanationRow {
	supplierId: number;
	alertId: bigint;
	body: AlertBody;
	/** The Alert is explained again when the clock passes this instant (epoch ms); `null`: no instant is awaited. */
	dueAt: number | null;
	tableVersion: string;
	/** The large episode that the Alert joins with its first explanation; `null`: none, and grouping decides later. */
	joins?: EpisodeGuess | null;
	/** What standing decisions do to the Alert with this explanation; `null`: nothing. */
	standing?: StandingChange | null;
}

/** What standing decisions do to an Alert. */
export interface StandingChange {
	/** The standing decision that decides the Alert; `null`: none. */
	decides: { id: number; decision: Decision } | null;
	/** The standing decision that no longer fits, and its decision so far; `null`: none. */
	withdraws: { id: number; decision: Decision } | null;
}

/** A large episode that an Alert seems to join. `keys`: the keys of the Alert up to the key that makes it a member. */
export interface EpisodeGuess {
	keys: string[];
	episodeId: bigint;
}

/** The shelving of an Alert as stored. `basis`: the Alert returns when its explanation or priority differs from it. */
export interface StoredShelf {
	by: string;
	at: string;
	note: string | null;
	basis: ShelfBasis;
}

/** What people did with an Alert on the desk, beside deciding it, as stored. */
export interface DeskState {
	/** `null`: the Alert is not shelved. */
	shelved: StoredShelf | null;
	shelved_until: Date | null;
	/** `null`: the Alert is assigned to nobody. */
	assignee: Assignee | null;
	/** The number of comments on the Alert itself. */
	comments: number;
}

/** The desk state of an Alert that nobody has touched. */
export const UNTOUCHED: DeskState = { shelved: null, shelved_until: null, assignee: null, comments: 0 };

/** The values that the table stores beside the body of an explanation. */
export interface StoredState extends DeskState {
	version: number;
	seq: number | bigint;
	decision: Decision | null;
	/** The standing decision whose decision later evidence took back; `null`: none. */
	withdrawn: number | null;
	episode_id: bigint | null;
}

/** SQL: the columns of `StoredState`, of the relation `from`. */
export const stateColumns = (from: string): string =>
	['version', 'seq', 'decision', 'withdrawn', 'episode_id', ...Object.keys(UNTOUCHED)]
		.map((name) => `${from}.${name}`)
		.join(', ');

/** A body that was stored before Causeway kept who fed a record. */
type OldBody = Omit<AlertBody, 'fedBy'> & { fedBy?: AlertBody['fedBy'] };

/** Records of before Causeway kept their feeders count as fed by the installation. */
const withFeeders = (body: OldBody): AlertBody => ({
	...body,
	fedBy: 'installation',
	candidates: body.candidates.map((candidate) => ({ ...candidate, fedBy: 'installation' }))
});

/** Builds an Alert as a Supplier reads it, from its body and the values stored beside the body. */
export const toAlert = (
	stored: AlertBody | OldBody,
	{ version, seq, decision, withdrawn, episode_id, ...desk }: StoredState
): Alert => {
	const body = stored.fedBy === undefined ? withFeeders(stored) : (stored as AlertBody);
	return {
		...body,
		version,
		seq: Number(seq),
		decision: decision && shownDecision(decision, body),
		notice: decision
			? contradictionOf(decision, basisOf(body))
			: withdrawn === null
				? null
				: withdrawnNotice(withdrawn),
		episodeId: episode_id?.toString() ?? null,
		...toDeskFields(desk)
	};
};

type DeskFields = ReturnType<typeof toDeskFields>;

const toDeskFields = ({ shelved, shelved_until, assignee, comments }: DeskState) => ({
	assignee,
	comments,
	shelved: shelved && {
		by: shelved.by,
		at: shelved.at,
		until: shelved_until!.toISOString(),
		note: shelved.note
	}
});

/** The changes with the feed numbers `from` to `to` of one Supplier, both included, with their Alerts. */
export interface Frame {
	supplierId: number;
	from: number;
	to: number;
	items: Alert[];
	retracted: Retracted[];
}

/** The follow-up work of a write into the feeds, to be done after its commit. */
export interface FeedChange {
	/** The frames to push to connected clients. */
	frames: Frame[];
	/** The doorbell of the Alerts that must be explained once more; `null`: there are no such Alerts. */
	doorbell: bigint | null;
}

export const NO_CHANGE: FeedChange = { frames: [], doorbell: null };

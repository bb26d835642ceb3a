// Defines the types of the feed: an explanation as a Supplier's row, and the frame that is pushed after a commit. The
// writer of a row writes it only for a Supplier that may see the Alert. So a read needs no check of tenure: it selects
// the rows of its own Supplier.
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf, contradictionOf, shownDecision, withdrawnNotice } from '#lib/domain/contradiction.ts';
import type { Decision } from '#lib/domain/decision.ts';
import type { Assignee } from '#lib/domain/desk/assignment.ts';
import type { ShelfBasis } from '#lib/domain/desk/shelving.ts';
import type { Retracted } from '#lib/domain/live-events.ts';
import { bodyColumns, readBody, type BodyColumns, type WholeBody } from './body-reader.ts';
import type { AlertBody, StoredBody } from './stored-body.ts';

export type { AlertBody, StoredBody } from './stored-body.ts';

/** The explanation of one Alert for one Supplier, ready to be written. */
export interface ExplanationRow {
	supplierId: number;
	alertId: bigint;
	body: AlertBody;
	/** The body as the table stores it. */
	storedBody: StoredBody | AlertBody;
	/** The Alert is explained again when the clock passes this instant (epoch ms); `null`: no instant is awaited. */
	dueAt: number | null;
	tableVersion: string;
	/** The keys of the Alert, as stored (runs/run-key.ts), the preferred key first. */
	keys: readonly bigint[];
	/** The episode of the Alert and the key of that episode; `null` or absent: none. */
	episodeId?: bigint | null;
	episodeKey?: bigint | null;
	/** The keys in doubt. An Alert that has its episode by such a key stays in it until the doubt is settled. */
	doubts?: readonly bigint[];
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
	/** The values of the row that a stored body does not repeat. Absent: the body was not read from the table. */
	columns?: BodyColumns;
}

/** SQL: the columns of `StoredState` without `columns`, of the relation `from`. */
export const ownStateColumns = (from: string): string =>
	['version', 'seq', 'decision', 'withdrawn', 'episode_id', ...Object.keys(UNTOUCHED)]
		.map((name) => `${from}.${name}`)
		.join(', ');

/** SQL: the columns of `StoredState`, of the row `from`. `toAlert` needs them and the column `body`. */
export const stateColumns = (from: string): string =>
	`${ownStateColumns(from)}, ${bodyColumns(from)} as columns`;

/**
 * Builds an Alert as a Supplier reads it, from a body and the values stored beside the body. The body is a new one, or
 * the column `body` of the row whose `stateColumns` are given.
 */
export const toAlert = (
	given: AlertBody | WholeBody | StoredBody,
	{ version, seq, decision, withdrawn, episode_id, columns, ...desk }: StoredState
): Alert => {
	const body = readBody(given, columns!);
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

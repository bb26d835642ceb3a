// Counts how the explanations of stored Alerts would change under another cause table (what-if replay).
import { z } from 'zod';
import type { Explanation } from '../correlation/correlate.ts';
import { ExplanationKind, namesSuspect } from '../explanation-kind.ts';

/** The limits of a replay: days back, Alerts in total, Alerts per page, and example ids for each kind of change. */
export const REPLAY_LIMITS = { days: 30, alerts: 200_000, page: 500, examples: 20 } as const;

export const WhatIfChange = z.object({
	code: z.string(),
	name: z.string(),
	from: ExplanationKind,
	to: ExplanationKind,
	/**
	 * Whether the draft names another Service Request as suspect. If kind and suspect are unchanged, the wording or the
	 * rank of candidates differs.
	 */
	suspectChanged: z.boolean(),
	count: z.number().int(),
	/** The ids of the newest Alerts with this change, at most 20. */
	examples: z.array(z.string())
});
export type WhatIfChange = z.infer<typeof WhatIfChange>;

export const WhatIf = z
	.object({
		version: z.string(),
		/** The version that was active when the replay ran. */
		against: z.string(),
		state: z.enum(['waiting', 'running', 'done', 'failed']),
		/** Whether the result is still valid: neither the draft nor the active table has changed since the replay. */
		stands: z.boolean(),
		startedBy: z.string(),
		startedAt: z.string(),
		finishedAt: z.string().nullable(),
		/** The instant from which the replay covers Alerts. */
		since: z.string(),
		/**
		 * Whether the replay reached the limit of Alerts before it reached `since`, so that older Alerts are left out.
		 */
		stoppedEarly: z.boolean(),
		/**
		 * The number of Suppliers whose Alerts the figures count together, for people of the installation. These
		 * figures name no Alert. `null`: the figures count the Alerts of the reader's Supplier.
		 */
		suppliers: z.number().int().nullable(),
		/**
		 * Numbers of Alerts: replayed so far, to replay in total, and with another kind or
		 * suspect under the draft.
		 */
		progress: z.number().int(),
		total: z.number().int(),
		changed: z.number().int(),
		changes: z.array(WhatIfChange),
		/** Why the replay failed. `null`: the replay has not failed. */
		fault: z.string().nullable()
	})
	.meta({ id: 'WhatIf' });
export type WhatIf = z.infer<typeof WhatIf>;

/** Returns how an explanation would change. Returns `null` if a reader would see no difference. */
export function explanationChange(
	before: Explanation,
	after: Explanation
): Pick<WhatIfChange, 'from' | 'to' | 'suspectChanged'> | null {
	if (content(before) === content(after)) return null;
	return { from: before.kind, to: after.kind, suspectChanged: suspectOf(before) !== suspectOf(after) };
}

const suspectOf = ({ kind, candidates }: Explanation): string | null =>
	namesSuspect(kind) ? (candidates[0]?.requestId ?? null) : null;

/** Returns everything in an explanation that a reader sees. A new version of the table alone is not a change. */
const content = (explanation: Explanation): string =>
	JSON.stringify({ ...explanation, tableVersion: '', settlesAt: null, dueAt: null });

/** Returns whether the kind or the suspect changed, and not only the wording or the rank. */
export const isChange = (change: Pick<WhatIfChange, 'from' | 'to' | 'suspectChanged'>): boolean =>
	change.from !== change.to || change.suspectChanged;

/** Counts how often each change occurs among the Alerts of one Supplier, or of all Suppliers. */
export class WhatIfTally {
	progress = 0;
	changed = 0;
	readonly #changes = new Map<string, WhatIfChange>();

	add(
		alert: { id: string; code: string; name: string },
		change: Pick<WhatIfChange, 'from' | 'to' | 'suspectChanged'> | null
	): void {
		this.progress++;
		if (!change) return;
		if (isChange(change)) this.changed++;
		const key = [alert.code, alert.name, change.from, change.to, change.suspectChanged].join(' ');
		let row = this.#changes.get(key);
		if (!row) {
			row = { code: alert.code, name: alert.name, ...change, count: 0, examples: [] };
			this.#changes.set(key, row);
		}
		row.count++;
		if (row.examples.length < REPLAY_LIMITS.examples) row.examples.push(alert.id);
	}

	/**
	 * The changes, in three groups: first changes of the kind, then of the suspect, then of the wording. Within a
	 * group, the most frequent change comes first.
	 */
	get changes(): WhatIfChange[] {
		const weight = (c: WhatIfChange): number => (c.from !== c.to ? 2 : Number(isChange(c)));
		return [...this.#changes.values()].sort(
			(a, b) => weight(b) - weight(a) || b.count - a.count || (a.code < b.code ? -1 : 1)
		);
	}
}

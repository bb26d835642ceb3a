// What-if: how the explanations of stored Alerts would read under another cause table.
import { z } from 'zod';
import { ExplanationKind, namesSuspect } from '../explanation-kind.ts';
import type { Explanation } from '../correlation/correlate.ts';

/** How far back the replay goes, and how many Alerts it looks at, at most. */
export const WHAT_IF = { days: 30, alerts: 200_000, page: 500, examples: 20 } as const;

export const WhatIfChange = z.object({
	code: z.string(),
	name: z.string(),
	from: ExplanationKind,
	to: ExplanationKind,
	/** Whether another Service Request would be named as the suspect. Where it and the kind stay: wording or rank. */
	suspectChanged: z.boolean(),
	count: z.number().int(),
	/** The newest, at most twenty. */
	examples: z.array(z.string())
});
export type WhatIfChange = z.infer<typeof WhatIfChange>;

export const WhatIf = z
	.object({
		version: z.string(),
		/** The table that was active when it ran. */
		against: z.string(),
		state: z.enum(['waiting', 'running', 'done', 'failed']),
		/** Whether the draft and the active table are still those that it compared. */
		stands: z.boolean(),
		startedBy: z.string(),
		startedAt: z.string(),
		finishedAt: z.string().nullable(),
		/** Alerts from this instant on. */
		since: z.string(),
		/** It stopped at the limit of Alerts, before it came to `since`. */
		stoppedEarly: z.boolean(),
		/** Alerts of your Supplier: looked at so far, to look at, and those that would have another kind or suspect. */
		progress: z.number().int(),
		total: z.number().int(),
		changed: z.number().int(),
		changes: z.array(WhatIfChange),
		/** Why it failed. */
		fault: z.string().nullable()
	})
	.meta({ id: 'WhatIf' });
export type WhatIf = z.infer<typeof WhatIf>;

/** The change of one explanation, or `null` where it reads the same. */
export function explanationChange(
	before: Explanation,
	after: Explanation
): Pick<WhatIfChange, 'from' | 'to' | 'suspectChanged'> | null {
	if (content(before) === content(after)) return null;
	return { from: before.kind, to: after.kind, suspectChanged: suspectOf(before) !== suspectOf(after) };
}

const suspectOf = ({ kind, candidates }: Explanation): string | null =>
	namesSuspect(kind) ? (candidates[0]?.requestId ?? null) : null;

/** All that a reader would see; the version of the table alone is no change. */
const content = (explanation: Explanation): string =>
	JSON.stringify({ ...explanation, tableVersion: '', settlesAt: null, dueAt: null });

/** Whether it says something else, and not the same in other words. */
export const isChange = (change: Pick<WhatIfChange, 'from' | 'to' | 'suspectChanged'>): boolean =>
	change.from !== change.to || change.suspectChanged;

/** Counts changes for one Supplier. */
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
		if (row.examples.length < WHAT_IF.examples) row.examples.push(alert.id);
	}

	/** What matters most first: another kind, another suspect, then wording; then by how many. */
	get changes(): WhatIfChange[] {
		const weight = (c: WhatIfChange): number => (c.from !== c.to ? 2 : Number(isChange(c)));
		return [...this.#changes.values()].sort(
			(a, b) => weight(b) - weight(a) || b.count - a.count || (a.code < b.code ? -1 : 1)
		);
	}
}

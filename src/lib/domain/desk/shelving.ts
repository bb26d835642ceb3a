// Says which Alerts a person may shelve and for how long, and when an Alert returns from the shelf before its time. A
// shelved Alert is still undecided. docs/decisions/0014-shelving.md gives the reasons for the limits.
import { z } from 'zod';
import { describeAlert } from '../alert-code.ts';
import { basisOf } from '../contradiction.ts';
import { AlertVersions, Basis } from '../decision.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import { RecordId, RowVersion } from '../record-id.ts';
import { endOfShift, type ShiftHours } from './shift-hours.ts';

const MINUTE_MS = 60_000;
/** The longest time on the shelf, in minutes. */
export const SHELF_LIMIT_MINUTES = 12 * 60;
/** The longest time on the shelf of an Alert of priority 1, or of a guard code. */
export const URGENT_SHELF_LIMIT_MINUTES = 30;

/**
 * How long an Alert stays on the shelf. `next-change`: until its explanation or its priority changes, and at most as long
 * as the limit allows.
 */
export const ShelfTime = z.enum(['30m', '2h', 'end-of-shift', 'next-change']);
export type ShelfTime = z.infer<typeof ShelfTime>;

const MINUTES: Partial<Record<ShelfTime, number>> = { '30m': 30, '2h': 120 };

/** The shelf of an Alert as its Supplier reads it. */
export const Shelved = z
	.object({
		by: z.string(),
		at: z.string(),
		/** When the Alert returns, unless new evidence changes its explanation or priority first. */
		until: z.string(),
		note: z.string().nullable()
	})
	.meta({ id: 'Shelved' });
export type Shelved = z.infer<typeof Shelved>;

/** The explanation and the priority that the person saw. A change of either brings the Alert back. */
export const ShelfBasis = Basis.extend({ priority: z.number().int() });
export type ShelfBasis = z.infer<typeof ShelfBasis>;

/** The fields of every shelving that a client sends. `for: null` takes the Alerts off the shelf. */
export const ShelvingFields = {
	for: ShelfTime.nullable(),
	note: z.string().trim().max(2000).nullish()
};
export const ShelvingIn = z.object({ ...ShelvingFields, version: RowVersion });
export const BulkShelvingIn = z.object({ items: AlertVersions, ...ShelvingFields });
export const EpisodeShelvingIn = z.object({ episode: RecordId, version: RowVersion, ...ShelvingFields });
export const SelectionShelvingIn = z.object({ selection: RecordId, ...ShelvingFields });

/** The facts of an Alert that its shelving depends on. */
export interface ShelvedAlert {
	kind: 'device' | 'dcc';
	code: string;
	priority: number;
	explanation: ExplanationKind;
	candidates: ReadonlyArray<{ requestId: string }>;
}

export const shelfBasisOf = (alert: ShelvedAlert): ShelfBasis => ({
	...basisOf(alert),
	priority: alert.priority
});

/** Returns whether new evidence brings the Alert back: its explanation, its suspect or its priority is another. */
export function returnsFromShelf(basis: ShelfBasis, alert: ShelvedAlert): boolean {
	const now = shelfBasisOf(alert);
	return (
		now.explanation !== basis.explanation || now.suspect !== basis.suspect || now.priority !== basis.priority
	);
}

/** Returns when a time on the shelf ends (epoch ms); `null`: at the limit. */
export function shelfEnd(time: ShelfTime, at: number, hours: ShiftHours): number | null {
	const minutes = MINUTES[time];
	if (minutes !== undefined) return at + minutes * MINUTE_MS;
	return time === 'end-of-shift' ? endOfShift(hours, at) : null;
}

/**
 * Returns until when an Alert is shelved (epoch ms), or why it may not be. `end`: the result of `shelfEnd`. A fixed time
 * that is longer than the limit is refused. The end of the shift and the next change come at the limit at the latest.
 */
export function shelfOf(
	alert: ShelvedAlert,
	{ time, at, end }: { time: ShelfTime; at: number; end: number | null }
): { until: number } | { refused: string } {
	const { physical, category } = describeAlert(alert);
	if (physical || category === 'tamper')
		return { refused: 'Somebody may have touched the meter: an Alert of physical tamper is never shelved.' };
	const isUrgent = alert.priority === 1 || alert.explanation === 'not-command';
	const limit = at + (isUrgent ? URGENT_SHELF_LIMIT_MINUTES : SHELF_LIMIT_MINUTES) * MINUTE_MS;
	if (end === null || end <= limit) return { until: end ?? limit };
	return MINUTES[time] === undefined
		? { until: limit }
		: {
				refused: `An Alert of priority 1 or of a guard code is shelved for ${URGENT_SHELF_LIMIT_MINUTES} minutes at most.`
			};
}

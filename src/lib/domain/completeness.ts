// Defines completeness marks: up to which instant the audit data of a source is complete. Without a mark, "no Service
// Request found" means nothing.
import { z } from 'zod';
import { Instant } from './eui64.ts';

/** The name of a source of audit data, such as `sat`. */
export const SourceName = z
	.string()
	.trim()
	.regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/, 'must be a name of letters, digits, spaces, dots and dashes');

/** A completeness mark as a client sends it. */
export const CompletenessIn = z
	.object({ source: SourceName, completeUntil: Instant })
	.meta({ id: 'CompletenessIn' });

/** The clocks of a sender and of Causeway may differ by this time (ms). A mark further in the future is refused. */
export const MARK_AHEAD_MS = 5 * 60_000;

/** A source of audit data, as the API shows it. */
export const CompletenessSource = z
	.object({
		source: z.string(),
		/** The slug of the Supplier that owns the source. `null`: the source serves the whole installation. */
		supplier: z.string().nullable(),
		/** The completeness mark. `null`: the source is registered and has not reported yet. */
		completeUntil: z.string().nullable(),
		/** When the source last reported. `null`: never. */
		reportedAt: z.string().nullable(),
		/** The seconds from the mark to now. `null`: the source has not reported yet. */
		lagSeconds: z.number().nullable()
	})
	.meta({ id: 'CompletenessSource' });
export type CompletenessSource = z.infer<typeof CompletenessSource>;

export const CompletenessSources = z
	.object({
		items: z.array(CompletenessSource),
		/** The instant up to which all these sources are complete. `null`: there is no source, or one has not reported. */
		completeUntil: z.string().nullable()
	})
	.meta({ id: 'CompletenessSources' });
export type CompletenessSources = z.infer<typeof CompletenessSources>;

/** The mark of one owner: the earliest of its sources (epoch ms). `until: null`: one of its sources has not reported. */
export interface OwnerMark {
	/** The Supplier that owns the sources. `null`: the installation. */
	supplierId: number | null;
	until: number | null;
}

/**
 * Returns the instant up to which the audit data of one Supplier is complete (epoch ms). The sources of the
 * installation and of this Supplier count; the sources of other Suppliers do not. `null`: there is no such source, or
 * one has not reported.
 */
export function completeUntilFor(supplierId: number, marks: readonly OwnerMark[]): number | null {
	const own = marks.filter((mark) => mark.supplierId === null || mark.supplierId === supplierId);
	if (own.length === 0) return null;
	return own.reduce<number | null>(
		(least, { until }) => (least === null || until === null ? null : Math.min(least, until)),
		Infinity
	);
}

// Defines a learned pattern, and formats its figures for people.
import { z } from 'zod';
import { Relation, type Alert, type Reason } from './alert.ts';
import { formatSeconds } from './wording.ts';

/** A pattern: a kind of Service Request before Alerts of one code on one type of Device. */
export const Pattern = z.object({
	deviceType: z.string(),
	code: z.string(),
	serviceReferenceVariant: z.string(),
	userRole: z.string(),
	relation: Relation
});
export type Pattern = z.infer<typeof Pattern>;

export const patternKey = (p: Pattern): string =>
	[p.deviceType, p.code, p.serviceReferenceVariant, p.userRole, p.relation].join('|');

/** Seen before `seen` of `of` Alerts within `withinSeconds`. By chance alone, the number would be `byChance`. */
export const Frequency = z.object({
	withinSeconds: z.number().int(),
	seen: z.number().int(),
	of: z.number().int(),
	byChance: z.number(),
	/** How many times as often as before other Alerts, with the 95 % interval from `low` to `high`. */
	lift: z.number(),
	low: z.number(),
	high: z.number()
});
export type Frequency = z.infer<typeof Frequency>;

export const LearnedPattern = z
	.object({
		...Pattern.shape,
		...Frequency.shape,
		/** The number of Devices. `null` while the figures alone are not enough to offer the pattern. */
		devices: z.number().int().nullable(),
		/**
		 * Whether the pattern makes candidates where the cause table lists none: it is frequent enough, on enough
		 * Devices, and no person has dismissed it.
		 */
		offered: z.boolean()
	})
	.meta({ id: 'LearnedPattern' });
export type LearnedPattern = z.infer<typeof LearnedPattern>;

/** The last review of a pattern by a person. */
const PatternReview = z.object({ dismissed: z.boolean(), by: z.string(), at: z.string() });
/** A pattern as read for a review: the figures, and the last review (`null`: none yet). */
export const ReviewedPattern = LearnedPattern.extend({ review: PatternReview.nullable() });
export type ReviewedPattern = z.infer<typeof ReviewedPattern>;
export const LearnedList = z.object({ items: z.array(ReviewedPattern) });
/** `dismissed: true`: the pattern is no cause and is no longer offered. `false` withdraws the dismissal. */
export const PatternReviewIn = Pattern.extend({ dismissed: z.boolean() });
export type PatternReviewIn = z.infer<typeof PatternReviewIn>;

/** The patterns that one Supplier's Alerts have shown, by `patternKey`. */
export type LearnedPatterns = ReadonlyMap<string, LearnedPattern>;

/** The figures as a clause, for a candidate and for a review: "seen before 412 of 430 such Alerts within 10 min". */
export function formatFrequency({ withinSeconds, seen, of, byChance, lift, low, high }: Frequency): string {
	const chance = byChance < 0.5 ? 'less than 1' : formatCount(Math.round(byChance));
	const figures = `seen before ${formatCount(seen)} of ${formatCount(of)} such Alerts within ${formatSeconds(withinSeconds)}; by chance ${chance}`;
	return low > 1
		? `${figures} (${formatRatio(lift)} times as often, 95 % interval ${formatRatio(low)} to ${formatRatio(high)})`
		: `${figures}: no more than by chance`;
}

/** Adds the current figures of the patterns to the candidates of an Alert. An exact candidate needs no figures. */
export function withFrequencies(alert: Alert, patterns: LearnedPatterns): Alert {
	if (patterns.size === 0 || alert.candidates.length === 0 || alert.deviceType === null) return alert;
	const { deviceType, code } = alert;
	const candidates = alert.candidates.map((candidate) => {
		const pattern = patterns.get(patternKey({ ...candidate, deviceType: deviceType!, code }));
		if (!pattern || candidate.tier === 'exact') return candidate;
		const reason: Reason = { code: 'frequency', text: formatFrequency(pattern) };
		return { ...candidate, reasons: [...candidate.reasons, reason] };
	});
	return { ...alert, candidates };
}

const formatCount = (n: number): string => n.toLocaleString('en-GB');
const formatRatio = (n: number): string => (n >= 10 ? formatCount(Math.round(n)) : n.toFixed(1));

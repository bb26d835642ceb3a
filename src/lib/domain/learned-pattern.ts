// Defines a learned pattern, and formats its figures for people.
import { z } from 'zod';
import { Relation, type Alert, type Reason } from './alert.ts';
import { formatSeconds } from './wording.ts';

/** A learned pattern: a kind of Service Request before Alerts of one code on one type of Device. */
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

/**
 * How often a pattern was seen: before `seen` of `of` Alerts, within `withinSeconds`. By chance alone, the number of
 * sightings would be `byChance`.
 */
export const Frequency = z.object({
	withinSeconds: z.number().int(),
	seen: z.number().int(),
	of: z.number().int(),
	byChance: z.number(),
	/**
	 * How many times as often the requests precede these Alerts as they precede other Alerts. `low` and `high`: the 95
	 * % interval.
	 */
	lift: z.number(),
	low: z.number(),
	high: z.number()
});
export type Frequency = z.infer<typeof Frequency>;

export const LearnedPattern = z
	.object({
		...Pattern.shape,
		...Frequency.shape,
		/**
		 * The number of Devices with the pattern. `null` while the figures alone are not enough to offer the pattern.
		 */
		devices: z.number().int().nullable(),
		/**
		 * Whether the pattern makes candidates for Alerts for which the cause table lists none. An offered pattern is
		 * frequent enough, on enough Devices, and not dismissed by a person.
		 */
		offered: z.boolean()
	})
	.meta({ id: 'LearnedPattern' });
export type LearnedPattern = z.infer<typeof LearnedPattern>;

/** The last review of a pattern by a person. */
const PatternReview = z.object({ dismissed: z.boolean(), by: z.string(), at: z.string() });
/** A pattern as a person reads it for a review. `review`: the last review; `null`: nobody has reviewed the pattern. */
export const ReviewedPattern = LearnedPattern.extend({ review: PatternReview.nullable() });
export type ReviewedPattern = z.infer<typeof ReviewedPattern>;
export const LearnedList = z.object({ items: z.array(ReviewedPattern) });
/**
 * A review as a client sends it. `dismissed: true`: the pattern is no cause and is no longer offered. `dismissed:
 * false` withdraws an earlier dismissal.
 */
export const PatternReviewIn = Pattern.extend({ dismissed: z.boolean() });
export type PatternReviewIn = z.infer<typeof PatternReviewIn>;

/** The patterns learned from the Alerts of one Supplier, by `patternKey`. */
export type LearnedPatterns = ReadonlyMap<string, LearnedPattern>;

/**
 * Writes the figures in sentences, for a candidate and for a review: "It was seen before 412 of 430 such Alerts within
 * 10 min. By chance, it would be seen before 3."
 */
export function formatFrequency({ withinSeconds, seen, of, byChance, lift, low, high }: Frequency): string {
	const chance = byChance < 0.5 ? 'less than 1' : formatCount(Math.round(byChance));
	const figures = `It was seen before ${formatCount(seen)} of ${formatCount(of)} such Alerts within ${formatSeconds(withinSeconds)}. By chance, it would be seen before ${chance}.`;
	return low > 1
		? `${figures} It is ${formatRatio(lift)} times as often as by chance (95 % interval ${formatRatio(low)} to ${formatRatio(high)}).`
		: `${figures} It is no more often than by chance.`;
}

/** Returns the Alert with the current figures of the patterns in its candidates. Exact candidates need no figures. */
export function withFrequencies(alert: Alert, patterns: LearnedPatterns): Alert {
	if (patterns.size === 0 || alert.candidates.length === 0 || alert.deviceType === null) return alert;
	const { deviceType } = alert;
	const candidates = alert.candidates.map((candidate) => {
		const pattern = patterns.get(patternKey({ ...candidate, deviceType: deviceType!, code: alert.code }));
		if (!pattern || candidate.tier === 'exact') return candidate;
		const code = pattern.low > 1 ? 'frequency' : 'frequency-by-chance';
		const reason: Reason = { code, text: formatFrequency(pattern) };
		return { ...candidate, reasons: [...candidate.reasons, reason] };
	});
	return { ...alert, candidates };
}

const formatCount = (n: number): string => n.toLocaleString('en-GB');
const formatRatio = (n: number): string => (n >= 10 ? formatCount(Math.round(n)) : n.toFixed(1));

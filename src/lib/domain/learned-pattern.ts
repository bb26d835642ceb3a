// The shape of a learned pattern, and the sentence that shows its figures to a person.
import { z } from 'zod';
import { Relation, type Alert, type Reason } from './alert.ts';
import { spellSeconds } from './wording.ts';

/** Which Service Request before which Alert. */
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

/** Seen before `seen` of `of` Alerts within `withinSeconds`; `byChance` of them would be coincidence. */
export const Frequency = z.object({
	withinSeconds: z.number().int(),
	seen: z.number().int(),
	of: z.number().int(),
	byChance: z.number(),
	/** How many times more often than before other Alerts, with its 95 % interval. */
	lift: z.number(),
	low: z.number(),
	high: z.number()
});
export type Frequency = z.infer<typeof Frequency>;

export const LearnedPattern = z
	.object({
		...Pattern.shape,
		...Frequency.shape,
		/** On how many Devices; `null` while the figures alone are not enough to offer it. */
		devices: z.number().int().nullable(),
		/** Often enough, on enough Devices, and not dismissed by a person: a candidate where the cause table has none. */
		offered: z.boolean()
	})
	.meta({ id: 'LearnedPattern' });
export type LearnedPattern = z.infer<typeof LearnedPattern>;

/** What a person said of a pattern last. */
export const PatternReview = z.object({ dismissed: z.boolean(), by: z.string(), at: z.string() });
/** As read for a review: the figures, and the word of the last reviewer. */
export const ReviewedPattern = LearnedPattern.extend({ review: PatternReview.nullable() });
export type ReviewedPattern = z.infer<typeof ReviewedPattern>;
export const LearnedList = z.object({ items: z.array(ReviewedPattern) });
/** `dismissed: true`: it is no cause, and is offered no more; `false` takes that back. */
export const PatternReviewIn = Pattern.extend({ dismissed: z.boolean() });
export type PatternReviewIn = z.infer<typeof PatternReviewIn>;

/** The patterns that one Supplier's Alerts have shown, by `patternKey`. */
export type LearnedPatterns = ReadonlyMap<string, LearnedPattern>;

/** "seen after 412 of 430": in words, for a candidate and for a review. */
export function spellFrequency({ withinSeconds, seen, of, byChance, lift, low, high }: Frequency): string {
	const chance = byChance < 0.5 ? 'less than 1' : spell(Math.round(byChance));
	const figures = `seen before ${spell(seen)} of ${spell(of)} such Alerts within ${spellSeconds(withinSeconds)}; by chance ${chance}`;
	return low > 1
		? `${figures} (${times(lift)} times as often, 95 % interval ${times(low)} to ${times(high)})`
		: `${figures}: no more than by chance`;
}

/** An Alert as read, its candidates with the figures as they are now. */
export function withFrequencies(alert: Alert, patterns: LearnedPatterns): Alert {
	if (patterns.size === 0 || alert.candidates.length === 0 || alert.deviceType === null) return alert;
	const { deviceType, code } = alert;
	const candidates = alert.candidates.map((candidate) => {
		const pattern = patterns.get(patternKey({ ...candidate, deviceType: deviceType!, code }));
		if (!pattern || candidate.tier === 'exact') return candidate;
		const reason: Reason = { code: 'frequency', text: spellFrequency(pattern) };
		return { ...candidate, reasons: [...candidate.reasons, reason] };
	});
	return { ...alert, candidates };
}

const spell = (n: number): string => n.toLocaleString('en-GB');
const times = (n: number): string => (n >= 10 ? spell(Math.round(n)) : n.toFixed(1));

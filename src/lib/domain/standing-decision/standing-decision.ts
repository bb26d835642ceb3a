// Defines a standing decision as a Supplier reads it: its state, its use, its preview and its history.
import { z } from 'zod';
import { Alert } from '../alert.ts';
import { Verdict } from '../decision.ts';
import { RecordId } from '../record-id.ts';
import { StandingWhen } from './rule.ts';

/** `paused`: people reopened too many of its last Alerts. It decides again when a person resumes it. */
export const StandingState = z.enum(['proposed', 'active', 'paused', 'ended', 'expired']);
export type StandingState = z.infer<typeof StandingState>;

/** The instants that give the state of a standing decision (epoch ms); `null`: it did not happen. */
export interface StandingInstants {
	expiresAt: number;
	activatedAt: number | null;
	/** `null`: the standing decision is not paused, or was resumed. */
	pausedAt: number | null;
	endedAt: number | null;
}

/** Returns the state at the instant `now` (epoch ms). */
export function stateOf(
	{ expiresAt, activatedAt, pausedAt, endedAt }: StandingInstants,
	now: number
): StandingState {
	if (endedAt !== null) return 'ended';
	if (now >= expiresAt) return 'expired';
	if (activatedAt === null) return 'proposed';
	return pausedAt === null ? 'active' : 'paused';
}

/** A standing decision pauses itself if people reopened `REOPENED_TO_PAUSE` of its last `MATCHES_TO_JUDGE` Alerts. */
export const MATCHES_TO_JUDGE = 50;
export const REOPENED_TO_PAUSE = 3;

/**
 * Returns how many of the last Alerts people reopened if the standing decision must pause; `null`: it goes on.
 * `reopened`: for each Alert that it decided, the newest first, whether a person reopened it since the last resumption.
 */
export function reopenedTooOften(reopened: readonly boolean[]): number | null {
	const count = reopened.slice(0, MATCHES_TO_JUDGE).filter(Boolean).length;
	return count >= REOPENED_TO_PAUSE ? count : null;
}

/** Says why a standing decision paused itself. */
export const pausedText = (reopened: number): string =>
	`People reopened ${reopened} of the last ${MATCHES_TO_JUDGE} Alerts that it decided`;

/** The name of a standing decision as the author of a decision. */
export const standingName = (id: string | number): string => `standing decision ${id}`;

/** The way by which a standing decision decides, beside the ways of people. */
export const STANDING_CHANNEL = 'standing';

export const PREVIEW_DAYS = 30;
export const MAX_EXAMPLES = 20;

/** What a standing decision would have decided in the last 30 days, and what people decided instead. */
export const StandingPreview = z
	.object({
		days: z.literal(PREVIEW_DAYS),
		/** The end of the 30 days. Send it with the activation, so that Alerts that arrived since do not count. */
		asOf: z.string(),
		matched: z.number().int(),
		/** Alerts that people decided actionable. Decisions of standing decisions count as undecided. */
		decidedActionable: z.number().int(),
		decidedIgnorable: z.number().int(),
		undecided: z.number().int(),
		/** At most 20 Alerts. Those that people decided against the standing decision come first. */
		examples: z.array(Alert)
	})
	.meta({ id: 'StandingPreview' });
export type StandingPreview = z.infer<typeof StandingPreview>;

const Author = z.object({ id: z.string(), name: z.string(), at: z.string() });

const StandingUse = z.object({
	/** The number of Alerts that it decided, and how many of them people reopened or decided otherwise. */
	matched: z.number().int(),
	reopened: z.number().int(),
	/** The number of Alerts that came back to the desk, because later evidence no longer fits. */
	withdrawn: z.number().int(),
	lastMatchAt: z.string().nullable()
});

const StandingEvent = z.object({
	kind: z.enum(['proposed', 'activated', 'paused', 'resumed', 'ended']),
	at: z.string(),
	/** `null`: the standing decision paused itself. */
	by: z.string().nullable(),
	note: z.string().nullable(),
	/** The counts at that time: those of the preview, or those of the use. */
	counts: z.record(z.string(), z.number()).nullable()
});

export const StandingDecision = z
	.object({
		id: z.string(),
		state: StandingState,
		when: StandingWhen,
		verdict: Verdict,
		reason: z.string(),
		note: z.string().nullable(),
		expiresAt: z.string(),
		/** Whole days until the end, rounded up; 0: the end has passed. */
		daysLeft: z.number().int(),
		proposed: Author,
		/** `null`: nobody has activated it. */
		activated: Author.nullable(),
		ended: Author.nullable(),
		/** Why it paused itself; `null`: it is not paused. */
		paused: z.object({ at: z.string(), why: z.string() }).nullable(),
		use: StandingUse,
		/** The preview that the proposer saw, without its examples. */
		preview: StandingPreview.omit({ examples: true }),
		/** What happened to it, the oldest first. */
		history: z.array(StandingEvent)
	})
	.meta({ id: 'StandingDecision' });
export type StandingDecision = z.infer<typeof StandingDecision>;

/** An Alert that a standing decision decided. `reopenedAt`: a person reopened it or decided it otherwise. */
const StandingMatch = z.object({
	alert: Alert,
	matchedAt: z.string(),
	reopenedAt: z.string().nullable(),
	reopenedBy: z.string().nullable(),
	withdrawnAt: z.string().nullable()
});

export const StandingMatches = z
	.object({ items: z.array(StandingMatch), nextCursor: z.string().nullable() })
	.meta({ id: 'StandingMatches' });
export type StandingMatches = z.infer<typeof StandingMatches>;

export const StandingMatchQuery = z.object({
	/** `true`: only Alerts that people reopened or decided otherwise. */
	reopened: z.enum(['true', 'false']).optional(),
	limit: z.coerce.number().int().min(1).max(200).optional(),
	/** The `nextCursor` of the page before. */
	cursor: RecordId.optional()
});

/** The activation by a second person. `confirm`: the number of Alerts in the preview that the person saw. */
export const ActivateIn = z
	.object({
		confirm: z.number().int().nonnegative(),
		/** The `asOf` of the preview that the person saw, at most an hour ago; absent: the 30 days end now. */
		asOf: z.iso.datetime({ offset: true, error: 'must be the asOf of a preview' }).optional()
	})
	.meta({ id: 'StandingActivateIn' });

export const StandingNoteIn = z.object({
	note: z.string().trim().min(1, 'must say why').max(2000)
});

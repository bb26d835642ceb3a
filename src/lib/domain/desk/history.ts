// Defines the history of an Alert: who decided, reopened, shelved, assigned or disagreed, and when.
import { z } from 'zod';
import { Verdict } from '../decision.ts';
import { Assignee } from './assignment.ts';

/** `returned`: the Alert came back from the shelf. `agreed`: the person took the disagreement back. */
export const HistoryKind = z.enum([
	'decided',
	'reopened',
	'shelved',
	'returned',
	'assigned',
	'unassigned',
	'disagreed',
	'agreed'
]);
export type HistoryKind = z.infer<typeof HistoryKind>;

/** Why an Alert came back from the shelf. */
export const ReturnReason = z.enum(['time', 'evidence', 'person', 'decision']);

export const HistoryEntry = z
	.object({
		kind: HistoryKind,
		at: z.string(),
		/** `null`: Causeway did it by itself. */
		by: z.string().nullable(),
		/** The version of the Alert that the person saw, or that the action made. */
		version: z.number().int(),
		/** The verdict and the reason code of a decision. */
		verdict: Verdict.nullable(),
		reason: z.string().nullable(),
		note: z.string().nullable(),
		/** Until when the Alert was shelved. */
		until: z.string().nullable(),
		/** Why the Alert came back from the shelf. */
		why: ReturnReason.nullable(),
		/** The person who was given the Alert. */
		assignee: Assignee.nullable()
	})
	.meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const HistoryPage = z.object({
	items: z.array(HistoryEntry),
	/** `null`: there are no older entries. */
	nextCursor: z.string().nullable()
});
export type HistoryPage = z.infer<typeof HistoryPage>;

const CURSOR_RULE = 'must be the nextCursor of an answer';

/** A place in the history: the instant in microseconds, the table and the row. */
const HistoryCursor = z
	.string(CURSOR_RULE)
	.regex(/^\d{1,17}\.[1-3]\.\d{1,18}$/, CURSOR_RULE)
	.transform((text) => {
		const [micros, source, id] = text.split('.') as [string, string, string];
		return { micros, source: Number(source), id };
	});

export const HistoryQuery = z.object({
	limit: z.coerce.number().int().min(1).max(200).default(50),
	cursor: HistoryCursor.optional()
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

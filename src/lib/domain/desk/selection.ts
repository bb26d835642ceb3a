// Defines a selection: the Alerts that match some filters at one instant, with the versions they have then. A person
// acts on exactly these Alerts, however the list changes afterwards.
import { z } from 'zod';
import { AlertFilters } from '../alert-filter.ts';
import { checkReason, DecisionFields, DecisionResult } from '../decision.ts';
import { RecordId } from '../record-id.ts';

/** The greatest number of Alerts of a selection. */
export const MOST_SELECTED = 50_000;
/** The time in which an action on a selection must start. */
export const SELECTION_MINUTES = 15;

/** The filters of a selection. An unknown field is refused, because a misspelt filter would select too much. */
export const SelectionIn = z
	.strictObject(AlertFilters.omit({ sort: true, limit: true, cursor: true }).shape)
	.meta({ id: 'SelectionIn' });
export type SelectionIn = z.infer<typeof SelectionIn>;

export const Selection = z
	.object({
		id: RecordId,
		/** When the Alerts were selected. */
		at: z.string(),
		/** No action starts after this time. */
		expiresAt: z.string(),
		/** The number of selected Alerts. */
		count: z.number().int(),
		/** `frozen`: an action may start. `expired`: no action has started in time. */
		state: z.enum(['frozen', 'running', 'done', 'expired']),
		/** The number of Alerts on which the action is done so far. */
		done: z.number().int(),
		/** The number of Alerts so far that changed after the selection. The action left these Alerts as they are. */
		conflicts: z.number().int(),
		/** The number of Alerts so far for which the action is not allowed. */
		refused: z.number().int(),
		/** When the action started and ended; `null`: it has not. */
		startedAt: z.string().nullable(),
		endedAt: z.string().nullable()
	})
	.meta({ id: 'Selection' });
export type Selection = z.infer<typeof Selection>;

/** An Alert that the action left as it is. */
export const LeftOut = z.object({
	id: z.string(),
	/** The current version; `null`: this Supplier no longer has the Alert. */
	version: z.number().int().nullable(),
	/** A sentence that says why. */
	why: z.string()
});
export type LeftOut = z.infer<typeof LeftOut>;

/** The result of a bulk call that may be refused for single Alerts. */
export const DeskResult = DecisionResult.extend({ refused: z.array(LeftOut) });

export const LeftOutPage = z.object({ items: z.array(LeftOut), nextCursor: z.string().nullable() });
export type LeftOutPage = z.infer<typeof LeftOutPage>;

export const LeftOutQuery = z.object({
	/** The `nextCursor` of the page before. */
	cursor: z
		.string()
		.regex(/^\d{1,6}$/, 'must be the nextCursor of a page')
		.optional()
});

/** A decision on a selection, as a client sends it. */
export const SelectionDecisionIn = z
	.object({ selection: RecordId, ...DecisionFields })
	.superRefine(checkReason);

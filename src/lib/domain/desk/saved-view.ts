// Defines a view of the list that a person saved, and how far a person has looked at a view.
import { z } from 'zod';
import { FacetFilters } from '../alert-facets.ts';
import { RecordId } from '../record-id.ts';
import { VIEW_NAMES, narrow, viewNamed } from './list-view.ts';

/** The greatest number of views that one person may have saved. */
export const MOST_VIEWS = 50;

/** A view as a client sends it. An unknown filter is refused, because a misspelt filter would show too much. */
export const SavedViewIn = z
	.object({
		name: z
			.string()
			.trim()
			.min(1)
			.max(60)
			.regex(/^[^\0]*$/, 'must not have a NUL character'),
		/** The view that the filters narrow. It also gives the order. */
		base: z.enum(VIEW_NAMES),
		filters: z.strictObject(FacetFilters.shape),
		/** Whether all people of the Supplier have the view in their list. */
		shared: z.boolean().default(false)
	})
	.superRefine(({ base, filters }, ctx) => {
		for (const name of narrow(viewNamed(base).filters, filters).fixed)
			ctx.addIssue({
				code: 'custom',
				path: ['filters', name],
				message: 'is set by the base; choose another base, such as all'
			});
	})
	.meta({ id: 'SavedViewIn' });
export type SavedViewIn = z.infer<typeof SavedViewIn>;

export const SavedView = z
	.object({
		id: z.string(),
		name: z.string(),
		base: z.enum(VIEW_NAMES),
		/** The filters that narrow the base, as `FacetFilters`. */
		filters: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])),
		shared: z.boolean(),
		/** Who saved the view. */
		owner: z.string(),
		/** Whether the caller may change and delete the view. */
		mayChange: z.boolean()
	})
	.meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof SavedView>;

/** How far the caller has looked at a view. */
export const ViewLook = z.object({
	/** The name of a view that every desk has, or the id of a saved view. */
	view: z.string(),
	/** The caller has seen the Alerts up to this id. */
	seenId: RecordId,
	lookedAt: z.string()
});
export type ViewLook = z.infer<typeof ViewLook>;

export const ViewList = z
	.object({
		/** The views that every desk has. */
		names: z.array(z.enum(VIEW_NAMES)),
		/** The saved views of the caller, and the shared ones. */
		items: z.array(SavedView),
		/** The views at which the caller has looked. */
		looks: z.array(ViewLook)
	})
	.meta({ id: 'ViewList' });
export type ViewList = z.infer<typeof ViewList>;

export const LookIn = z.object({ seenId: RecordId }).meta({ id: 'LookIn' });

export const ViewCounts = z
	.object({
		/** The Alerts of the view with priority 1 to 3 that need a decision. `null`: counting took too long. */
		open: z.number().int().nullable(),
		/**
		 * Those that have arrived since the caller last looked. `null`: the caller has never looked, or counting took too
		 * long.
		 */
		new: z.number().int().nullable()
	})
	.meta({ id: 'ViewCounts' });
export type ViewCounts = z.infer<typeof ViewCounts>;

// Defines the facets of a list of Alerts: how many Alerts each value of a filter would show.
import { z } from 'zod';
import { AlertFilters } from './alert-filter.ts';

/** The filters of a count of facets: those of the list, without its order and its pages. */
export const FacetFilters = AlertFilters.omit({ sort: true, limit: true, cursor: true });
export type FacetFilters = z.infer<typeof FacetFilters>;

export const FACETS = [
	'code',
	'category',
	'explanation',
	'tier',
	'role',
	'user',
	'model',
	'firmware',
	'area',
	'age'
] as const;
export const Facet = z.enum(FACETS);
export type Facet = z.infer<typeof Facet>;

/** The resolved filters that belong to a facet. The counts of the facet ignore them. */
export const FILTERS_OF_FACET = {
	code: ['code', 'notCode'],
	category: ['category', 'notCategory'],
	explanation: ['explanation', 'notExplanation'],
	tier: ['tier', 'notTier'],
	role: ['role', 'notRole'],
	user: ['user', 'notUser'],
	model: ['model', 'notModel'],
	firmware: ['firmware', 'notFirmware'],
	area: ['area', 'notArea'],
	age: ['since', 'until']
} as const satisfies Record<Facet, ReadonlyArray<keyof FacetFilters>>;

/** The classes of the age of an Alert, each with the hours in which it ends. An older Alert is in the class `older`. */
export const AGE_CLASSES = [
	['under-1-hour', 1],
	['under-1-day', 24],
	['under-7-days', 24 * 7],
	['under-30-days', 24 * 30]
] as const;
export const OLDER = 'older';

/** The greatest number of values of a facet in an answer. */
export const MAX_FACET_VALUES = 100;

const FacetCounts = z.object({
	/** The most frequent value first. An Alert without a value of this facet is in no count. */
	values: z.array(z.object({ value: z.string(), name: z.string().nullable(), alerts: z.number().int() })),
	/** Whether the facet has more values than the answer lists. */
	more: z.boolean()
});
export type FacetCounts = z.infer<typeof FacetCounts>;

export const AlertFacets = z
	.object({
		/** The number of Alerts that all filters let through. */
		total: z.number().int(),
		/** Whether the time was too short to count all Alerts. All numbers then mean "at least": the newest were counted. */
		atLeast: z.boolean(),
		/**
		 * The counts of each facet under the filters of all other facets. `model` and `firmware` count the Devices that the
		 * Supplier has now.
		 */
		facets: z.record(Facet, FacetCounts)
	})
	.meta({ id: 'AlertFacets' });
export type AlertFacets = z.infer<typeof AlertFacets>;

// Defines the views of the Alert list. Each view is a set of filters, and the address names the view by `view=`.
import { AlertFilters, matches } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { firstFieldError } from '#lib/domain/field-errors.ts';
import type { View } from './alert-rows.ts';

/**
 * The filters of the desk: Alerts that are undecided or must be rechecked, are not shelved, and are not journal (priority
 * 4). The browser stores the whole desk.
 */
export const DESK_FILTERS = {
	decision: 'open',
	priority: 3,
	shelved: 'false'
} as const satisfies AlertFilters;
export const isOnDesk = (alert: Alert): boolean => matches(alert, DESK_FILTERS);

interface NamedView {
	label: string;
	filters: AlertFilters;
	order: View['order'];
	/** The text that an empty list shows. */
	emptyText: string;
}

export const VIEWS = {
	'needs-decision': {
		label: 'Needs decision',
		filters: DESK_FILTERS,
		order: 'desk',
		emptyText: 'Nothing needs a decision.'
	},
	security: {
		label: 'Security',
		filters: { ...DESK_FILTERS, category: ['security'] },
		order: 'desk',
		emptyText: 'No security Alert needs a decision.'
	},
	explained: {
		label: 'Explained',
		filters: { ...DESK_FILTERS, explanation: ['exact', 'likely'] },
		order: 'desk',
		emptyText: 'No explained Alert needs a decision.'
	},
	unexplained: {
		label: 'Unexplained',
		filters: { ...DESK_FILTERS, explanation: ['unexplained', 'not-command', 'ambiguous', 'out-of-scope'] },
		order: 'desk',
		emptyText: 'No unexplained Alert needs a decision.'
	},
	shelved: {
		label: 'Shelved',
		filters: { shelved: 'true' },
		order: 'newest',
		emptyText: 'Nothing is shelved.'
	},
	decided: {
		label: 'Decided',
		filters: { decision: 'any' },
		order: 'newest',
		emptyText: 'Nothing has been decided yet.'
	},
	all: { label: 'All Alerts', filters: {}, order: 'newest', emptyText: 'No Alert has arrived yet.' }
} satisfies Record<string, NamedView>;

export type ViewName = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];
export const DESK_VIEWS = VIEW_NAMES.filter((name) => VIEWS[name].order === 'desk');

/** The filters that a person can add to a view. Each added filter is a parameter of the address. */
export const FILTER_NAMES = ['explanation', 'code', 'device', 'hub', 'role', 'user', 'q'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

export interface ListQuery {
	view: ViewName;
	/** The added filters as the address has them. */
	given: Partial<Record<FilterName, string>>;
	/** The filters of the view together with the valid added filters. */
	filters: AlertFilters;
	/** The added filters that are not valid, each with the reason. */
	faults: Partial<Record<FilterName, string>>;
}

/**
 * Reads the view and the filters from the address. Leaves out a filter that is not valid, and reports this filter in
 * `faults`.
 */
export function readQuery(params: { get(name: string): string | null }): ListQuery {
	const named = params.get('view');
	const view = VIEW_NAMES.find((name) => name === named) ?? 'needs-decision';
	const given: ListQuery['given'] = {};
	const faults: ListQuery['faults'] = {};
	let filters: AlertFilters = VIEWS[view].filters;
	for (const name of FILTER_NAMES) {
		const value = params.get(name)?.trim();
		if (!value) continue;
		given[name] = value;
		const read = AlertFilters.safeParse({ [name]: value });
		if (!read.success) faults[name] = firstFieldError(read.error, { [name]: value });
		else if (name === 'explanation' && filters.explanation)
			filters = {
				...filters,
				explanation: filters.explanation.filter((kind) => read.data.explanation?.includes(kind))
			};
		else filters = { ...filters, ...read.data };
	}
	return { view, given, filters, faults };
}

/** Builds the rules of the list for an address: which Alerts belong to the list, and in which order. */
export const viewOf = ({ view, filters }: Pick<ListQuery, 'view' | 'filters'>): View => ({
	// An empty list of explanations matches no Alert; a missing list matches every Alert.
	belongs: (alert) => filters.explanation?.length !== 0 && matches(alert, filters),
	order: VIEWS[view].order
});

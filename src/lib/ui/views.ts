// The views of the desk: each is a set of filters, in the address bar as `view=`.
import { AlertFilters, matches } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { View } from './alert-rows.ts';

/** What is on the desk: undecided or to be looked at again, and not mere journal. The browser holds all of it. */
export const DESK: AlertFilters = { decision: 'open', priority: 3 };
export const isOnDesk = (alert: Alert): boolean => matches(alert, DESK);

interface NamedView {
	label: string;
	filters: AlertFilters;
	order: View['order'];
	/** What an empty list says. */
	empty: string;
}

export const VIEWS = {
	'needs-decision': {
		label: 'Needs decision',
		filters: DESK,
		order: 'desk',
		empty: 'Nothing needs a decision.'
	},
	security: {
		label: 'Security',
		filters: { ...DESK, category: 'security' },
		order: 'desk',
		empty: 'No security Alert needs a decision.'
	},
	explained: {
		label: 'Explained',
		filters: { ...DESK, explanation: ['exact', 'likely'] },
		order: 'desk',
		empty: 'No explained Alert waits for a decision.'
	},
	unexplained: {
		label: 'Unexplained',
		filters: { ...DESK, explanation: ['unexplained', 'not-command', 'ambiguous', 'out-of-scope'] },
		order: 'desk',
		empty: 'No unexplained Alert waits for a decision.'
	},
	decided: {
		label: 'Decided',
		filters: { decision: 'any' },
		order: 'newest',
		empty: 'Nothing has been decided yet.'
	},
	all: { label: 'All Alerts', filters: {}, order: 'newest', empty: 'No Alert has arrived yet.' }
} as const satisfies Record<string, NamedView>;

export type ViewName = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as ViewName[];
export const DESK_VIEWS = VIEW_NAMES.filter((name) => VIEWS[name].order === 'desk');

/** The filters that a reader sets beside the view; each is a parameter of the address. */
export const FILTER_NAMES = ['explanation', 'code', 'device', 'hub', 'role', 'user', 'q'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

export interface ListQuery {
	view: ViewName;
	/** As written in the address. */
	given: Partial<Record<FilterName, string>>;
	/** View and given filters together. */
	filters: AlertFilters;
	/** Given filters that cannot be understood, with the reason. */
	faults: Partial<Record<FilterName, string>>;
}

/** Reads the address. A filter that cannot be understood is left out and said, not guessed. */
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
		if (!read.success) faults[name] = read.error.issues[0]?.message ?? 'cannot be understood';
		else if (name === 'explanation' && filters.explanation)
			filters = {
				...filters,
				explanation: filters.explanation.filter((kind) => read.data.explanation?.includes(kind))
			};
		else filters = { ...filters, ...read.data };
	}
	return { view, given, filters, faults };
}

/** The list rules for an address: what belongs, in which order. */
export const viewOf = ({ view, filters }: Pick<ListQuery, 'view' | 'filters'>): View => ({
	// An empty intersection of explanations matches nothing, where an absent filter matches everything.
	belongs: (alert) => filters.explanation?.length !== 0 && matches(alert, filters),
	order: VIEWS[view].order
});

// Defines the views that every desk has. A view is a set of filters with an order; people narrow it by further filters.
import { VALUE_FILTERS, type AlertFilters } from '../alert-filter.ts';

/**
 * The filters of the desk: Alerts that are undecided or must be rechecked, are not shelved, and are not journal (priority
 * 4). The browser stores the whole desk.
 */
export const DESK_FILTERS = {
	decision: 'open',
	priority: 3,
	shelved: 'false'
} as const satisfies AlertFilters;

/**
 * `desk`: bands of priority, inside a band the oldest arrival first, and the rows of an episode together. `newest`: the
 * newest arrival first.
 */
export type ViewOrder = 'desk' | 'newest';
interface ListView {
	filters: AlertFilters;
	order: ViewOrder;
}

const onDesk = (filters: AlertFilters = {}): ListView => ({
	filters: { ...DESK_FILTERS, ...filters },
	order: 'desk'
});
const newestOf = (filters: AlertFilters): ListView => ({ filters, order: 'newest' });

export const VIEWS = {
	'needs-decision': onDesk(),
	mine: onDesk({ assignee: 'me' }),
	security: onDesk({ category: ['security'] }),
	explained: onDesk({ explanation: ['exact', 'likely'] }),
	unexplained: onDesk({ explanation: ['unexplained', 'not-command', 'ambiguous', 'out-of-scope'] }),
	shelved: newestOf({ shelved: 'true' }),
	// Acknowledged in the terms of ISA-18.2: a person decided the Alert actionable (alert-state.ts).
	acknowledged: newestOf({ decision: 'actionable', decidedOlderThan: '4h' }),
	decided: newestOf({ decision: 'any' }),
	journal: newestOf({ priorityFrom: 4 }),
	all: newestOf({})
} satisfies Record<string, ListView>;

export type ViewName = keyof typeof VIEWS;
export const VIEW_NAMES = Object.keys(VIEWS) as [ViewName, ...ViewName[]];
export const isViewName = (text: string): text is ViewName => Object.hasOwn(VIEWS, text);
export const viewNamed = (name: ViewName): ListView => VIEWS[name];

/**
 * Narrows the filters of a view. `unmet`: no Alert can pass both. `fixed`: the names of the filters that the view sets
 * and that cannot be narrowed; these are left out.
 */
export function narrow(
	view: AlertFilters,
	given: AlertFilters
): { filters: AlertFilters; unmet: boolean; fixed: Array<keyof AlertFilters> } {
	const filters: Record<string, unknown> = { ...view };
	const fixed: Array<keyof AlertFilters> = [];
	let unmet = false;
	for (const [key, value] of Object.entries(given)) {
		const name = key as keyof AlertFilters;
		const held = view[name];
		if (held === undefined || held === value) filters[name] = value;
		else if ((VALUE_FILTERS as string[]).includes(name)) {
			const both = (held as string[]).filter((one) => (value as string[]).includes(one));
			filters[name] = both;
			if (both.length === 0) unmet = true;
		} else if (name === 'priority') filters[name] = Math.min(held as number, value as number);
		else if (name === 'priorityFrom') filters[name] = Math.max(held as number, value as number);
		else fixed.push(name);
	}
	return { filters: filters as AlertFilters, unmet, fixed };
}

// Names the views of the Alert list, and reads the view and the filters that an address names.
import { AlertFilters, exclusionOf, matches, resolveFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { DESK_FILTERS, VIEW_NAMES, narrow, viewNamed, type ViewName } from '#lib/domain/desk/list-view.ts';
import * as messages from '#messages/views.ts';
import type { View } from './alert-rows.ts';
import { FIELDS, type FilterName, type Given } from './alert-query/fields.ts';
import { faultOf, isListed } from './alert-query/read-query.ts';

export { DESK_FILTERS, VIEW_NAMES, type ViewName } from '#lib/domain/desk/list-view.ts';
export const isOnDesk = (alert: Alert): boolean => matches(alert, DESK_FILTERS);

const VIEW_TEXTS: Record<ViewName, { name: () => string; empty: () => string }> = {
	'needs-decision': { name: messages.needs_decision, empty: messages.needs_decision_empty },
	mine: { name: messages.mine, empty: messages.mine_empty },
	security: { name: messages.security, empty: messages.security_empty },
	explained: { name: messages.explained, empty: messages.explained_empty },
	unexplained: { name: messages.unexplained, empty: messages.unexplained_empty },
	shelved: { name: messages.shelved, empty: messages.shelved_empty },
	acknowledged: { name: messages.acknowledged, empty: messages.acknowledged_empty },
	decided: { name: messages.decided, empty: messages.decided_empty },
	journal: { name: messages.journal, empty: messages.journal_empty },
	all: { name: messages.all, empty: messages.all_empty }
};
export const viewName = (view: ViewName): string => VIEW_TEXTS[view].name();
/** Says that the list of a view is empty. */
export const emptyText = (view: ViewName): string => VIEW_TEXTS[view].empty();
export const DESK_VIEWS = VIEW_NAMES.filter((name) => viewNamed(name).order === 'desk');

/** The filters that a person can add to a view. Each added filter is a parameter of the address. */
export const FILTER_NAMES: readonly FilterName[] = [
	...Object.values(FIELDS).flatMap((field): FilterName[] =>
		field.kind === 'values'
			? [field.filter, exclusionOf(field.filter)]
			: field.kind === 'one'
				? [field.filter]
				: field.kind === 'range'
					? [field.least, field.most]
					: [field.more, ...(field.less ? [field.less] : [])]
	),
	'q'
];

export interface ListQuery {
	view: ViewName;
	/** The id of the saved view that the address names; `null`: none. */
	saved: string | null;
	/** The added filters as the address has them. */
	given: Given;
	/** The filters of the view together with the valid added filters. */
	filters: AlertFilters;
	/** Whether no Alert can pass both the view and the added filters. */
	unmet: boolean;
	/** What is wrong with the added filters that were left out, as sentences. */
	faults: readonly string[];
}

interface Params {
	get(name: string): string | null;
	getAll(name: string): string[];
}

/** Filters whose values contain no comma stand in one parameter. The others repeat their parameter. */
const WITH_COMMAS: ReadonlySet<string> = new Set(
	['model', 'firmware', 'area'].flatMap((name) => [name, exclusionOf(name as 'model')])
);

/**
 * Reads the view and the filters from the address. Leaves out a filter that is not valid, and reports it in `faults`.
 */
export function readQuery(params: Params): ListQuery {
	const named = params.get('view');
	const view = VIEW_NAMES.find((name) => name === named) ?? 'needs-decision';
	const given: Partial<Record<FilterName, string[]>> = {};
	const faults: string[] = [];
	for (const name of FILTER_NAMES) {
		const all = params
			.getAll(name)
			.flatMap((value) => (isListed(name) && !WITH_COMMAS.has(name) ? value.split(',') : [value]));
		const values = [...new Set(all.map((value) => value.trim()).filter(Boolean))];
		if (values.length === 0) continue;
		const kept = isListed(name) ? values : values.slice(0, 1);
		const wrong = kept.map((value) => faultOf(name, value)).find((fault) => fault !== null);
		if (wrong) faults.push(messages.filter_wrong({ filter: name, fault: wrong }));
		else given[name] = kept;
	}
	const { filters, unmet, fixed } = narrow(viewNamed(view).filters, toFilters(given));
	for (const name of fixed)
		faults.push(messages.filter_fixed({ filter: name, view: viewName(view), all: viewName('all') }));
	const saved = params.get('saved');
	return { view, saved: saved && /^\d{1,9}$/.test(saved) ? saved : null, given, filters, unmet, faults };
}

/** Returns valid filters as the API takes them. */
export const toFilters = (given: Given): AlertFilters =>
	AlertFilters.parse(
		Object.fromEntries(
			Object.entries(given).map(([name, values]) => [name, isListed(name) ? values : values[0]])
		)
	);

/** Returns filters as an address has them. */
export const toGiven = (filters: AlertFilters): Given =>
	Object.fromEntries(
		Object.entries(filters).map(([name, value]) => [name, Array.isArray(value) ? value : [String(value)]])
	);

/** Writes filters as parameters of an address. */
export function toParams(filters: AlertFilters): URLSearchParams {
	const params = new URLSearchParams();
	for (const [name, value] of Object.entries(filters))
		if (WITH_COMMAS.has(name)) for (const one of value as string[]) params.append(name, one);
		else if (value !== undefined) params.set(name, String(value));
	return params;
}

/** Returns the address of the list with these added filters in the place of those that it has. */
export function withGiven(url: URL, given: Given): URL {
	const to = new URL(url);
	for (const name of FILTER_NAMES) to.searchParams.delete(name);
	for (const [name, values] of Object.entries(given))
		if (WITH_COMMAS.has(name)) for (const one of values) to.searchParams.append(name, one);
		else if (values.length > 0) to.searchParams.set(name, values.join(','));
	return to;
}

/** Says who looks at the list, and when. */
export interface Looking {
	callerId: string;
	nowMs: number;
}

/** Returns whether the list changes with the time alone. */
export const hasAges = ({ olderThan, newerThan, decidedOlderThan }: AlertFilters): boolean =>
	(olderThan ?? newerThan ?? decidedOlderThan) !== undefined;

/** Builds the rules of the list for an address: which Alerts belong to the list, and in which order. */
export function viewOf(
	{ view, filters, unmet }: Pick<ListQuery, 'view' | 'filters' | 'unmet'>,
	looking: () => Looking
): View {
	const isFixed = !hasAges(filters);
	const first = resolveFilters(filters, looking());
	return {
		belongs: (alert) => !unmet && matches(alert, isFixed ? first : resolveFilters(filters, looking())),
		order: viewNamed(view).order
	};
}

// Lists the fields of the query box, and which filters of the list each of them sets.
import type { AlertFilters, ValueFilter } from '#lib/domain/alert-filter.ts';
import type { Facet } from '#lib/domain/alert-facets.ts';

export type FilterName = Exclude<keyof AlertFilters, 'sort' | 'limit' | 'cursor'>;
/** The filters that a person adds to a view, each with its values as the address has them. */
export type Given = Readonly<Partial<Record<FilterName, readonly string[]>>>;

export type Field = { help: string; example: string } & (
	| { kind: 'values'; filter: ValueFilter }
	| { kind: 'one'; filter: FilterName; options?: readonly string[] }
	/** `least` and `most` are the filters of `>=` and `<=`; a plain number sets both. */
	| { kind: 'range'; least: FilterName; most: FilterName; options: readonly string[] }
	/** `less: null`: the field has no `<`. */
	| { kind: 'age'; more: FilterName; less: FilterName | null }
);

const values = (filter: ValueFilter, help: string, example: string): Field => ({
	kind: 'values',
	filter,
	help,
	example
});

export const FIELDS: Readonly<Record<string, Field>> = {
	code: values('code', 'Alert code', 'code:8F3E,8F30'),
	category: values('category', 'category of the code', 'category:security'),
	explanation: values('explanation', 'conclusion of the machine', 'explanation:unexplained'),
	tier: values('tier', 'tier of the best candidate', 'tier:exact'),
	role: values('role', 'role of a candidate, or own', '-role:own'),
	user: values('user', 'User of a candidate', 'user:90-B3-D5-1F-30-02-00-01'),
	model: values('model', 'model of the Device', 'model:"Storm 9"'),
	firmware: values('firmware', 'firmware of the Device', 'firmware:2.10'),
	area: values('area', 'area of the Device', 'area:"North East"'),
	age: {
		kind: 'age',
		more: 'olderThan',
		less: 'newerThan',
		help: 'how long ago it happened: m, h or d',
		example: 'age:>2h'
	},
	priority: {
		kind: 'range',
		least: 'priorityFrom',
		most: 'priority',
		options: ['1', '2', '3', '4'],
		help: 'priority, 1 is the most urgent',
		example: 'priority:<=2'
	},
	decision: {
		kind: 'one',
		filter: 'decision',
		options: ['open', 'none', 'any', 'actionable', 'ignorable', 'contradicted'],
		help: 'what a person decided',
		example: 'decision:none'
	},
	decided: {
		kind: 'age',
		more: 'decidedOlderThan',
		less: null,
		help: 'how long ago it was decided',
		example: 'decided:>4h'
	},
	assignee: {
		kind: 'one',
		filter: 'assignee',
		options: ['me', 'none'],
		help: 'who looks at it',
		example: 'assignee:me'
	},
	shelved: {
		kind: 'one',
		filter: 'shelved',
		options: ['true', 'false'],
		help: 'whether it is on the shelf',
		example: 'shelved:true'
	},
	device: { kind: 'one', filter: 'device', help: 'Device id', example: 'device:00-DB-12-34-56-78-90-A0' },
	hub: { kind: 'one', filter: 'hub', help: 'id of the hub', example: 'hub:00-DB-12-34-56-78-90-B0' },
	episode: { kind: 'one', filter: 'episode', help: 'number of the episode', example: 'episode:184467' },
	since: {
		kind: 'one',
		filter: 'since',
		help: 'from this time on (UTC)',
		example: 'since:2026-11-05T02:00:00Z'
	},
	until: {
		kind: 'one',
		filter: 'until',
		help: 'before this time (UTC)',
		example: 'until:2026-11-05T06:00:00Z'
	},
	'decided-until': {
		kind: 'one',
		filter: 'decidedUntil',
		help: 'decided before this time (UTC)',
		example: 'decided-until:2026-11-05T06:00:00Z'
	}
};

/** Returns the facet whose values a field has; `null`: the field has other values. */
export const facetOf = (field: Field): Exclude<Facet, 'age'> | null =>
	field.kind === 'values' ? field.filter : null;

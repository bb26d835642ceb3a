// Lists the fields of the query box, and which filters of the list each of them sets.
import type { AlertFilters, ValueFilter } from '#lib/domain/alert-filter.ts';
import type { Facet } from '#lib/domain/alert-facets.ts';
import * as messages from '#messages/find.ts';

export type FilterName = Exclude<keyof AlertFilters, 'sort' | 'limit' | 'cursor'>;
/** The filters that a person adds to a view, each with its values as the address has them. */
export type Given = Readonly<Partial<Record<FilterName, readonly string[]>>>;

/** `help`: says what the field means. `example`: a term with the field. */
export type Field = { help: () => string; example: string } & (
	| { kind: 'values'; filter: ValueFilter }
	| { kind: 'one'; filter: FilterName; options?: readonly string[] }
	/** `least` and `most` are the filters of `>=` and `<=`; a plain number sets both. */
	| { kind: 'range'; least: FilterName; most: FilterName; options: readonly string[] }
	/** `less: null`: the field has no `<`. */
	| { kind: 'age'; more: FilterName; less: FilterName | null }
);

const values = (filter: ValueFilter, help: () => string, example: string): Field => ({
	kind: 'values',
	filter,
	help,
	example
});

export const FIELDS: Readonly<Record<string, Field>> = {
	code: values('code', messages.field_code, 'code:8F3E,8F30'),
	category: values('category', messages.field_category, 'category:security'),
	explanation: values('explanation', messages.field_explanation, 'explanation:unexplained'),
	tier: values('tier', messages.field_tier, 'tier:exact'),
	role: values('role', () => messages.field_role({ own: 'own' }), '-role:own'),
	user: values('user', messages.field_user, 'user:90-B3-D5-1F-30-02-00-01'),
	model: values('model', messages.field_model, 'model:"Storm 9"'),
	firmware: values('firmware', messages.field_firmware, 'firmware:2.10'),
	area: values('area', messages.field_area, 'area:"North East"'),
	age: {
		kind: 'age',
		more: 'olderThan',
		less: 'newerThan',
		help: messages.field_age,
		example: 'age:>2h'
	},
	priority: {
		kind: 'range',
		least: 'priorityFrom',
		most: 'priority',
		options: ['1', '2', '3', '4'],
		help: messages.field_priority,
		example: 'priority:<=2'
	},
	decision: {
		kind: 'one',
		filter: 'decision',
		options: ['open', 'none', 'any', 'actionable', 'ignorable', 'contradicted'],
		help: messages.field_decision,
		example: 'decision:none'
	},
	decided: {
		kind: 'age',
		more: 'decidedOlderThan',
		less: null,
		help: messages.field_decided,
		example: 'decided:>4h'
	},
	assignee: {
		kind: 'one',
		filter: 'assignee',
		options: ['me', 'none'],
		help: messages.field_assignee,
		example: 'assignee:me'
	},
	shelved: {
		kind: 'one',
		filter: 'shelved',
		options: ['true', 'false'],
		help: messages.field_shelved,
		example: 'shelved:true'
	},
	device: {
		kind: 'one',
		filter: 'device',
		help: messages.field_device,
		example: 'device:00-DB-12-34-56-78-90-A0'
	},
	hub: { kind: 'one', filter: 'hub', help: messages.field_hub, example: 'hub:00-DB-12-34-56-78-90-B0' },
	episode: { kind: 'one', filter: 'episode', help: messages.field_episode, example: 'episode:184467' },
	since: {
		kind: 'one',
		filter: 'since',
		help: messages.field_since,
		example: 'since:2026-11-05T02:00:00Z'
	},
	until: {
		kind: 'one',
		filter: 'until',
		help: messages.field_until,
		example: 'until:2026-11-05T06:00:00Z'
	},
	'decided-until': {
		kind: 'one',
		filter: 'decidedUntil',
		help: messages.field_decided_until,
		example: 'decided-until:2026-11-05T06:00:00Z'
	}
};

/** Returns the facet whose values a field has; `null`: the field has other values. */
export const facetOf = (field: Field): Exclude<Facet, 'age'> | null =>
	field.kind === 'values' ? field.filter : null;

// Reads the text of the query box: which filters it sets, and what is wrong with it, where, and what to do.
import { closest, distance } from 'fastest-levenshtein';
import { AlertFilters, exclusionOf } from '#lib/domain/alert-filter.ts';
import { firstFieldError } from '#lib/domain/field-errors.ts';
import * as messages from '#messages/find.ts';
import { FIELDS, type Field, type FilterName, type Given } from './fields.ts';
import { parse, type Place, type QueryTerm } from './parser.js';

export interface QueryFault extends Place {
	/** The rest of a sentence that begins with the place. */
	message: string;
	/** Whether the term may only be unfinished, as `code:` is. */
	isUnfinished: boolean;
}

export interface ReadText {
	given: Given;
	faults: QueryFault[];
}

/** The most letters by which a name may differ from the field that is meant. */
const MOST_DIFFERENT = 2;

/** Reads a text. The filters of faulty terms are left out. */
export function readText(text: string): ReadText {
	const given: Partial<Record<FilterName, string[]>> = {};
	const faults: QueryFault[] = [];
	const words: string[] = [];
	for (const term of parse(text)) {
		const { start, end } = term;
		const fault = (message: string, isUnfinished = false): void => {
			faults.push({ start, end, message, isUnfinished });
		};
		if (term.values.some(({ isClosed }) => !isClosed)) fault(messages.quote_unclosed(), true);
		else if (term.field !== null) readField(term, given, fault);
		else if (term.not) fault(messages.word_excluded({ example: '-code:8F3E' }));
		else if (term.values[0]!.text.trim()) words.push(term.values[0]!.text);
	}
	if (words.length > 0) {
		const q = words.join(' ');
		const wrong = faultOf('q', q);
		if (wrong)
			faults.push({
				start: 0,
				end: text.length,
				message: messages.words_wrong({ fault: wrong }),
				isUnfinished: false
			});
		else given.q = [q];
	}
	return { given, faults };
}

type Report = (message: string, isUnfinished?: boolean) => void;

function readField(term: QueryTerm, given: Partial<Record<FilterName, string[]>>, fault: Report): void {
	const name = term.field!.toLowerCase();
	const field = Object.hasOwn(FIELDS, name) ? FIELDS[name]! : null;
	if (!field) return fault(unknownText(name));
	const { example } = field;
	if (term.values.length === 0) return fault(messages.value_missing({ field: name, example }), true);
	const added = filtersOf(name, field, term);
	if (typeof added === 'string') return fault(added);
	for (const [filter, values] of added) {
		for (const value of values) {
			const wrong = faultOf(filter, value);
			if (wrong) return fault(messages.value_wrong({ field: name, fault: wrong }));
		}
		const held = given[filter];
		if (held && field.kind !== 'values') return fault(messages.given_twice({ field: name }));
		given[filter] = [...new Set([...(held ?? []), ...values])];
	}
}

/** Returns the filters of a term with their values, or a text that says what is wrong. */
function filtersOf(name: string, field: Field, term: QueryTerm): Array<[FilterName, string[]]> | string {
	const { not, operator } = term;
	const { example } = field;
	const values = term.values.map(({ text }) => text);
	if (field.kind === 'values') {
		if (operator) return messages.takes_values({ field: name, operator, example });
		return [[not ? exclusionOf(field.filter) : field.filter, values]];
	}
	if (not) return messages.not_excludable({ field: name });
	if (values.length > 1) return messages.takes_one_value({ field: name, example });
	if (field.kind === 'age') {
		if (operator.startsWith('>')) return [[field.more, values]];
		if (operator.startsWith('<') && field.less) return [[field.less, values]];
		return field.less
			? messages.needs_one_operator({ field: name, more: '>', less: '<', example })
			: messages.needs_operator({ field: name, operator: '>', example });
	}
	if (field.kind === 'range') {
		if (operator === '<' || operator === '>')
			return messages.takes_operators({ field: name, most: '<=', least: '>=', example });
		return [
			...(operator === '<=' ? [] : [[field.least, values] as [FilterName, string[]]]),
			...(operator === '>=' ? [] : [[field.most, values] as [FilterName, string[]]])
		];
	}
	return operator ? messages.takes_a_value({ field: name, operator, example }) : [[field.filter, values]];
}

/** Returns what is wrong with the value of a filter; `null`: nothing. */
export function faultOf(filter: FilterName, value: string): string | null {
	const filters = { [filter]: isListed(filter) ? [value] : value };
	const read = AlertFilters.safeParse(filters);
	return read.success ? null : firstFieldError(read.error, filters);
}

const LISTED: ReadonlySet<string> = new Set(
	Object.values(FIELDS).flatMap((field) =>
		field.kind === 'values' ? [field.filter, exclusionOf(field.filter)] : []
	)
);
/** Returns whether a filter takes several values. */
export const isListed = (filter: string): boolean => LISTED.has(filter);

function unknownText(name: string): string {
	const near = closest(name, Object.keys(FIELDS));
	return distance(name, near) <= MOST_DIFFERENT
		? messages.name_near({ name: near })
		: messages.name_unknown();
}

/** Returns a fault as a sentence. */
export const faultText = ({ start, message }: QueryFault): string =>
	messages.fault_at({ place: start + 1, fault: message });

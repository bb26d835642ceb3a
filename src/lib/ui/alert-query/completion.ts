// Completes the text of the query box at the caret: first the fields, then the values with their counts.
import type { AlertFacets } from '#lib/domain/alert-facets.ts';
import { number } from '../message.ts';
import { FIELDS, facetOf, type Field } from './fields.ts';
import { parse, type QueryTerm } from './parser.js';
import { quoted } from './write-query.ts';

export interface Suggestion {
	/** The text that takes the place of the letters from `from` to the caret. */
	text: string;
	from: number;
	label: string;
	/** What the suggestion means. */
	detail: string;
	/** The number of Alerts of the value, written; `null`: it has no count. */
	count: string | null;
}

const MOST = 8;
/** From this number of letters, a word also suggests values that contain it. */
const LEAST_LETTERS = 2;

type Facets = Pick<AlertFacets, 'facets' | 'atLeast'> | null;

export function complete(text: string, caret: number, facets: Facets): Suggestion[] {
	const before = text.slice(0, caret);
	const last = parse(before).at(-1);
	const term = last?.end === caret ? last : undefined;
	const field = term?.field ? FIELDS[term.field.toLowerCase()] : undefined;
	if (term && field) return valuesOf(field, term, caret, facets);
	if (term?.field) return [];
	const word = term?.values[0]?.text ?? '';
	const minus = term && before[term.start] === '-' ? '-' : '';
	const from = term?.start ?? caret;
	const letters = word.replace(/^-/, '').toLowerCase();
	const fields = Object.entries(FIELDS)
		.filter(([name, { kind }]) => name.startsWith(letters) && (!minus || kind === 'values'))
		.map(([name, { help }]) => ({
			text: `${minus}${name}:`,
			from,
			label: `${minus}${name}:`,
			detail: help(),
			count: null
		}));
	// Without letters, the list shows all that there is.
	if (letters === '') return fields;
	return [...fields, ...anyValues(letters, { from, minus }, facets)].slice(0, MOST);
}

/** Returns the values of all facets that contain the letters. */
function anyValues(
	letters: string,
	{ from, minus }: { from: number; minus: string },
	facets: Facets
): Suggestion[] {
	if (letters.length < LEAST_LETTERS) return [];
	return Object.entries(FIELDS).flatMap(([name, field]) =>
		facetValues(field, facets)
			.filter(contains(letters))
			.map((value) => ({
				...suggestionOf(value, from),
				text: `${minus}${name}:${quoted(value.value)} `,
				label: `${minus}${name}:${quoted(value.value)}`
			}))
	);
}

function valuesOf(field: Field, term: QueryTerm, caret: number, facets: Facets): Suggestion[] {
	const value = term.values.at(-1);
	const isTyping = value?.end === caret;
	const from = isTyping ? value.start : caret;
	const letters = isTyping ? value.text.toLowerCase() : '';
	if (field.kind === 'values') {
		const taken = new Set(term.values.slice(0, isTyping ? -1 : undefined).map((one) => one.text));
		return facetValues(field, facets)
			.filter((one) => !taken.has(one.value) && contains(letters)(one))
			.slice(0, MOST)
			.map((one) => suggestionOf(one, from));
	}
	const options =
		field.kind === 'age'
			? ['>1h', '>4h', '>1d', ...(field.less ? ['<1h', '<1d', '<7d'] : [])]
			: field.kind === 'range'
				? ['1', '<=2', '<=3', '4']
				: (field.options ?? []);
	const typed = `${term.operator}${letters}`;
	return options
		.filter((option) => option.startsWith(typed))
		.map((option) => ({
			text: `${option} `,
			from: from - (isTyping || term.operator ? term.operator.length : 0),
			label: option,
			detail: '',
			count: null
		}));
}

interface FacetValue {
	value: string;
	name: string | null;
	count: string;
}

function facetValues(field: Field, facets: Facets): FacetValue[] {
	const facet = facetOf(field);
	return (facet && facets ? (facets.facets[facet]?.values ?? []) : []).map(({ value, name, alerts }) => ({
		value,
		name,
		count: `${number(alerts)}${facets!.atLeast ? '+' : ''}`
	}));
}

const contains =
	(letters: string) =>
	({ value, name }: FacetValue): boolean =>
		value.toLowerCase().includes(letters) || (name?.toLowerCase().includes(letters) ?? false);

const suggestionOf = ({ value, name, count }: FacetValue, from: number): Suggestion => ({
	text: `${quoted(value)} `,
	from,
	label: value,
	detail: name ?? '',
	count
});

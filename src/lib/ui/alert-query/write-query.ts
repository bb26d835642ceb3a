// Writes filters as the text of the query box. read-query.ts reads the same filters from the text.
import { exclusionOf } from '#lib/domain/alert-filter.ts';
import { FIELDS, type Field, type Given } from './fields.ts';

/** Returns the value as the grammar reads it, in quotation marks where it needs them. */
export const quoted = (value: string): string =>
	/^$|[\s",\\]|^[<>]/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : value;

function* termsOf(name: string, field: Field, given: Given): Iterable<string> {
	switch (field.kind) {
		case 'values': {
			const not = given[exclusionOf(field.filter)];
			const wanted = given[field.filter];
			if (wanted?.length) yield `${name}:${wanted.map(quoted).join(',')}`;
			if (not?.length) yield `-${name}:${not.map(quoted).join(',')}`;
			return;
		}
		case 'one':
			if (given[field.filter]?.[0] !== undefined) yield `${name}:${quoted(given[field.filter]![0]!)}`;
			return;
		case 'age':
			if (given[field.more]?.[0]) yield `${name}:>${given[field.more]![0]}`;
			if (field.less && given[field.less]?.[0]) yield `${name}:<${given[field.less]![0]}`;
			return;
		case 'range': {
			const [least, most] = [given[field.least]?.[0], given[field.most]?.[0]];
			if (least !== undefined && least === most) yield `${name}:${least}`;
			else {
				if (least !== undefined) yield `${name}:>=${least}`;
				if (most !== undefined) yield `${name}:<=${most}`;
			}
		}
	}
}

/** Returns the searched words as they are, or in quotation marks if they could be read as something else. */
const words = (q: string): string =>
	/["\\]|^-|\s-|(^|\s)[A-Za-z-]+:|^\s|\s$|\s\s|[^\S ]/.test(q) ? `"${q.replace(/["\\]/g, '\\$&')}"` : q;

export function writeText(given: Given): string {
	const terms = Object.entries(FIELDS).flatMap(([name, field]) => [...termsOf(name, field, given)]);
	const q = given.q?.[0];
	return [...terms, ...(q ? [words(q)] : [])].join(' ');
}

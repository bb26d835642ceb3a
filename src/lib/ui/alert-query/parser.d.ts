// Types what the generated parser gives.

/** A part of the text: from `start`, and up to `end`. */
export interface Place {
	start: number;
	end: number;
}
export interface QueryValue extends Place {
	text: string;
	/** `false`: the value begins with a quotation mark that nothing closes. */
	isClosed: boolean;
}
/** A filter such as `-role:own`, or a word. */
export interface QueryTerm extends Place {
	not: boolean;
	/** `null`: the term is a word. */
	field: string | null;
	operator: '' | '<' | '<=' | '>' | '>=';
	values: QueryValue[];
}
export function parse(text: string): QueryTerm[];

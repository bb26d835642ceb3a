// Says in words why a value does not fit a schema. The schema library words its own messages for programmers, so this
// file replaces them for the whole process. No message quotes a value, because a value may be payload.
import { z } from 'zod';

export interface FieldError {
	/** The path of the field, such as `tenures.0.from`. Empty: the value as a whole. */
	path: string;
	message: string;
}

z.config({ customError: inWords });

/**
 * Returns the errors of the check of `input` against a schema. ESLint refuses any other way to read these errors,
 * because the words depend on this file. `toText`: writes the path of a field.
 */
export function fieldErrors(
	error: z.ZodError,
	input: unknown,
	toText: (path: readonly PropertyKey[]) => string = (path) => path.map(String).join('.')
): FieldError[] {
	return error.issues.map((issue) => ({ path: toText(issue.path), message: messageOf(issue, input) }));
}

/** Returns the message of the first error of a check that had `input` as its input. */
export const firstFieldError = (error: z.ZodError, input: unknown): string =>
	messageOf(error.issues[0]!, input);

/** The codes of the issues that the library reports if a required field is missing. */
const CODES_OF_MISSING: ReadonlySet<string | undefined> = new Set([
	'invalid_type',
	'invalid_value',
	'invalid_union'
]);

function messageOf({ code, path, message }: z.core.$ZodIssue, input: unknown): string {
	if (path.length === 0 || !CODES_OF_MISSING.has(code) || valueAt(input, path) !== undefined) return message;
	return /^must be /.test(message)
		? `is missing; ${message.replace(/^must be /, 'give ')}`
		: `is missing; it ${message}`;
}

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
	path.reduce<unknown>(
		(value, key) =>
			typeof value === 'object' && value !== null && Object.hasOwn(value, key)
				? (value as Record<PropertyKey, unknown>)[key]
				: undefined,
		input
	);

const TYPES: Record<string, string> = {
	string: 'text',
	number: 'a number',
	int: 'a whole number',
	bigint: 'a whole number',
	boolean: 'true or false',
	object: 'a JSON object',
	record: 'a JSON object',
	array: 'a list',
	null: 'null'
};

/** Words an issue of a schema that has no words of its own for it. */
function inWords(issue: z.core.$ZodRawIssue): string {
	switch (issue.code) {
		case 'invalid_type':
			return `must be ${TYPES[issue.expected] ?? 'of another type'}`;
		case 'invalid_value':
			return issue.values.length === 1
				? `must be ${String(issue.values[0])}`
				: `must be one of ${issue.values.map(String).join(', ')}`;
		case 'too_big':
			return `${sizeRule(issue.origin, 'longer', 'most')} ${issue.maximum}${unitOf(issue.origin)}`;
		case 'too_small':
			if (issue.minimum === 1 && hasLength(issue.origin)) return 'must not be empty';
			return `${sizeRule(issue.origin, 'shorter', 'least')} ${issue.minimum}${unitOf(issue.origin)}`;
		case 'not_multiple_of':
			return `must be a multiple of ${issue.divisor}`;
		case 'invalid_format':
			return 'does not have the form that the reference describes';
		case 'unrecognized_keys':
			return 'has a field that this call does not know';
		case 'invalid_union':
			return unionRule(issue.errors);
		default:
			return 'does not follow the rule that the reference describes';
	}
}

const hasLength = (origin: string): boolean => origin === 'string' || origin === 'array';

function sizeRule(origin: string, comparison: 'longer' | 'shorter', limit: 'most' | 'least'): string {
	if (origin === 'string') return `is ${comparison} than`;
	return origin === 'array' ? `must have at ${limit}` : `must be at ${limit}`;
}

function unitOf(origin: string): string {
	if (origin === 'string') return ' characters';
	return origin === 'array' ? ' items' : '';
}

/** Joins the rules of the choices of a union, such as `must be text or a whole number`. */
function unionRule(choices: readonly (readonly z.core.$ZodIssue[])[]): string {
	const rules = new Set(choices.flatMap((issues) => issues[0]?.message ?? []));
	const [first, ...others] = rules;
	if (first === undefined) return 'does not have any of the forms that the reference describes';
	return [first, ...others.map((rule) => rule.replace(/^must be /, ''))].join(' or ');
}

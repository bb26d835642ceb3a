// Reads the query of an API call. Every route refuses a parameter that it does not know, because a misspelt filter would
// otherwise be no filter.
import type { z } from 'zod';
import type { FieldError } from '#lib/domain/field-errors.ts';
import { parse } from './body.ts';
import { nearest } from './nearest.ts';
import { Problem } from './problem.ts';
import { NOT_STORABLE, isStorable } from './storable.ts';

/** The longest name of a parameter that a refusal repeats. */
const MAX_QUOTED_LENGTH = 40;

/**
 * Checks the names of the parameters, and that each has one value. A list is one value with commas; it may also be
 * repeated. `schema`: the query of the route; absent: the route has no parameters. Throws a 400 problem that names every
 * fault.
 */
export function checkQuery(schema: z.ZodObject | undefined, query: URLSearchParams): void {
	const shape: Record<string, z.ZodType> = schema?.shape ?? {};
	const names = new Set(query.keys());
	const errors: FieldError[] = [...names].flatMap((name) => {
		const message = faultOf(name, query.getAll(name), shape);
		return message === null ? [] : [{ path: name.slice(0, MAX_QUOTED_LENGTH), message }];
	});
	if (errors.length > 0) throw new Problem(400, 'Some parameters are not valid; see errors', { errors });
}

function faultOf(name: string, values: readonly string[], shape: Record<string, z.ZodType>): string | null {
	if (!Object.hasOwn(shape, name)) {
		const known = Object.keys(shape);
		if (known.length === 0) return 'is not known: this call has no parameters';
		const near = nearest(name.slice(0, MAX_QUOTED_LENGTH), known);
		return near
			? `is not known; the nearest known parameter is ${near}`
			: `is not known; this call knows ${known.join(', ')}`;
	}
	if (values.some((value) => value.trim() === ''))
		return 'has no value; give it a value, or leave the parameter out';
	if (values.length > 1 && !shape[name]!.safeParse([]).success) return 'is given several times; give it once';
	return isStorable(values) ? null : NOT_STORABLE;
}

/** Reads a query as an object and checks the object against a schema. A name that occurs several times becomes a list. */
export function readQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
	const values: Record<string, string | string[]> = {};
	for (const name of new Set(query.keys())) {
		const all = query.getAll(name);
		values[name] = all.length === 1 ? all[0]! : all;
	}
	return parse(schema, values);
}

// Reads the JSON body of an API call, and checks values against a schema.
import type { z } from 'zod';
import { fieldErrors } from '#lib/domain/field-errors.ts';
import { wrongContent } from './content.ts';
import { Problem } from './problem.ts';
import { NOT_STORABLE, isStorable } from './storable.ts';

/** Describes the body of a route that accepts one JSON object. */
export const jsonBody = (schema: z.ZodType) => ({ types: ['application/json'], bytes: 256 * 1024, schema });

/** Reads the body as JSON. Throws a 400 problem if the body is not JSON. */
export function readJson(body: Buffer): unknown {
	const text = body.toString('utf8');
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new Problem(
			400,
			wrongContent(text, 'application/json') ??
				'The body is not valid JSON; correct it and send the call again'
		);
	}
	if (!isStorable(value)) throw new Problem(400, NOT_STORABLE);
	return value;
}

/** Checks a value against a schema. Throws a 400 problem that names every bad field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw new Problem(400, 'Some fields are not valid; see errors', {
		errors: fieldErrors(result.error, value)
	});
}

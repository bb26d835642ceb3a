// Reads the body and the query of an API call within limits, and checks both against a schema.
import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { fieldErrors } from '#lib/domain/field-errors.ts';
import { Problem } from './problem.ts';

/** Returns the media type of the body in lower case, without parameters. */
export const mediaType = (req: IncomingMessage): string =>
	(req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** Reads the whole body. The bytes that arrive are counted, because Content-Length may be wrong. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
	const encoding = req.headers['content-encoding'];
	if (encoding && encoding !== 'identity')
		throw new Problem(415, `Content-Encoding ${encoding} is not accepted; send the body without compression`);
	const tooLarge = () =>
		new Problem(413, `The body is larger than ${maxBytes} bytes; split it into several calls`);
	if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of req as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > maxBytes) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** Describes the body of a route that accepts one JSON object. */
export const jsonBody = (schema: z.ZodType) => ({ types: ['application/json'], bytes: 256 * 1024, schema });

/** Reads the body as JSON. Throws a 400 problem if the body is not JSON. */
export function readJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		throw new Problem(400, 'The body is not valid JSON; correct it and send the call again');
	}
}

/** Checks a value against a schema. Throws a 400 problem that names every bad field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw new Problem(400, 'Some fields are not valid; see errors', {
		errors: fieldErrors(result.error, value)
	});
}

/**
 * Reads a query as an object and checks the object against a schema. A name that occurs several times becomes a list.
 */
export function readQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
	const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
	for (const name of new Set(query.keys())) {
		const all = query.getAll(name);
		values[name] = all.length === 1 ? all[0]! : all;
	}
	return parse(schema, { ...values });
}

// Defines the shape of an API route: its description, its scope, and the input and output of its handler.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { MemberRole, Scope } from '#lib/domain/access.ts';

/** The caller: an API key, or a person with a browser session. */
export interface Caller {
	/** `null`: the caller is a key of the whole installation. */
	supplierId: number | null;
	scopes: readonly string[];
	/** The role of a person; `null` for a key. */
	role: MemberRole | null;
	/** The author of a decision of this caller: the id of a person, or `key:` and the id of a key. */
	id: string;
	name: string;
}

/** `Services`: the part of the web process that the handler needs. */
export interface Call<Services> {
	services: Services;
	caller: Caller;
	/** The values of the path parts that are in braces in `path`. */
	params: Record<string, string>;
	query: URLSearchParams;
	body: Buffer;
	/** The media type of the body, in lower case, without parameters. */
	type: string;
	req: IncomingMessage;
	res: ServerResponse;
}

/**
 * The answer of a handler: JSON, or text with its media type. `undefined`: the handler has written its answer to `res`
 * itself, as a stream.
 */
export type Reply =
	{ status: number; body?: unknown } | { status: number; text: string; type: string } | undefined;

export interface RouteDescription {
	method: 'GET' | 'POST';
	/** The path under /api/v1, such as `/alerts/{id}`. */
	path: string;
	/** The scope that a caller needs; `null`: the route is open to everybody. */
	scope: Scope | null;
	summary: string;
	/** The accepted media types, and the largest body in bytes. Absent for GET. */
	takes?: { types: readonly string[]; bytes: number; schema?: z.ZodType };
	query?: z.ZodType;
	gives?: z.ZodType;
}

export interface Route<Services> extends RouteDescription {
	handle(call: Call<Services>): Promise<Reply>;
}

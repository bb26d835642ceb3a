// Defines the shape of an API route: its description, its scope, and the input and output of its handler.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Action, Holder, Scope } from '#lib/domain/access.ts';

/** The caller of a route: an API key, or a person with a browser session. */
export interface Caller extends Holder {
	/** The id of the API key; `null`: the caller is a person. */
	keyId: number | null;
	/** The author of this caller's decisions: the id of a person, or `key:` and the id of an API key. */
	id: string;
	name: string;
}

/** A call of a route. `Services`: the part of the web process's services that the handler needs. */
export interface Call<Services> {
	services: Services;
	caller: Caller;
	/** The values of the parts of the path that `path` names in braces. */
	params: Record<string, string>;
	query: URLSearchParams;
	body: Buffer;
	/** The media type of the body, in lower case, without parameters. */
	type: string;
	req: IncomingMessage;
	res: ServerResponse;
}

/**
 * The answer of a handler: JSON, or text with its media type. `undefined`: the handler has already written the answer
 * to `res`, as a stream.
 */
export type Reply =
	{ status: number; body?: unknown } | { status: number; text: string; type: string } | undefined;

export interface RouteDescription {
	method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** The path under /api/v1, such as `/alerts/{id}`. */
	path: string;
	/** The scope that a caller needs; `null`: the route is open to everybody. */
	scope: Scope | null;
	/** The line of the table of rights by which the caller may call, where it is not the line with the name of the scope. */
	action?: Action;
	summary: string;
	/**
	 * The accepted media types, and the greatest size of the body in bytes. `bytesOf`: the greatest size for media types
	 * with a limit of their own. A GET route has no body.
	 */
	takes?: {
		types: readonly string[];
		bytes: number;
		bytesOf?: Readonly<Record<string, number>>;
		schema?: z.ZodType;
		/** Whether a JSON body may also be an array of records. */
		isList?: boolean;
	};
	/** The parameters of the query; absent: the route has none. */
	query?: z.ZodObject;
	/** The JSON answer of a call that succeeded. */
	gives?: z.ZodType;
	/** The media type of an answer that is text. */
	givesText?: string;
	/** The status codes of a call that succeeded; absent: 200 only. */
	succeeds?: readonly number[];
	/** The status codes of refusals that only some routes have, such as 409. */
	refuses?: readonly number[];
}

export interface Route<Services> extends RouteDescription {
	handle(call: Call<Services>): Promise<Reply>;
}

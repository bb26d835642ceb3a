// The shape of an API route: how it is described, who may call it, and what its handler gets and gives.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { MemberRole, Scope } from '#lib/domain/access.ts';

/** Who calls: a key, or a person by the browser session. */
export interface Caller {
	/** `null`: a key of the whole installation. */
	supplierId: number | null;
	scopes: readonly string[];
	/** The role of a person; `null` for a key. */
	role: MemberRole | null;
	/** How a decision of this caller names its author. */
	id: string;
	name: string;
}

/** `Services`: the part of the web process that the handler needs. */
export interface Call<Services> {
	services: Services;
	caller: Caller;
	/** The parts of the path in braces. */
	params: Record<string, string>;
	query: URLSearchParams;
	body: Buffer;
	/** The media type of the body, in lower case, without parameters. */
	type: string;
	req: IncomingMessage;
	res: ServerResponse;
}

/** The answer of a handler: JSON, or text of a type. A handler that streams writes to `res` and returns `undefined`. */
export type Reply =
	{ status: number; body?: unknown } | { status: number; text: string; type: string } | undefined;

export interface RouteDescription {
	method: 'GET' | 'POST';
	/** The path under /api/v1, such as `/alerts/{id}`. */
	path: string;
	/** `null`: open to all. */
	scope: Scope | null;
	summary: string;
	/** The accepted media types and the largest body in bytes; absent for GET. */
	takes?: { types: readonly string[]; bytes: number; schema?: z.ZodType };
	query?: z.ZodType;
	gives?: z.ZodType;
}

export interface Route<Services> extends RouteDescription {
	handle(call: Call<Services>): Promise<Reply>;
}

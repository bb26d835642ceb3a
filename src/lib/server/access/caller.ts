// Finds the caller of the API and the rights of the caller. A caller is an API key, or a person with a browser session.
// No content of a call widens these rights.
import type { IncomingMessage } from 'node:http';
import { whyNot, type Action } from '#lib/domain/access.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller } from '#lib/server/http/route.ts';
import type { Config } from '#lib/server/process/config.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Auth } from './auth.ts';

/** The services that are needed to find a caller. */
export interface AccessServices {
	apiKeys: ApiKeys;
	auth: Auth;
	config: Pick<Config, 'origin'>;
}

const UNKNOWN_CALLER = 'The caller is not known: send Authorization: Bearer KEY, or sign in';
const UNKNOWN_KEY =
	'The API key is not known here: check that it was copied whole and belongs to this installation, or make one with npm run causeway -- apikey create';

/**
 * Finds the caller and checks by the table of rights that the caller may do this. Throws a 401 or 403 problem. A call
 * that changes data with a session must come from Causeway's own pages.
 */
export async function requireCaller(
	services: AccessServices,
	req: IncomingMessage,
	action: Action
): Promise<Caller> {
	const caller = await findCaller(services, req);
	if (!caller) {
		const key = bearerOf(req);
		if (!key) throw new Problem(401, UNKNOWN_CALLER);
		throw new Problem(401, (await services.apiKeys.refusalOf(key)) ?? UNKNOWN_KEY);
	}
	const why = whyNot(action, caller);
	if (why) throw new Problem(403, why);
	return caller;
}

/** Returns the Supplier of the caller. Throws a 403 problem for a caller of the whole installation. */
export function requireSupplier(caller: Caller): number {
	if (caller.supplierId === null)
		throw new Problem(403, whyNot('read', caller) ?? 'This call is for a caller of one Supplier');
	return caller.supplierId;
}

/** Returns the id of the person who calls. `what`: what a key does not have. Throws a 403 problem for a key. */
export function requirePerson(caller: Caller, what: string): string {
	if (caller.keyId !== null) throw new Problem(403, `A key has no ${what}: sign in as a person`);
	return caller.id;
}

async function findCaller(services: AccessServices, req: IncomingMessage): Promise<Caller | null> {
	if (req.headers.authorization !== undefined) {
		const key = bearerOf(req);
		const holder = key && (await services.apiKeys.holderOf(key));
		return holder
			? {
					supplierId: holder.supplierId,
					scopes: holder.scopes,
					role: null,
					keyId: holder.keyId,
					id: `key:${holder.keyId}`,
					name: holder.name
				}
			: null;
	}
	if (!req.headers.cookie) return null;
	const viewer = await services.auth.viewerOf(headersOf(req));
	if (!viewer) return null;
	if (req.method !== 'GET' && req.method !== 'HEAD' && !isOwnOrigin(req, services.config.origin))
		throw new Problem(403, 'The Origin header names another site; make this call from the pages of Causeway');
	const { supplierId, role, userId: id, name } = viewer;
	return { supplierId, scopes: [], role, keyId: null, id, name };
}

/** Returns the API key in the Authorization header. */
export const bearerOf = (req: IncomingMessage): string | undefined =>
	/^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '')?.[1];

/** Returns whether the Origin header is the configured origin of this installation. Every browser sets this header. */
export const isOwnOrigin = (req: IncomingMessage, origin: string): boolean => req.headers.origin === origin;

export function headersOf(req: IncomingMessage): Headers {
	const headers = new Headers();
	if (req.headers.cookie) headers.set('cookie', req.headers.cookie);
	return headers;
}

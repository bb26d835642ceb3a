// Who calls the API: a key, or a person by the browser session. What they may do follows from it, never from the call.
import type { IncomingMessage } from 'node:http';
import { EDITOR_ROLES } from '#lib/domain/cause-table/version.ts';
import type { Scope } from '#lib/domain/access.ts';
import type { ApiKeys } from './api-keys.ts';
import type { Auth } from './auth.ts';
import type { Config } from '#lib/server/process/config.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Caller } from '#lib/server/http/route.ts';

/** What it takes to find a caller. */
export interface AccessServices {
	apiKeys: ApiKeys;
	auth: Auth;
	config: Pick<Config, 'origin'>;
}

const PERSON_SCOPES: readonly Scope[] = ['read', 'decide'];

/** Finds the caller and checks the scope; throws 401 or 403. A session that changes something must come from our own pages. */
export async function requireCaller(
	services: AccessServices,
	req: IncomingMessage,
	scope: Scope
): Promise<Caller> {
	const caller = await findCaller(services, req);
	if (!caller) throw new Problem(401, 'Send Authorization: Bearer KEY, or sign in');
	if (!caller.scopes.includes(scope)) throw new Problem(403, `This needs the scope "${scope}"`);
	return caller;
}

/** The Supplier whose rows a reader asks for; a key of the whole installation has none. */
export function requireSupplier(caller: Caller): number {
	if (caller.supplierId === null)
		throw new Problem(
			403,
			'A key of the whole installation reads no Supplier: use a key made with --supplier SLUG'
		);
	return caller.supplierId;
}

async function findCaller(services: AccessServices, req: IncomingMessage): Promise<Caller | null> {
	const { authorization } = req.headers;
	if (authorization !== undefined) {
		const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
		const holder = key && (await services.apiKeys.holderOf(key));
		return holder
			? {
					supplierId: holder.supplierId,
					scopes: holder.scopes,
					role: null,
					id: `key:${holder.keyId}`,
					name: `key ${holder.keyId}`
				}
			: null;
	}
	if (!req.headers.cookie) return null;
	const viewer = await services.auth.viewerOf(headersOf(req));
	if (!viewer) return null;
	if (req.method !== 'GET' && req.method !== 'HEAD' && !isOwnOrigin(req, services.config.origin))
		throw new Problem(403, 'This call comes from another site');
	const { supplierId, role, userId: id, name } = viewer;
	return { supplierId, scopes: PERSON_SCOPES, role, id, name };
}

/** A browser tells where a call comes from; ours is the configured origin. */
export const isOwnOrigin = (req: IncomingMessage, origin: string): boolean => req.headers.origin === origin;

export function headersOf(req: IncomingMessage): Headers {
	const headers = new Headers();
	if (req.headers.cookie) headers.set('cookie', req.headers.cookie);
	return headers;
}

/** Only people answer for the cause table and for what goes into it, and not every role of them. */
export function requireEditor(caller: Caller): { id: string; name: string } {
	if (caller.role === null)
		throw new Problem(403, 'A key cannot change the cause table: sign in as a person');
	if (!EDITOR_ROLES.includes(caller.role))
		throw new Problem(403, `A ${caller.role} reads the cause table; a lead, officer or engineer changes it`);
	return { id: caller.id, name: caller.name };
}

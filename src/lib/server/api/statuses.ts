// Lists the status codes that a route can answer, and what each means. The OpenAPI document and docs/reference/api.md
// read this list.
import type { RouteDescription } from '#lib/server/http/route.ts';

export const SUCCESSES: Record<number, string> = {
	200: 'The answer is in the body.',
	201: 'Something new is stored.',
	202: 'The records are stored, or the work is queued.',
	204: 'Done. The answer has no body.'
};

export const REFUSALS: Record<number, string> = {
	400: 'The body or a parameter is wrong. `errors` names the fields.',
	401: 'The key or session is missing or unknown.',
	403: 'The scope, the role or the origin of the page is not allowed.',
	404: 'There is no such path or object, or another Supplier owns it.',
	405: 'The path does not accept this method. `Allow` names the right ones.',
	409: 'The object has changed, or a message with this id and other content is stored.',
	410: 'The feed no longer reaches back to this number: load `GET /alerts` instead. Or the selection has expired: make it again.',
	413: 'The body is too large. Send it in several calls.',
	415: 'The Content-Type or Content-Encoding is not accepted.',
	422: 'The call is valid, and a check of it failed, such as the test of a channel. `detail` says why.',
	429: 'More of your records are waiting than your share. Wait for `Retry-After`.',
	500: 'The server failed. The log has the details.',
	503: 'The database does not answer, or too many records are waiting. Wait for `Retry-After`.'
};

/** Returns the status codes of a call that succeeded. */
export const successesOf = (route: RouteDescription): readonly number[] => route.succeeds ?? [200];

/** Returns the status codes of a refused call: those of the kind of route, and those that the route states. */
export function refusalsOf(route: RouteDescription): number[] {
	const { scope, path, takes, refuses = [] } = route;
	return [
		...new Set([
			400,
			...(scope === null ? [] : [401, 403]),
			...(path.includes('{') ? [404] : []),
			...(takes ? [413, 415] : []),
			...refuses,
			500,
			503
		])
	].sort((a, b) => a - b);
}

// Every page request: whose session it is, what may be seen without one, and the headers of each answer.
import { error, redirect, type Handle, type HandleServerError, type RequestEvent } from '@sveltejs/kit';
import type { WebServices } from '#lib/server/services.ts';

const SERVICES = Symbol.for('causeway.services');
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const THEMES = new Set(['light', 'dark']);

const services = (): WebServices => {
	const found = (globalThis as Record<symbol, unknown>)[SERVICES];
	if (!found) error(503, 'The pages are served by server.ts: start with npm start or npm run demo');
	return found as WebServices;
};

export const handle: Handle = async ({ event, resolve }) => {
	event.locals.services = services();
	const response = await answer(event, resolve);
	// A private page is never shown again from a cache, by the back button or a proxy.
	response.headers.set('cache-control', 'no-store');
	response.headers.set('x-content-type-options', 'nosniff');
	response.headers.set('referrer-policy', 'same-origin');
	response.headers.set('cross-origin-opener-policy', 'same-origin');
	response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
	return response;
};

async function answer(event: RequestEvent, resolve: Parameters<Handle>[0]['resolve']): Promise<Response> {
	const { auth, config } = event.locals.services;
	const { pathname, search } = event.url;

	const home = otherLoopbackName(event.request, config.origin);
	if (home) return seeOther(home + pathname + search);

	if (pathname.startsWith('/api/auth/')) return auth.handler(event.request, event.getClientAddress());

	event.locals.viewer = await auth.viewerOf(event.request.headers);
	// Data of a page asked for by our own script: Kit tells it where to go.
	if (!event.locals.viewer && pathname !== '/sign-in') {
		const next = pathname + search;
		const signIn = next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
		if (event.isDataRequest) redirect(303, signIn);
		return seeOther(signIn);
	}

	const theme = event.cookies.get('theme');
	return resolve(event, {
		transformPageChunk: ({ html }) =>
			html.replace('%causeway.theme%', theme && THEMES.has(theme) ? theme : 'system')
	});
}

const seeOther = (location: string): Response => new Response(null, { status: 303, headers: { location } });

export const handleError: HandleServerError = ({ error: fault, event, status }) => {
	if (status === 404) return { message: 'There is no such page.' };
	event.locals.services?.log.error(
		{ error: fault instanceof Error ? fault.stack : String(fault), path: event.url.pathname },
		'a page failed'
	);
	return { message: 'Something failed here; the log of the server has the details.' };
};

/** The cookie and the Origin check know one name of this machine: a reader who came by another is sent to it. */
function otherLoopbackName(request: Request, origin: string): string | null {
	if (request.method !== 'GET') return null;
	const host = request.headers.get('host') ?? '';
	const own = new URL(origin);
	if (host === own.host || !LOOPBACK.has(own.hostname)) return null;
	const name = host.replace(/:\d+$/, '');
	return LOOPBACK.has(name) && host.slice(name.length) === own.host.slice(own.hostname.length)
		? own.origin
		: null;
}

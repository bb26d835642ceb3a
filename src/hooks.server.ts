// Handles every page request: chooses the language, finds the session, sends a person without a session to the sign-in page and a person who
// may not open the page to the person's start page, and sets the headers.
import { AsyncLocalStorage } from 'node:async_hooks';
import { error, redirect, type Handle, type HandleServerError, type RequestEvent } from '@sveltejs/kit';
import type { WebServices } from '#lib/server/services.ts';
import { loggedPath } from '#lib/server/http/logged-path.ts';
import { language, negotiate, readLanguageFrom, tagOf, type Language } from '#lib/ui/language.ts';
import { pathInstead } from '#lib/ui/pages.ts';
import * as messages from '#messages/errors.ts';

const SERVICES = Symbol.for('causeway.services');
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
const THEMES = new Set(['light', 'dark']);

/** The language of the request that the server answers now. */
const languages = new AsyncLocalStorage<Language>();
readLanguageFrom(() => languages.getStore() ?? 'en');

const services = (): WebServices => {
	const found = (globalThis as Record<symbol, unknown>)[SERVICES];
	if (!found) error(503, messages.services_missing());
	return found as WebServices;
};

export const handle: Handle = async ({ event, resolve }) => {
	event.locals.services = services();
	const chosen = negotiate(event.request.headers.get('accept-language'));
	const response = await languages.run(chosen, () => answer(event, resolve));
	// `no-store`: neither the back button nor a proxy may show a private page from a cache.
	response.headers.set('cache-control', 'no-store');
	response.headers.set('x-content-type-options', 'nosniff');
	// The address of a one-time link is a secret, so that no other site may get it.
	const referrerPolicy = isAnswerLink(event.url.pathname) ? 'no-referrer' : 'same-origin';
	response.headers.set('referrer-policy', referrerPolicy);
	response.headers.set('cross-origin-opener-policy', 'same-origin');
	response.headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
	return response;
};

async function answer(event: RequestEvent, resolve: Parameters<Handle>[0]['resolve']): Promise<Response> {
	const { auth, config } = event.locals.services;
	const { pathname, search } = event.url;

	const canonicalOrigin = originForOtherLoopbackName(event.request, config.origin);
	if (canonicalOrigin) return seeOther(canonicalOrigin + pathname + search);

	if (pathname.startsWith('/api/auth/')) return auth.handler(event.request, event.getClientAddress());

	event.locals.viewer = await auth.viewerOf(event.request.headers);
	// For a request of page data, the script of SvelteKit understands only a redirect that SvelteKit makes itself.
	if (!event.locals.viewer && pathname !== '/sign-in' && !isAnswerLink(pathname)) {
		const next = pathname + search;
		const signIn = next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
		if (event.isDataRequest) redirect(303, signIn);
		return seeOther(signIn);
	}
	const instead = event.locals.viewer && pathInstead(pathname, event.locals.viewer);
	if (instead) {
		if (event.isDataRequest) redirect(303, instead);
		return seeOther(instead);
	}

	const theme = event.cookies.get('theme');
	return resolve(event, {
		transformPageChunk: ({ html }) =>
			html
				.replace('%causeway.theme%', theme && THEMES.has(theme) ? theme : 'system')
				.replace('%causeway.language%', tagOf(language()))
	});
}

/** Returns whether the page shows a one-time link, for which nobody signs in. */
const isAnswerLink = (pathname: string): boolean => pathname.startsWith('/answer/');

const seeOther = (location: string): Response => new Response(null, { status: 303, headers: { location } });

export const handleError: HandleServerError = ({ error: fault, event, status }) => {
	if (status === 404) return { message: messages.page_missing() };
	event.locals.services?.log.error(
		{ error: fault instanceof Error ? fault.stack : String(fault), path: loggedPath(event.url.pathname) },
		'page request failed'
	);
	return { message: messages.page_failed() };
};

/**
 * Returns the configured origin if the request uses another loopback name than this origin, so that the browser goes to
 * the configured origin. Otherwise returns `null`. The cookie and the Origin check work with only one name of this
 * machine.
 */
function originForOtherLoopbackName(request: Request, origin: string): string | null {
	if (request.method !== 'GET') return null;
	const host = request.headers.get('host') ?? '';
	const own = new URL(origin);
	if (host === own.host || !LOOPBACK.has(own.hostname)) return null;
	const name = host.replace(/:\d+$/, '');
	return LOOPBACK.has(name) && host.slice(name.length) === own.host.slice(own.hostname.length)
		? own.origin
		: null;
}

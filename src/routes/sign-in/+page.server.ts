// Signs a person in and out.
import { fail, redirect, type Cookies } from '@sveltejs/kit';
import { parseSetCookieHeader } from 'better-auth/cookies';
import { z } from 'zod';
import * as messages from '#messages/sign-in.ts';
import type { Actions, PageServerLoad } from './$types';

const Credentials = z.object({
	email: z.string().trim().toLowerCase().min(1).max(200),
	password: z.string().min(1).max(200)
});

export const load: PageServerLoad = ({ locals, url }) => {
	if (locals.viewer) redirect(303, localPath(url.searchParams.get('next')));
};

export const actions: Actions = {
	in: async (event) => {
		const { locals, url, cookies, request, getClientAddress } = event;
		const form = await request.formData();
		const email = String(form.get('email') ?? '');
		const read = Credentials.safeParse({ email, password: form.get('password') });
		if (!read.success) return fail(400, { email, fault: messages.credentials_missing() });
		const response = await locals.services.auth.signIn(read.data.email, read.data.password, {
			headers: request.headers,
			address: getClientAddress()
		});
		if (response.status === 429) return fail(429, { email, fault: messages.too_many_attempts() });
		// This answer needs the right password, so it reveals nothing to others.
		if (response.status === 403) return fail(403, { email, fault: messages.access_disabled() });
		// The text is the same for a wrong address and a wrong password, so that the text does not reveal which
		// addresses exist.
		if (!response.ok) return fail(401, { email, fault: messages.credentials_wrong() });
		copyCookies(response, cookies);
		redirect(303, localPath(url.searchParams.get('next')));
	},

	out: async ({ locals, cookies, request }) => {
		copyCookies(await locals.services.auth.signOut(request.headers), cookies);
		redirect(303, '/sign-in');
	}
};

/** Accepts only a path on this server. Browsers read `//evil.example` and `/\evil.example` as other servers. */
function localPath(next: string | null): string {
	return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Copies the cookies of the authentication library's answer into the answer of SvelteKit. */
function copyCookies(response: Response, cookies: Cookies): void {
	for (const line of response.headers.getSetCookie()) {
		for (const [name, cookie] of parseSetCookieHeader(line)) {
			const { value, 'max-age': maxAge, secure = false } = cookie;
			cookies.set(name, value, {
				path: '/',
				httpOnly: true,
				sameSite: 'lax',
				secure,
				...(maxAge !== undefined && { maxAge })
			});
		}
	}
}

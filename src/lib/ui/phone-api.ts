// Reads one page and answers it from the phone page. Each function returns every outcome that the page must show.
import { Page } from '#lib/domain/on-call/page.ts';

const path = (id: string): string => `/api/v1/on-call/pages/${encodeURIComponent(id)}`;

/** Reads a page. `null`: it could not be read. */
export async function readPage(id: string): Promise<Page | null> {
	const response = await fetch(path(id)).catch(() => null);
	return response?.ok ? (Page.safeParse(await response.json()).data ?? null) : null;
}

/** `refused`: the answer does not stand, and the message says why, such as who was first. */
export type PageReply = { kind: 'done'; page: Page } | { kind: 'refused'; message: string };

export async function answerPage(
	id: string,
	answer: 'acknowledge' | 'decision',
	body: object
): Promise<PageReply> {
	const response = await fetch(`${path(id)}/${answer}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ ...body, from: 'phone' })
	}).catch(() => null);
	if (!response)
		return { kind: 'refused', message: 'The server cannot be reached. Nothing was recorded. Try again.' };
	if (response.ok) return { kind: 'done', page: Page.parse(await response.json()) };
	if (response.status === 401)
		return { kind: 'refused', message: 'Your session has ended. Load this page again to sign in.' };
	const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
	return {
		kind: 'refused',
		message: problem?.detail ?? `The server answered ${response.status}. Nothing was recorded. Try again.`
	};
}

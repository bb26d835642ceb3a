// Calls the API from the browser. A refusal has a message for the person, and the path of each faulty field.
import type { FieldError } from '#lib/domain/field-errors.ts';
import * as messages from '#messages/errors.ts';

const API = '/api/v1';

export type Answer<T> = { ok: true; value: T } | Refusal;

export interface Refusal {
	ok: false;
	message: string;
	faults: FieldError[];
	/** The body of the refusal; absent: the server gave none. */
	problem?: Record<string, unknown>;
}

/** Says why a call failed: the fault of the first field, or else the message of the refusal. */
export const whyRefused = ({ faults: [fault], message }: Omit<Refusal, 'ok'>): string =>
	fault?.message ?? message;

/** The content of a call: JSON, or a text with its media type. */
interface Content {
	body?: unknown;
	text?: { text: string; type: string };
}

/** Calls a path of the API. `read`: checks the body of the answer; a call without an answer gives it `undefined`. */
export async function callApi<T>(
	path: string,
	read: (body: unknown) => T,
	init: { method: 'GET' | 'POST' | 'PUT' | 'DELETE' } & Content
): Promise<Answer<T>> {
	try {
		const response = await fetch(API + path, {
			method: init.method,
			credentials: 'same-origin',
			...contentOf(init)
		});
		if (response.ok) {
			const text = await response.text();
			return { ok: true, value: read(text === '' ? undefined : JSON.parse(text)) };
		}
		if (response.status === 401) return { ok: false, message: messages.session_ended(), faults: [] };
		const problem = (await response.json().catch(() => null)) as {
			detail?: string;
			errors?: FieldError[];
		} | null;
		const message = problem?.detail ?? messages.server_refused({ status: response.status });
		return { ok: false, message, faults: problem?.errors ?? [], ...(problem && { problem }) };
	} catch {
		// If a change was asked for, the server may have made it, and only its answer was lost.
		const message = init.method === 'GET' ? messages.server_unreachable() : messages.answer_lost();
		return { ok: false, message, faults: [] };
	}
}

function contentOf({ body, text }: Content): Pick<RequestInit, 'headers' | 'body'> {
	if (text) return { headers: { 'content-type': text.type }, body: text.text };
	return body === undefined
		? {}
		: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

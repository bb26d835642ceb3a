// Answers a page from the lock screen by the one-time link of its push. No window opens and no session is needed: at
// night the session has often ended. An answer without a network waits and is sent later where the browser can.
import type { PushPayload } from '#lib/domain/on-call/push.ts';
import { showResult } from './notifications.ts';
import { forgetAnswer, keepAnswer, waitingAnswers } from './waiting-answers.ts';

const SYNC_TAG = 'answers';

/** `null`: the answer did not reach the server, and can be sent again. */
type Sent = { title: string; body: string } | null;

async function send({ answer, title }: PushPayload): Promise<Sent> {
	try {
		const response = await fetch('/api/v1/on-call/answers', {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			credentials: 'omit',
			body: JSON.stringify({ token: answer, answer: 'acknowledge' })
		});
		if (response.ok) return { title: 'Acknowledged', body: title };
		if (response.status >= 500 || response.status === 429) return null;
		const { detail } = (await response.json()) as { detail?: string };
		return { title: detail ?? 'The answer was refused. Open the page.', body: title };
	} catch {
		return null;
	}
}

export async function answerFromLockScreen(
	worker: ServiceWorkerGlobalScope,
	payload: PushPayload
): Promise<void> {
	const sent = await send(payload);
	if (sent) return showResult(worker, payload, { ...sent, canTryAgain: false });
	const isLater = await sendLater(worker, payload);
	return showResult(worker, payload, {
		title: isLater ? 'No connection: not acknowledged yet' : 'No connection: not acknowledged',
		body: isLater
			? `The answer is sent when the network is back. ${payload.title}`
			: `Nothing was sent. Try again. ${payload.title}`,
		canTryAgain: true
	});
}

/** Keeps an answer until the network is back. Returns `false` if this browser cannot send it by itself. */
async function sendLater(worker: ServiceWorkerGlobalScope, payload: PushPayload): Promise<boolean> {
	const { sync } = worker.registration as { sync?: { register(tag: string): Promise<void> } };
	if (!sync) return false;
	try {
		await keepAnswer(payload);
		await sync.register(SYNC_TAG);
		return true;
	} catch {
		return false;
	}
}

/** Sends the answers that wait. Throws if one still waits, and then the browser calls again later. */
export async function sendWaitingAnswers(worker: ServiceWorkerGlobalScope): Promise<void> {
	for (const payload of await waitingAnswers()) {
		const sent = await send(payload);
		if (!sent) throw new Error('an answer still waits for the network');
		await forgetAnswer(payload.tag);
		await showResult(worker, payload, { ...sent, canTryAgain: false });
	}
}

// Words the notifications of pages. All notifications of one page have one tag, so that each replaces the one before.
import type { PushPayload } from '#lib/domain/on-call/push.ts';

const ACKNOWLEDGE = { action: 'acknowledge', title: 'Acknowledge' };
const OPEN = { action: 'open', title: 'Open' };

/** What browsers know and the library of TypeScript does not. */
interface Options extends NotificationOptions {
	actions?: Array<{ action: string; title: string }>;
	renotify?: boolean;
	timestamp?: number;
}

const show = (worker: ServiceWorkerGlobalScope, title: string, options: Options): Promise<void> =>
	worker.registration.showNotification(title, { icon: '/icon-192.png', badge: '/icon-192.png', ...options });

/**
 * Shows a push. A page that somebody has acknowledged, or that has ended, calls nobody: its notification replaces the
 * call silently. Browsers want each push to show something, so it does not only close the call.
 */
export function showPush(worker: ServiceWorkerGlobalScope, payload: PushPayload): Promise<void> {
	const isCall = payload.state === 'open' && (payload.type === 'opened' || payload.type === 'updated');
	const canAnswer = isCall && payload.answer !== null;
	return show(worker, payload.title, {
		body: payload.body,
		tag: payload.tag,
		data: payload,
		timestamp: Date.parse(payload.at),
		requireInteraction: isCall && payload.priority === 1,
		silent: !isCall && payload.type !== 'test',
		renotify: isCall || payload.type === 'test',
		actions: canAnswer ? [ACKNOWLEDGE, OPEN] : [OPEN]
	});
}

/** Says what became of an answer, in place of the page's notification. */
export function showResult(
	worker: ServiceWorkerGlobalScope,
	payload: PushPayload,
	{ title, body, canTryAgain }: { title: string; body: string; canTryAgain: boolean }
): Promise<void> {
	return show(worker, title, {
		body,
		tag: payload.tag,
		data: payload,
		requireInteraction: canTryAgain,
		silent: !canTryAgain,
		actions: canTryAgain ? [ACKNOWLEDGE, OPEN] : [OPEN]
	});
}

/** Shows the page of a notification: in the window that has it open already, or in a new window. */
export async function openPage(worker: ServiceWorkerGlobalScope, payload: PushPayload): Promise<void> {
	const address = new URL(payload.path, worker.location.origin).href;
	const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
	const found = windows.find(({ url }) => url === address);
	await (found ? found.focus() : worker.clients.openWindow(address));
}

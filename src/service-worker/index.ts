/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
// Shows pushes of pages as notifications, and answers pages from the lock screen. It stores no Alerts and no pages of the
// console: the only file in its cache is the page that says that there is no connection.
import { version } from '$service-worker';
import type { PushPayload } from '#lib/domain/on-call/push.ts';
import { answerFromLockScreen, sendWaitingAnswers } from './answers.ts';
import { openPage, showPush } from './notifications.ts';

const worker = self as unknown as ServiceWorkerGlobalScope;
const CACHE = `shell-${version}`;
const OFFLINE_PAGE = '/offline.html';

worker.addEventListener('install', (event) => {
	event.waitUntil(
		caches.open(CACHE).then(async (cache) => {
			await cache.add(OFFLINE_PAGE);
			await worker.skipWaiting();
		})
	);
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(
		caches.keys().then(async (names) => {
			await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
			await worker.clients.claim();
		})
	);
});

worker.addEventListener('fetch', (event) => {
	const isPage =
		event.request.mode === 'navigate' && !new URL(event.request.url).pathname.startsWith('/api/');
	if (!isPage) return;
	event.respondWith(
		fetch(event.request).catch(async () => (await caches.match(OFFLINE_PAGE)) ?? Response.error())
	);
});

worker.addEventListener('push', (event) => {
	const payload = event.data?.json() as PushPayload | undefined;
	if (payload) event.waitUntil(showPush(worker, payload));
});

worker.addEventListener('notificationclick', (event) => {
	const payload = event.notification.data as PushPayload;
	event.waitUntil(
		event.action === 'acknowledge' ? answerFromLockScreen(worker, payload) : openPage(worker, payload)
	);
	event.notification.close();
});

/** The browser reports that the phone is online again. */
worker.addEventListener('sync' as 'message', (event) => event.waitUntil(sendWaitingAnswers(worker)));

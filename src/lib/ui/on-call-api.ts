// Calls the API of on call from the browser: pages, deliveries, routes and maintenance windows.
import { z } from 'zod';
import { Maintenance, type MaintenanceIn } from '#lib/domain/on-call/maintenance.ts';
import { Page, PageList } from '#lib/domain/on-call/page.ts';
import { RoutePreview, WouldHavePaged } from '#lib/domain/on-call/preview.ts';
import { Route, type RouteIn } from '#lib/domain/on-call/route.ts';
import type { OnCallNowList } from '#lib/domain/on-call/rota-view.ts';
import { callApi, type Answer } from './call-api.ts';

const nothing = (): true => true;
const asPage = (body: unknown): Page => Page.parse(body);
const RouteList = z.object({ items: z.array(Route) });
const SavedRoute = Route.extend({ wouldHavePaged: WouldHavePaged });
export type SavedRoute = z.infer<typeof SavedRoute>;

const named = (kind: 'routes' | 'maintenance', name: string): string =>
	`/on-call/${kind}/${encodeURIComponent(name)}`;

/** Reads the newest pages that match. `state` absent: all states. */
export const readPages = (
	filter: { state?: Page['state']; alert?: string; episode?: string; cursor?: string; limit?: number } = {}
): Promise<Answer<PageList>> =>
	callApi(
		`/on-call/pages?${new URLSearchParams(Object.entries(filter).map(([name, value]) => [name, String(value)]))}`,
		(body) => PageList.parse(body),
		{ method: 'GET' }
	);

export const readPage = (id: string): Promise<Answer<Page>> =>
	callApi(`/on-call/pages/${id}`, asPage, { method: 'GET' });

/** Answers a page from the page for phones. A refusal says who was first. */
export const answerPage = (
	id: string,
	answer: 'acknowledge' | 'decision',
	body: object
): Promise<Answer<Page>> =>
	callApi(`/on-call/pages/${id}/${answer}`, asPage, { method: 'POST', body: { ...body, from: 'phone' } });

/** Opens a page by hand about an Alert or an episode. If the matter has an open page, the page escalates one step. */
export const pageByHand = (
	subject: { alert: string } | { episode: string },
	route: string | null
): Promise<Answer<Page>> =>
	callApi('/on-call/pages', asPage, {
		method: 'POST',
		body: { ...subject, ...(route === null ? {} : { route }) }
	});

export const sendAgain = (deliveryId: string): Promise<Answer<true>> =>
	callApi(`/on-call/deliveries/${deliveryId}/send`, nothing, { method: 'POST' });

export const readRoutes = (): Promise<Answer<Route[]>> =>
	callApi('/on-call/routes', (body) => RouteList.parse(body).items, { method: 'GET' });

export const saveRoute = (name: string, route: RouteIn): Promise<Answer<SavedRoute>> =>
	callApi(named('routes', name), (body) => SavedRoute.parse(body), { method: 'PUT', body: route });

export const deleteRoute = (name: string): Promise<Answer<true>> =>
	callApi(named('routes', name), nothing, { method: 'DELETE' });

/** Reads what a route would have paged. `name`: the stored route that it replaces; `null`: the route is new. */
export const previewRoute = (name: string | null, route: RouteIn): Promise<Answer<WouldHavePaged>> =>
	callApi('/on-call/routes/preview', (body) => RoutePreview.parse(body).wouldHavePaged, {
		method: 'POST',
		body: { ...route, name }
	});

/** The answer is not checked: its schema would bring the library of time zones into every page of the console. */
export const readOnCallNow = (): Promise<Answer<OnCallNowList>> =>
	callApi('/on-call/now', (body) => body as OnCallNowList, { method: 'GET' });

export const addMaintenance = (window: MaintenanceIn): Promise<Answer<Maintenance>> =>
	callApi('/on-call/maintenance', (body) => Maintenance.parse(body), { method: 'POST', body: window });

export const endMaintenance = (id: string): Promise<Answer<true>> =>
	callApi(named('maintenance', id), nothing, { method: 'DELETE' });

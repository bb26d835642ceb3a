// Calls the Alert API from the browser. Each function returns every outcome that the page must show.
import { AlertFacets } from '#lib/domain/alert-facets.ts';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import { Alert } from '#lib/domain/alert.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { Precedents } from '#lib/domain/precedent.ts';
import { Timeline, type TimelineItem } from '#lib/domain/timeline.ts';
import { callApi, type Answer } from './call-api.ts';
import { DESK_FILTERS, toParams } from './views.ts';

const API = '/api/v1';
const PAGE_SIZE = 500;
/** The highest number of pages that the browser loads of one list. */
const MAX_PAGES = 100;

/** Calls a path of the API. Returns `null` if the server cannot be reached. */
async function request(path: string): Promise<Response | null> {
	try {
		return await fetch(`${API}${path}`, { credentials: 'same-origin' });
	} catch {
		return null;
	}
}

export type FeedAnswer =
	({ kind: 'page' } & FeedPage) | { kind: 'signed-out' } | { kind: 'too-far-back' } | { kind: 'failed' };

export async function readFeed(after: number): Promise<FeedAnswer> {
	const response = await request(`/feed?after=${after}&limit=${PAGE_SIZE}`);
	if (response?.status === 401) return { kind: 'signed-out' };
	if (response?.status === 410) return { kind: 'too-far-back' };
	if (!response?.ok) return { kind: 'failed' };
	const page = FeedPage.safeParse(await response.json());
	return page.success ? { kind: 'page', ...page.data } : { kind: 'failed' };
}

/**
 * Reads the whole desk page by page, newest arrivals first. Yields `null` if the server did not answer; the rest of the
 * desk is then unknown.
 */
export async function* readDesk(): AsyncGenerator<AlertPage | null> {
	let cursor: string | null = '';
	for (let page = 0; page < MAX_PAGES && cursor !== null; page++) {
		const response: Response | null = await request(
			`/alerts?${toParams({ ...DESK_FILTERS, limit: PAGE_SIZE, ...(cursor && { cursor }) })}`
		);
		const read = response?.ok ? AlertPage.safeParse(await response.json()) : null;
		yield read?.data ?? null;
		cursor = read?.data?.nextCursor ?? null;
	}
}

/** Reads one more page of a list. Returns `null` if the page could not be loaded. */
export async function readMore(filters: AlertFilters, cursor: string): Promise<AlertPage | null> {
	const response = await request(`/alerts?${toParams({ ...filters, cursor, limit: 200 })}`);
	return response?.ok ? AlertPage.parse(await response.json()) : null;
}

/** Counts the facets of a list. Returns `null` if they could not be counted. */
export async function readFacets(filters: AlertFilters): Promise<AlertFacets | null> {
	const response = await request(`/alerts/facets?${toParams(filters)}`);
	return response?.ok ? AlertFacets.parse(await response.json()) : null;
}

/** Reads the Alert `id`. Returns `null` if the Alert does not exist for this Supplier, or could not be loaded. */
export async function readAlert(id: string): Promise<Alert | null> {
	const response = await request(`/alerts/${encodeURIComponent(id)}`);
	return response?.ok ? Alert.parse(await response.json()) : null;
}

/** Reads the earlier decisions on the pattern of an Alert. Returns `null` if the decisions could not be loaded. */
export async function readPrecedents(id: string): Promise<Precedents | null> {
	const response = await request(`/alerts/${encodeURIComponent(id)}/precedents`);
	return response?.ok ? Precedents.parse(await response.json()) : null;
}

/**
 * Reads what happened on a Device from `from` to `to` (epoch ms). Returns `null` if the timeline could not be loaded.
 */
export async function readTimeline(
	deviceId: string,
	from: number,
	to: number
): Promise<TimelineItem[] | null> {
	const range = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
	const response = await request(`/devices/${encodeURIComponent(deviceId)}/timeline?${range}`);
	return response?.ok ? Timeline.parse(await response.json()).items : null;
}

/** Decides one Alert, or reopens the Alert with `verdict: null`. Returns the Alert after the decision. */
export const sendDecision = (
	id: string,
	decision: { verdict: Verdict | null; reason: string | null; note: string | null; version: number }
): Promise<Answer<Alert>> =>
	callApi(`/alerts/${encodeURIComponent(id)}/decision`, (body) => Alert.parse(body), {
		method: 'POST',
		body: decision
	});

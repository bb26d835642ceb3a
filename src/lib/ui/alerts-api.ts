// The calls of the browser to the API, each with every outcome that a reader can meet.
import { Alert } from '#lib/domain/alert.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { Precedents } from '#lib/domain/precedent.ts';
import { Timeline, type TimelineItem } from '#lib/domain/timeline.ts';
import { DESK } from './views.ts';

const API = '/api/v1';
const PAGE = 500;
/** What a browser holds at most. */
const MOST_PAGES = 100;

async function ask(path: string, init?: RequestInit): Promise<Response | null> {
	try {
		return await fetch(`${API}${path}`, { credentials: 'same-origin', ...init });
	} catch {
		return null; // no network: the caller says so
	}
}

export type FeedAnswer =
	({ kind: 'page' } & FeedPage) | { kind: 'signed-out' } | { kind: 'too-far-back' } | { kind: 'failed' };

export async function readFeed(after: number): Promise<FeedAnswer> {
	const response = await ask(`/feed?after=${after}&limit=${PAGE}`);
	if (response?.status === 401) return { kind: 'signed-out' };
	if (response?.status === 410) return { kind: 'too-far-back' };
	if (!response?.ok) return { kind: 'failed' };
	const page = FeedPage.safeParse(await response.json());
	return page.success ? { kind: 'page', ...page.data } : { kind: 'failed' };
}

/** The whole desk, newest arrivals first; `null` where the server does not answer, and the rest is not known. */
export async function* readDesk(): AsyncGenerator<AlertPage | null> {
	let cursor: string | null = '';
	for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
		const response: Response | null = await ask(
			`/alerts?${new URLSearchParams({ decision: DESK.decision!, priority: String(DESK.priority), limit: String(PAGE), ...(cursor && { cursor }) })}`
		);
		const read = response?.ok ? AlertPage.safeParse(await response.json()) : null;
		yield read?.data ?? null;
		cursor = read?.data?.nextCursor ?? null;
	}
}

/** One more page of a list; `null` where it cannot be had. */
export async function readMore(filters: Record<string, string>, cursor: string): Promise<AlertPage | null> {
	const response = await ask(`/alerts?${new URLSearchParams({ ...filters, cursor, limit: '200' })}`);
	return response?.ok ? AlertPage.parse(await response.json()) : null;
}

export async function readAlert(id: string): Promise<Alert | null> {
	const response = await ask(`/alerts/${encodeURIComponent(id)}`);
	return response?.ok ? Alert.parse(await response.json()) : null;
}

/** What was decided before on the same pattern; `null` where it cannot be had. */
export async function readPrecedents(id: string): Promise<Precedents | null> {
	const response = await ask(`/alerts/${encodeURIComponent(id)}/precedents`);
	return response?.ok ? Precedents.parse(await response.json()) : null;
}

export async function readTimeline(
	deviceId: string,
	from: number,
	to: number
): Promise<TimelineItem[] | null> {
	const range = new URLSearchParams({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
	const response = await ask(`/devices/${encodeURIComponent(deviceId)}/timeline?${range}`);
	return response?.ok ? Timeline.parse(await response.json()).items : null;
}

export type DecisionAnswer =
	{ kind: 'done'; alert: Alert } | { kind: 'refused'; why: string; conflict: boolean };

/** Decides one Alert, or reopens it with `verdict: null`. A refusal comes with the reason, in words for the reader. */
export async function sendDecision(
	id: string,
	decision: { verdict: Verdict | null; reason: string | null; note: string | null; version: number }
): Promise<DecisionAnswer> {
	const response = await ask(`/alerts/${encodeURIComponent(id)}/decision`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(decision)
	});
	if (!response)
		return {
			kind: 'refused',
			why: 'The server cannot be reached; nothing was recorded. Try again.',
			conflict: false
		};
	if (response.ok) return { kind: 'done', alert: Alert.parse(await response.json()) };
	const problem = (await response.json().catch(() => null)) as {
		detail?: string;
		errors?: Array<{ message: string }>;
	} | null;
	const why =
		problem?.errors?.[0]?.message ??
		problem?.detail ??
		`The server answered ${response.status}; nothing was recorded.`;
	return { kind: 'refused', why, conflict: response.status === 409 };
}

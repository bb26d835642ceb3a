// Calls the API for what the open Alert shows besides itself: comments, history, disagreement and its Device. The answers
// are not checked here, because their schemas would make the first page larger.
import type { Alert } from '#lib/domain/alert.ts';
import type { Comment, CommentSubject } from '#lib/domain/desk/comment.ts';
import type { Disagreement } from '#lib/domain/desk/disagreement.ts';
import type { HistoryPage } from '#lib/domain/desk/history.ts';
import type { Device } from '#lib/domain/device.ts';
import { callApi, type Answer } from '#lib/ui/call-api.ts';

const get = <T>(path: string): Promise<Answer<T>> => callApi(path, (body) => body as T, { method: 'GET' });

/** Reads the comments on the Alert, on its episode and on its Device, oldest first. */
export const readComments = (alert: Alert): Promise<Answer<{ items: Comment[] }>> =>
	get(`/alerts/${alert.id}/comments`);

const PATHS: Record<CommentSubject, (alert: Alert) => string> = {
	alert: ({ id }) => `/alerts/${id}`,
	episode: ({ episodeId }) => `/episodes/${episodeId}`,
	device: ({ deviceId }) => `/devices/${deviceId}`
};

export const writeComment = (alert: Alert, subject: CommentSubject, text: string): Promise<Answer<Comment>> =>
	callApi(`${PATHS[subject](alert)}/comments`, (body) => body as Comment, { method: 'POST', body: { text } });

/** Reads a page of the history, newest first. `cursor`: the `nextCursor` of the page before; `null`: the first page. */
export const readHistory = (alertId: string, cursor: string | null): Promise<Answer<HistoryPage>> =>
	get(`/alerts/${alertId}/history?limit=20${cursor ? `&cursor=${cursor}` : ''}`);

export const readDisagreement = (alertId: string): Promise<Answer<Disagreement>> =>
	get(`/alerts/${alertId}/disagreement`);

/** Records that the person disagrees with the explanation, or takes this back. */
export const sendDisagreement = ({ id, version }: Alert, disagrees: boolean): Promise<Answer<Disagreement>> =>
	callApi(`/alerts/${id}/disagreement`, (body) => body as Disagreement, {
		method: disagrees ? 'POST' : 'DELETE',
		...(disagrees && { body: { version } })
	});

export const readDevice = (deviceId: string): Promise<Answer<Device>> => get(`/devices/${deviceId}`);

/** Reads the newest decided Alerts of the same code on the same Device. */
export const readDecided = ({ deviceId, code }: Alert): Promise<Answer<{ items: Alert[] }>> =>
	get(`/alerts?${new URLSearchParams({ device: deviceId, code, decision: 'any', limit: '6' })}`);

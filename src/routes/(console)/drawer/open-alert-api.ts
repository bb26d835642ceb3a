// Reads what the open Alert shows besides itself: comments, history, disagreement and its Device. The answers
// are not checked here, because their schemas would make the first page larger.
import type { Alert } from '#lib/domain/alert.ts';
import type { Comment } from '#lib/domain/desk/comment.ts';
import type { Disagreement } from '#lib/domain/desk/disagreement.ts';
import type { HistoryPage } from '#lib/domain/desk/history.ts';
import type { Device } from '#lib/domain/device.ts';
import { callApi, type Answer } from '#lib/ui/call-api.ts';

const get = <T>(path: string): Promise<Answer<T>> => callApi(path, (body) => body as T, { method: 'GET' });

/** Reads the comments on the Alert, on its episode and on its Device, oldest first. */
export const readComments = (alert: Alert): Promise<Answer<{ items: Comment[] }>> =>
	get(`/alerts/${alert.id}/comments`);

/** Reads a page of the history, newest first. `cursor`: the `nextCursor` of the page before; `null`: the first page. */
export const readHistory = (alertId: string, cursor: string | null): Promise<Answer<HistoryPage>> =>
	get(`/alerts/${alertId}/history?limit=20${cursor ? `&cursor=${cursor}` : ''}`);

export const readDisagreement = (alertId: string): Promise<Answer<Disagreement>> =>
	get(`/alerts/${alertId}/disagreement`);

export const readDevice = (deviceId: string): Promise<Answer<Device>> => get(`/devices/${deviceId}`);

/** Reads the newest decided Alerts of the same code on the same Device. */
export const readDecided = ({ deviceId, code }: Alert): Promise<Answer<{ items: Alert[] }>> =>
	get(`/alerts?${new URLSearchParams({ device: deviceId, code, decision: 'any', limit: '6' })}`);

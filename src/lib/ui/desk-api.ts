// Calls the API of the desk from the browser: shelves and assigns Alerts, comments, disagrees, and acts on frozen selections.
// The answers are not checked: their schemas would bring the tables of Alert codes into the page.
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import type { Assignee } from '#lib/domain/desk/assignment.ts';
import type { Comment, CommentSubject } from '#lib/domain/desk/comment.ts';
import type { Disagreement } from '#lib/domain/desk/disagreement.ts';
import type { LeftOut, LeftOutPage, Selection } from '#lib/domain/desk/selection.ts';
import type { ShelfTime } from '#lib/domain/desk/shelving.ts';
import type { ShiftHours } from '#lib/domain/desk/shift-hours.ts';
import { callApi, type Answer } from './call-api.ts';

/** Alerts by id, with the versions that the person saw; or a frozen selection. */
export type Subject = { items: ReadonlyArray<{ id: string; version: number }> } | { selection: string };

/** What a bulk call did. `refused` is missing in the answer to a decision. */
export interface ManyResult {
	done: string[];
	conflicts: Array<{ id: string; version: number | null }>;
	refused?: LeftOut[];
}

/** The answer to a call with a frozen selection is the selection; to a call with items it is their result. */
export type Reply<S extends Subject> = S extends { selection: string } ? Selection : ManyResult;

const post = <T>(path: string, body: unknown): Promise<Answer<T>> =>
	callApi(path, (answer) => answer as T, { method: 'POST', body });
const get = <T>(path: string): Promise<Answer<T>> =>
	callApi(path, (answer) => answer as T, { method: 'GET' });

/** Decides Alerts. `verdict: null` reopens them. */
export const decideMany = <S extends Subject>(
	subject: S,
	decision: { verdict: Verdict | null; reason: string | null; note: string | null }
): Promise<Answer<Reply<S>>> => post('/decisions', { ...subject, ...decision });

/** Shelves Alerts. `time: null` takes them off the shelf. */
export const shelveMany = <S extends Subject>(
	subject: S,
	time: ShelfTime | null,
	note: string | null
): Promise<Answer<Reply<S>>> => post('/shelvings', { ...subject, for: time, note });

/** Assigns Alerts to the person with this id, to the caller (`me`), or to nobody. */
export const assignMany = <S extends Subject>(subject: S, to: string | null): Promise<Answer<Reply<S>>> =>
	post('/assignments', { ...subject, to });

/** Freezes the Alerts that match the filters now. */
export const freeze = ({
	sort: _sort,
	limit: _limit,
	cursor: _cursor,
	...filters
}: AlertFilters): Promise<Answer<Selection>> => post('/selections', filters);

export const readSelection = (id: string): Promise<Answer<Selection>> => get(`/selections/${id}`);

/** Undoes the action of a selection on the Alerts that have said nothing new since. Returns the selection that does it. */
export const undoSelection = (id: string): Promise<Answer<Selection>> => post(`/selections/${id}/undo`, {});

/** Reads the Alerts of a selection that its action left as they are. */
export async function readLeftOut(id: string): Promise<LeftOut[]> {
	const items: LeftOut[] = [];
	for (let cursor: string | null = ''; cursor !== null;) {
		const answer: Answer<LeftOutPage> = await get(
			`/selections/${id}/conflicts${cursor && `?cursor=${cursor}`}`
		);
		if (!answer.ok) break;
		items.push(...answer.value.items);
		cursor = answer.value.nextCursor;
	}
	return items;
}

/** Lists the people to whom Alerts can be assigned. */
export const readPeople = (): Promise<Answer<{ items: Assignee[] }>> => get('/desk/people');

export const readShiftHours = (): Promise<Answer<ShiftHours>> => get('/shift-hours');

const SUBJECT_PATHS: Record<CommentSubject, string> = {
	alert: 'alerts',
	episode: 'episodes',
	device: 'devices'
};

export const sendComment = (subject: CommentSubject, id: string, text: string): Promise<Answer<Comment>> =>
	post(`/${SUBJECT_PATHS[subject]}/${encodeURIComponent(id)}/comments`, { text });

/** Says that the person disagrees with the explanation of the Alert, or takes that back. */
export const sendDisagreement = (
	{ id, version }: Pick<Alert, 'id' | 'version'>,
	disagrees: boolean
): Promise<Answer<Disagreement>> =>
	disagrees
		? post(`/alerts/${id}/disagreement`, { version })
		: callApi(`/alerts/${id}/disagreement`, (body) => body as Disagreement, { method: 'DELETE' });

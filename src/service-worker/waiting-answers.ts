// Keeps the answers that wait for the network, in IndexedDB of this browser: at most one for each page.
import type { PushPayload } from '#lib/domain/on-call/push.ts';

const DATABASE = 'causeway-answers';
const STORE = 'waiting';

async function inStore<T>(
	mode: IDBTransactionMode,
	work: (store: IDBObjectStore) => IDBRequest<T>
): Promise<T> {
	const opening = indexedDB.open(DATABASE, 1);
	opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE, { keyPath: 'tag' });
	const database = await resultOf(opening);
	try {
		return await resultOf(work(database.transaction(STORE, mode).objectStore(STORE)));
	} finally {
		database.close();
	}
}

const resultOf = <T>(request: IDBRequest<T>): Promise<T> =>
	new Promise((done, fail) => {
		request.onsuccess = () => done(request.result);
		request.onerror = () => fail(request.error ?? new Error('the answer was not kept'));
	});

/** Keeps only what is needed to send the answer and to say what became of it. */
export const keepAnswer = async (payload: PushPayload): Promise<void> =>
	void (await inStore('readwrite', (store) => store.put({ ...payload, body: '' })));

export const waitingAnswers = (): Promise<PushPayload[]> =>
	inStore('readonly', (store) => store.getAll() as IDBRequest<PushPayload[]>);

export const forgetAnswer = async (tag: string): Promise<void> =>
	void (await inStore('readwrite', (store) => store.delete(tag)));

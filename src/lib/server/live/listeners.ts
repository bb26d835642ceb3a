// Who listens on a socket: by which key or session they were let in, and whether it still stands.
import type { IncomingMessage } from 'node:http';
import { headersOf, isOwnOrigin, type AccessServices } from '#lib/server/access/caller.ts';

export interface Listener {
	supplierId: number;
	by: { key: number } | { session: string };
	/** Asked every few seconds: that a console listens is a use of its session. */
	stillAllowed(): Promise<boolean>;
}

export function createListeners({ apiKeys, auth, config }: AccessServices) {
	async function byKey(key: string): Promise<Listener | null> {
		const holder = await apiKeys.holderOf(key);
		if (!holder || holder.supplierId === null || !holder.scopes.includes('read')) return null;
		const { supplierId, keyId } = holder;
		return {
			supplierId,
			by: { key: keyId },
			stillAllowed: async () => (await apiKeys.holderOf(key))?.supplierId === supplierId
		};
	}

	async function bySession(headers: Headers): Promise<Listener | null> {
		const [viewer, session] = [await auth.viewerOf(headers), await auth.sessionOf(headers)];
		if (!viewer || session === null) return null;
		const { supplierId } = viewer;
		return {
			supplierId,
			by: { session },
			stillAllowed: async () => (await auth.viewerOf(headers))?.supplierId === supplierId
		};
	}

	/** Of these listeners those whose key or session stands in the record at this moment. */
	async function standing(listeners: readonly Listener[]): Promise<Set<Listener>> {
		const [keys, sessions] = await Promise.all([
			apiKeys.standing(listeners.flatMap(({ by }) => ('key' in by ? by.key : []))),
			auth.standing(listeners.flatMap(({ by }) => ('session' in by ? by.session : [])))
		]);
		return new Set(
			listeners.filter(
				({ by, supplierId }) => ('key' in by ? keys.get(by.key) : sessions.get(by.session)) === supplierId
			)
		);
	}

	return {
		standing,

		/** Lets in a key with the scope read, or the session of our own page; `null` refuses. */
		async admit(req: IncomingMessage, sent: Record<string, unknown>): Promise<Listener | null> {
			const key = sent['key'];
			// A session comes from a browser, and a browser says from which site.
			const listener =
				typeof key === 'string'
					? await byKey(key)
					: isOwnOrigin(req, config.origin)
						? await bySession(headersOf(req))
						: null;
			return listener && (await standing([listener])).has(listener) ? listener : null;
		}
	};
}

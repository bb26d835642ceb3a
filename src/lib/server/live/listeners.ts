// Admits listeners to the socket by an API key or a session. Checks later whether the key or session is still valid.
import type { IncomingMessage } from 'node:http';
import { mayDo } from '#lib/domain/access.ts';
import { bearerOf, headersOf, isOwnOrigin, type AccessServices } from '#lib/server/access/caller.ts';

export interface Listener {
	supplierId: number;
	/** The id of the API key or session that admitted the listener. */
	by: { key: number } | { session: string };
	/**
	 * Records that the key or session is in use. Returns `false` if the key or session has ended, was unused for too
	 * long, or now belongs to another Supplier. The server calls this every few seconds, so that an open console keeps
	 * its session alive.
	 */
	touch(): Promise<boolean>;
}

export function createListeners({ apiKeys, auth, config }: AccessServices) {
	async function byKey(key: string): Promise<Listener | null> {
		const holder = await apiKeys.holderOf(key);
		if (!holder || holder.supplierId === null || !mayDo('read', { ...holder, role: null })) return null;
		const { supplierId, keyId } = holder;
		return {
			supplierId,
			by: { key: keyId },
			touch: async () => (await apiKeys.holderOf(key))?.supplierId === supplierId
		};
	}

	async function bySession(headers: Headers): Promise<Listener | null> {
		const [viewer, session] = [await auth.viewerOf(headers), await auth.sessionOf(headers)];
		if (!viewer || session === null) return null;
		const { supplierId } = viewer;
		// A person of the installation sees no Alerts, so there is no room for this person.
		if (supplierId === null || !mayDo('read', { ...viewer, scopes: [] })) return null;
		return {
			supplierId,
			by: { session },
			touch: async () => (await auth.viewerOf(headers))?.supplierId === supplierId
		};
	}

	/** Asks the database which of these listeners have a valid API key or session at this moment. */
	async function stillValid(listeners: readonly Listener[]): Promise<Set<Listener>> {
		const [keys, sessions] = await Promise.all([
			apiKeys.stillValid(listeners.flatMap(({ by }) => ('key' in by ? by.key : []))),
			auth.stillValid(listeners.flatMap(({ by }) => ('session' in by ? by.session : [])))
		]);
		return new Set(
			listeners.filter(
				({ by, supplierId }) => ('key' in by ? keys.get(by.key) : sessions.get(by.session)) === supplierId
			)
		);
	}

	return {
		stillValid,

		/**
		 * Admits a listener with an API key that has the scope `read`, or with a session from Causeway's own pages. The
		 * key is in `credentials`, or in the header Authorization.
		 * Returns `null` if the listener is refused.
		 */
		async admit(req: IncomingMessage, credentials: Record<string, unknown>): Promise<Listener | null> {
			const key = credentials['key'] ?? bearerOf(req);
			// A session comes from a browser, and every browser sends the Origin header. So a session without the right
			// Origin is refused.
			const listener =
				typeof key === 'string'
					? await byKey(key)
					: isOwnOrigin(req, config.origin)
						? await bySession(headersOf(req))
						: null;
			return listener && (await stillValid([listener])).has(listener) ? listener : null;
		}
	};
}

// Collects in memory the changes that a pass makes to the keys of Alerts, until the pass writes them. The changes are
// the new keys, the deleted keys and the episode of each Alert. For each key, the collection also has the stretch of
// time that has changed.
import { KEY_NAMES, nameOf, type KeyName } from '#lib/domain/episode.ts';
import type { Held, Holder } from './episode-keys.ts';
import type { Change } from './episode-runs.ts';

export type Places = ReturnType<typeof createPlaces>;

/** Creates an empty collection. `holders`: the Alerts whose keys are known already. */
export function createPlaces(holders: ReadonlyMap<bigint, Holder>) {
	const known = new Map(holders);
	const changes = new Map<KeyName, Map<string, Change>>(KEY_NAMES.map((name) => [name, new Map()]));
	const come = new Map<string, Held>();
	const gone = new Map<string, Held>();
	/** The new episodes of Alerts under a key, also under keys that are new. */
	const placed = new Map<string, Pick<Held, 'alertId' | 'key' | 'episodeId'>>();

	function changeAt({ key, at }: Pick<Held, 'key' | 'at'>): Change {
		const own = changes.get(nameOf(key))!;
		let change = own.get(key);
		if (!change) own.set(key, (change = { from: at, to: at, come: new Map() }));
		change.from = Math.min(change.from, at);
		change.to = Math.max(change.to, at);
		return change;
	}

	function comeTo(id: bigint, rank: number): void {
		const holder = known.get(id);
		const key = holder?.keys[rank];
		if (!holder || key === undefined) return;
		const held: Held = { ...holder, rank, key, episodeId: null };
		come.set(memberKey(id, key), held);
		changeAt(held).come.set(id, held);
	}

	return {
		/** Records that the Alert keeps this key, and that the run of the key must be looked at again. */
		touch(held: Held): void {
			changeAt(held).come.set(held.alertId, held);
		},
		/** Records that the Alert loses this key. */
		leave(held: Held): void {
			gone.set(memberKey(held.alertId, held.key), held);
			changeAt(held).come.delete(held.alertId);
		},
		/** Records that the Alert gains its key of this rank. */
		come: comeTo,
		/** Records that the Alert gains the key after `key`, because `key` gives the Alert no episode. */
		fall(id: bigint, key: string): void {
			const rank = known.get(id)?.keys.indexOf(key) ?? -1;
			// If the Alert no longer has `key`, the Alert has changed since. Grouping handles such an Alert when it
			// reads the Alert's own feed entry.
			if (rank >= 0) comeTo(id, rank + 1);
		},
		place(alertId: bigint, key: string, episodeId: bigint | null): void {
			placed.set(memberKey(alertId, key), { alertId, key, episodeId });
		},
		isNew: (id: bigint, key: string): boolean => come.has(memberKey(id, key)),
		/** Returns whether the Alert has lost this key in this pass. The database still has the key. */
		hasLeft: (id: bigint, key: string): boolean => gone.has(memberKey(id, key)),
		knows: (id: bigint): boolean => known.has(id),
		know(more: ReadonlyMap<bigint, Holder>): void {
			for (const [id, holder] of more) known.set(id, holder);
		},
		changesOf: (name: KeyName): ReadonlyMap<string, Change> => changes.get(name)!,
		gone: (): Held[] => [...gone.values()],
		/**
		 * Returns the new keys with their episodes (`come`), and the new episodes under keys that are stored already
		 * (`placed`).
		 */
		written: () => ({
			come: [...come].map(([name, held]) => ({ ...held, episodeId: placed.get(name)?.episodeId ?? null })),
			placed: [...placed].flatMap(([name, one]) => (come.has(name) ? [] : [one]))
		}),
		moved: (): bigint[] => [...placed.values()].map(({ alertId }) => alertId)
	};
}

const memberKey = (id: bigint, key: string): string => `${id} ${key}`;

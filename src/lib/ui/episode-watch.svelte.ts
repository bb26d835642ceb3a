// Keeps the kinds and titles of the episodes that the list shows. Reads many episodes in one call.
import { SvelteMap } from 'svelte/reactivity';
import type { Episode } from '#lib/domain/episode.ts';
import { readEpisodes } from './episodes-api.ts';

/** Requests that come together are read together (ms). */
const GATHER_MS = 150;
/** An episode is read again after its Alerts have changed, at most once in this time (ms). */
const FRESH_MS = 5000;
const MOST_IDS = 100;

export class EpisodeWatch {
	readonly #episodes = new SvelteMap<string, Episode>();
	/** When each episode was last read (ms, `performance.now()`). */
	readonly #readAtMs: Record<string, number> = {};
	#wanted: readonly string[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Returns the episode as it was last read. `undefined`: it has not been read yet. */
	get(id: string): Episode | undefined {
		return this.#episodes.get(id);
	}

	/** Asks for the episode, because a row shows it or its Alerts have changed. */
	want(id: string): void {
		if (!this.#wanted.includes(id)) this.#wanted = [...this.#wanted, id];
		this.#schedule(GATHER_MS);
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	#schedule(delayMs: number): void {
		this.#timer ??= setTimeout(() => {
			this.#timer = undefined;
			void this.#read();
		}, delayMs);
	}

	async #read(): Promise<void> {
		const now = performance.now();
		const isDue = (id: string): boolean => now - (this.#readAtMs[id] ?? -FRESH_MS) >= FRESH_MS;
		const ids = this.#wanted.filter(isDue).slice(0, MOST_IDS);
		this.#wanted = this.#wanted.filter((id) => !ids.includes(id));
		for (const id of ids) this.#readAtMs[id] = now;
		if (ids.length > 0) {
			const answer = await readEpisodes(ids);
			if (answer.ok) for (const episode of answer.value) this.#episodes.set(episode.id, episode);
		}
		// An episode that was just read waits for its turn.
		if (this.#wanted.length > 0) this.#schedule(FRESH_MS);
	}
}

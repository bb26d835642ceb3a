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
	/** When the timer ends (ms, `performance.now()`). */
	#dueAtMs = 0;

	/** Returns the episode as it was last read. `undefined`: it has not been read yet. */
	get(id: string): Episode | undefined {
		return this.#episodes.get(id);
	}

	/** Asks for the episode, because a row shows it or its Alerts have changed. */
	want(id: string): void {
		if (!this.#wanted.includes(id)) this.#wanted = [...this.#wanted, id];
		this.#schedule();
	}

	stop(): void {
		clearTimeout(this.#timer);
	}

	/** Returns how long the episode still waits for its turn (ms). An episode that was just read waits longest. */
	#waitOf(id: string): number {
		return Math.max(GATHER_MS, (this.#readAtMs[id] ?? -Infinity) + FRESH_MS - performance.now());
	}

	/** Sets the timer for the first turn of the wanted episodes. */
	#schedule(): void {
		if (this.#wanted.length === 0) return;
		const dueAtMs = performance.now() + Math.min(...this.#wanted.map((id) => this.#waitOf(id)));
		if (this.#timer !== undefined && this.#dueAtMs <= dueAtMs) return;
		clearTimeout(this.#timer);
		this.#dueAtMs = dueAtMs;
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			void this.#read();
		}, dueAtMs - performance.now());
	}

	async #read(): Promise<void> {
		const ids = this.#wanted.filter((id) => this.#waitOf(id) <= GATHER_MS).slice(0, MOST_IDS);
		this.#wanted = this.#wanted.filter((id) => !ids.includes(id));
		for (const id of ids) this.#readAtMs[id] = performance.now();
		if (ids.length > 0) {
			const answer = await readEpisodes(ids);
			if (answer.ok) for (const episode of answer.value) this.#episodes.set(episode.id, episode);
		}
		this.#schedule();
	}
}

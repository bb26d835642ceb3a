// Loads components that the first screen does not show, so that its scripts stay small. They load at the first key or
// movement of the pointer, so that they are there when a person opens one.

/** A component that loads later. `component` is `null` until then. */
export class Part<C> {
	component = $state.raw<C | null>(null);
	readonly #load: () => Promise<{ default: C }>;
	#asked = false;

	constructor(load: () => Promise<{ default: C }>) {
		this.#load = load;
	}

	/** Loads the component once. A failed load is tried again at the next call. */
	load(): void {
		if (this.#asked) return;
		this.#asked = true;
		this.#load().then(
			(module) => (this.component = module.default),
			() => (this.#asked = false)
		);
	}
}

/** Loads these parts when the person first uses the page. Returns the function that stops waiting for that. */
export function loadAtFirstUse(parts: Readonly<Record<string, { load(): void }>>): () => void {
	const stop = new AbortController();
	const load = (): void => {
		stop.abort();
		for (const part of Object.values(parts)) part.load();
	};
	for (const type of ['keydown', 'pointermove', 'pointerdown', 'touchstart'])
		addEventListener(type, load, { signal: stop.signal, capture: true, passive: true });
	return () => stop.abort();
}

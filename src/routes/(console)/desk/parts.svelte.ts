// Loads the parts of the desk that the first screen does not show. They load together at the first key or movement of the
// pointer, so that they are there when a person opens one.

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

export const parts = {
	drawer: new Part(() => import('../drawer/Drawer.svelte')),
	facets: new Part(() => import('../find/FacetPanel.svelte')),
	selection: new Part(() => import('./SelectionBar.svelte')),
	report: new Part(() => import('./BulkReport.svelte')),
	forms: new Part(() => import('./DeskForms.svelte')),
	escalation: new Part(() => import('../pager/EscalateDialog.svelte')),
	checklist: new Part(() => import('../Checklist.svelte'))
};

/** Loads all parts when the person first uses the page. Returns the function that stops waiting for that. */
export function loadAtFirstUse(): () => void {
	const stop = new AbortController();
	const load = (): void => {
		stop.abort();
		for (const part of Object.values<{ load(): void }>(parts)) part.load();
	};
	for (const type of ['keydown', 'pointermove', 'pointerdown', 'touchstart'])
		addEventListener(type, load, { signal: stop.signal, capture: true, passive: true });
	return () => stop.abort();
}

// Holds the views of the list for the person who looks: the saved ones, how far the person has looked at each, and their
// counters. The browser counts what it can judge on its desk; the server counts the rest.
import { FacetFilters } from '#lib/domain/alert-facets.ts';
import { needsServer, resolveFilters, type AlertFilters } from '#lib/domain/alert-filter.ts';
import { isViewName, narrow, viewNamed } from '#lib/domain/desk/list-view.ts';
import {
	SavedView,
	ViewCounts,
	ViewList,
	type SavedViewIn,
	type ViewLook
} from '#lib/domain/desk/saved-view.ts';
import { writeText } from './alert-query/write-query.ts';
import { callApi, type Answer } from './call-api.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import type { Counters, CountedView } from './view-counter.ts';
import { DESK_VIEWS, hasAges, toGiven, withGiven, type ListQuery } from './views.ts';

/** How often the server counts the views that the browser cannot count (ms). */
const COUNT_MS = 30_000;
/** The view off the desk that has an open count. */
const COUNTED_OFF_DESK = ['shelved'];

export class SavedViews {
	items = $state.raw<readonly SavedView[]>([]);
	#looks = $state.raw<readonly ViewLook[]>([]);
	/** The counters of the views that the server counts. */
	#counted = $state.raw<Readonly<Record<string, Counters>>>({});
	readonly #live: LiveAlerts;

	constructor(list: ViewList, live: LiveAlerts) {
		this.#live = live;
		this.#take(list);
	}

	/** Returns the counters of a view; `null`: it has none yet. */
	counters(key: string): Counters | null {
		return this.#live.counters?.[key] ?? this.#counted[key] ?? null;
	}

	lookAt = (key: string): ViewLook | null => this.#looks.find(({ view }) => view === key) ?? null;

	/** Returns the saved view that an address shows as it was saved; `null`: none. */
	shownBy({ saved, view, given }: ListQuery): SavedView | null {
		const item = this.items.find(({ id }) => id === saved);
		return item && item.base === view && writeText(givenOf(item)) === writeText(given) ? item : null;
	}

	/** Returns the key of the view that an address shows whole; `null`: it shows a part of a view. */
	keyOf(query: ListQuery): string | null {
		return this.shownBy(query)?.id ?? (Object.keys(query.given).length === 0 ? query.view : null);
	}

	/** Keeps the counters of the server up to date. */
	start(): () => void {
		void this.#count();
		const timer = setInterval(() => {
			if (!document.hidden) void this.#readList().then(() => this.#count());
		}, COUNT_MS);
		return () => clearInterval(timer);
	}

	/** Notes that the person has seen the Alerts of a view up to an id. A lost note only shows them as new once more. */
	leave(key: string, seenId: string): void {
		if (!this.#views().some((view) => view.key === key) && !isViewName(key)) return;
		this.#looks = [
			...this.#looks.filter(({ view }) => view !== key),
			{ view: key, seenId, lookedAt: instantOf(Date.now()) }
		];
		this.#countOnDesk();
		void fetch(`/api/v1/views/${encodeURIComponent(key)}/look`, {
			method: 'PUT',
			credentials: 'same-origin',
			keepalive: true,
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ seenId })
		}).catch(() => {});
	}

	save(view: SavedViewIn, id: string | null): Promise<Answer<SavedView>> {
		return this.#change(
			callApi(id === null ? '/views' : `/views/${id}`, (body) => SavedView.parse(body), {
				method: id === null ? 'POST' : 'PUT',
				body: view
			})
		);
	}

	remove(id: string): Promise<Answer<undefined>> {
		return this.#change(callApi(`/views/${id}`, () => undefined, { method: 'DELETE' }));
	}

	async #change<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
		const changed = await answer;
		if (changed.ok) await this.#readList();
		if (changed.ok) void this.#count();
		return changed;
	}

	/** Reads the list again, because colleagues share and change views. */
	async #readList(): Promise<void> {
		const list = await callApi('/views', (body) => ViewList.parse(body), { method: 'GET' });
		if (list.ok && JSON.stringify(list.value.items) !== JSON.stringify(this.items)) this.#take(list.value);
	}

	#take({ items, looks }: ViewList): void {
		this.items = items;
		this.#looks = looks;
		this.#countOnDesk();
	}

	/** The filters of each view, for the person who looks. */
	#views(): Array<{ key: string; filters: AlertFilters; unmet: boolean; isOnDesk: boolean }> {
		return [
			...[...DESK_VIEWS, ...COUNTED_OFF_DESK].map((key) => ({
				key,
				filters: viewNamed(key as (typeof DESK_VIEWS)[number]).filters,
				unmet: false,
				isOnDesk: !COUNTED_OFF_DESK.includes(key)
			})),
			...this.items.map((item) => ({
				key: item.id,
				...narrow(viewNamed(item.base).filters, FacetFilters.parse(item.filters)),
				isOnDesk: viewNamed(item.base).order === 'desk'
			}))
		];
	}

	#countOnDesk(): void {
		const looking = { callerId: this.#live.callerId, nowMs: 0 };
		this.#live.countViews(
			this.#views()
				.filter(
					(view) => view.isOnDesk && !view.unmet && !needsServer(view.filters) && !hasAges(view.filters)
				)
				.map(({ key, filters }): CountedView => ({
					key,
					filters: resolveFilters(filters, looking),
					seenId: this.lookAt(key)?.seenId ?? null
				}))
		);
	}

	async #count(): Promise<void> {
		const keys = this.#views()
			.filter((view) => !view.isOnDesk || needsServer(view.filters) || hasAges(view.filters))
			.map(({ key }) => key);
		const read = async (key: string): Promise<[string, Counters] | null> => {
			const answer = await callApi(`/views/${key}/counts`, (body) => ViewCounts.parse(body), {
				method: 'GET'
			});
			return answer.ok && answer.value.open !== null
				? [key, { open: answer.value.open, fresh: answer.value.new }]
				: null;
		};
		const counted = await Promise.all(keys.map(read));
		this.#counted = Object.fromEntries(counted.filter((one) => one !== null));
	}
}

const instantOf = (ms: number): string => new Date(ms).toISOString();

const givenOf = (item: SavedView) => toGiven(FacetFilters.parse(item.filters));

/** Returns the address of a saved view. The filters stand in it, so that it shows the same list to everybody. */
export function addressOf(item: SavedView, present: URL): string {
	const url = withGiven(present, givenOf(item));
	url.searchParams.delete('alert');
	url.searchParams.set('view', item.base);
	url.searchParams.set('saved', item.id);
	return url.pathname + url.search;
}

// Keeps the pages that are not resolved up to date in the browser, so that an Alert and an episode show their pager
// state. A change on the socket makes the browser read the pages again; a timer covers a lost message.
import type { Alert } from '#lib/domain/alert.ts';
import type { Page } from '#lib/domain/on-call/page.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { readPages } from './on-call-api.ts';

const READ_EVERY_MS = 30_000;
/** Changes that arrive together are read together (ms). */
const GATHER_MS = 250;
const MOST_PAGES = 100;

export class PageWatch {
	/** The pages that are open or acknowledged, newest first. */
	pages = $state.raw<readonly Page[]>([]);
	readonly #live: LiveAlerts;
	#timer: ReturnType<typeof setTimeout> | undefined;
	readonly #byAlert = $derived(
		Object.fromEntries(
			this.pages.flatMap((page) => [page.alertId ?? '', ...page.alertIds].map((id) => [id, page] as const))
		)
	);
	readonly #byEpisode = $derived(
		Object.fromEntries(this.pages.map((page) => [page.episodeId ?? '', page] as const))
	);

	constructor(live: LiveAlerts) {
		this.#live = live;
	}

	/** Returns the page about an Alert or its episode, if one is open or acknowledged. */
	ofAlert(alert: Pick<Alert, 'id' | 'episodeId'>): Page | undefined {
		return this.#byAlert[alert.id] ?? (alert.episodeId ? this.#byEpisode[alert.episodeId] : undefined);
	}

	ofEpisode(id: string): Page | undefined {
		return this.#byEpisode[id];
	}

	/** The pages whose alarm a person must answer. */
	get alarms(): Page[] {
		return this.pages.filter((page) => page.alarm !== null);
	}

	start(): () => void {
		const unsubscribe = this.#live.onPageChange(() => this.#schedule(GATHER_MS));
		this.#schedule(0);
		return () => {
			unsubscribe();
			clearTimeout(this.#timer);
		};
	}

	#schedule(delayMs: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.refresh(), delayMs);
	}

	/** Reads the pages now. */
	async refresh(): Promise<void> {
		const [open, acknowledged] = await Promise.all([
			readPages({ state: 'open', limit: MOST_PAGES }),
			readPages({ state: 'acknowledged', limit: MOST_PAGES })
		]);
		// Without an answer the pages stay as they were. The connection pill says that the server does not answer.
		if (open.ok && acknowledged.ok)
			this.pages = [...open.value.items, ...acknowledged.value.items].sort((a, b) =>
				a.openedAt < b.openedAt ? 1 : -1
			);
		this.#schedule(READ_EVERY_MS);
	}
}

// Keeps the state of the feeds up to date in the browser: last arrivals, completeness marks and warnings.
import { FEED_WORDS, Feeds, feedWarnings, lastHeard, type FeedKind } from '#lib/domain/feed-state.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import * as messages from '#messages/frame.ts';
import type { Clock } from './clock.svelte.ts';
import { shortInstant } from './wording.ts';

const READ_EVERY_MS = 15_000;
/** While the first records are awaited, a person looks at the page after each command. */
const READ_OFTEN_MS = 3000;

export class FeedWatch {
	state = $state.raw() as Feeds;
	readonly #clock: Clock;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(state: Feeds, clock: Clock) {
		this.state = state;
		this.#clock = clock;
	}

	/** What is wrong at this moment. The browser computes it, so that it also shows while the server does not answer. */
	get warnings(): string[] {
		return feedWarnings(this.state, this.#clock.now);
	}

	/** The kinds of records that have never arrived. */
	get missing(): FeedKind[] {
		return (Object.keys(FEED_WORDS) as FeedKind[]).filter((kind) => lastHeard(this.state, kind) === null);
	}

	/** Says how far the audit data is complete: `Audit data to 02:13, 2 min behind`. */
	get auditText(): string {
		const { completeUntil, items } = this.state.completeness;
		if (items.length === 0) return messages.no_source();
		if (completeUntil === null) return messages.source_never_reported();
		const lag = (this.#clock.now - Date.parse(completeUntil)) / 1000;
		const time = shortInstant(completeUntil, this.#clock.now);
		return lag < 1
			? messages.audit_complete({ time })
			: messages.audit_behind({ time, delay: formatSeconds(lag) });
	}

	/** Says when the last Alert arrived: `Last Alert 02:14`. */
	get alertText(): string {
		const at = lastHeard(this.state, 'alert');
		return at === null
			? messages.no_alert_yet()
			: messages.last_alert({ time: shortInstant(at, this.#clock.now) });
	}

	start(): () => void {
		const readOn = (): void => {
			this.#timer = setTimeout(
				() => void this.#read().then(readOn),
				this.missing.length > 0 ? READ_OFTEN_MS : READ_EVERY_MS
			);
		};
		readOn();
		return () => clearTimeout(this.#timer);
	}

	async #read(): Promise<void> {
		try {
			const response = await fetch('/api/v1/feeds', { credentials: 'same-origin' });
			const read = response.ok ? Feeds.safeParse(await response.json()) : null;
			if (read?.success) this.state = read.data;
		} catch {
			// The state stays as it was, and its ages grow. The connection pill says that the server does not answer.
		}
	}
}

// Keeps the preview of the edited route up to date: the browser asks for it when the person pauses.
import type { WouldHavePaged } from '#lib/domain/on-call/preview.ts';
import type { RouteIn } from '#lib/domain/on-call/route.ts';
import { previewRoute } from '#lib/ui/on-call-api.ts';

const PAUSE_MS = 400;

export class LivePreview {
	/** `null`: no preview has arrived yet. */
	shown = $state.raw<WouldHavePaged | null>(null);
	/** Why there is no preview, such as a route without conditions. Empty: there is no fault. */
	fault = $state('');
	isBusy = $state(false);
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** The text of the route that was asked for last. */
	#asked = '';

	show(name: string | null, route: RouteIn): void {
		const asked = JSON.stringify([name, route]);
		if (asked === this.#asked) return;
		this.#asked = asked;
		clearTimeout(this.#timer);
		this.isBusy = true;
		// A preview needs no channel, and a new route may have none yet.
		const complete = { ...route, channels: route.channels.length > 0 ? route.channels : ['none yet'] };
		this.#timer = setTimeout(() => void this.#read(asked, name, complete), PAUSE_MS);
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#asked = '';
	}

	async #read(asked: string, name: string | null, route: RouteIn): Promise<void> {
		const answer = await previewRoute(name, route);
		if (asked !== this.#asked) return;
		this.isBusy = false;
		if (answer.ok) this.shown = answer.value;
		this.fault = answer.ok ? '' : answer.faults[0] ? faultText(answer.faults[0]) : answer.message;
	}
}

const faultText = ({ path, message }: { path: string; message: string }): string =>
	path === 'when' ? `The route ${message}.` : `${path} ${message}.`;

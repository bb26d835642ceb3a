// Loads the data of a page of on call again when pages change, at most once a second.
import { invalidate } from '$app/navigation';
import type { LiveAlerts } from '#lib/ui/live-alerts.svelte.ts';

export const ON_CALL = 'causeway:on-call';
const REFETCH_MS = 1000;

/** Follows the changes until the returned function is called. */
export function followPages(live: LiveAlerts): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const unsubscribe = live.onPageChange(() => {
		timer ??= setTimeout(() => {
			timer = undefined;
			void invalidate(ON_CALL);
		}, REFETCH_MS);
	});
	return () => {
		unsubscribe();
		clearTimeout(timer);
	};
}

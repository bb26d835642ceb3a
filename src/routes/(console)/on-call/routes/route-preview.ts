// Asks what an edited route would have paged.
import type { WouldHavePaged } from '#lib/domain/on-call/preview.ts';
import type { RouteIn } from '#lib/domain/on-call/route.ts';
import { LivePreview } from '#lib/ui/live-preview.svelte.ts';
import { previewRoute } from '#lib/ui/on-call-api.ts';
import * as messages from '#messages/routes.ts';

interface Edited {
	/** The stored name of the route; `null`: it has none yet. */
	name: string | null;
	route: RouteIn;
}
export type RoutePreviewer = LivePreview<Edited, WouldHavePaged>;

export const createRoutePreview = (): RoutePreviewer =>
	new LivePreview(
		// A preview needs no channel, and a new route may have none yet.
		({ name, route }) =>
			previewRoute(name, { ...route, channels: route.channels.length > 0 ? route.channels : ['none-yet'] }),
		({ faults: [fault], message }) => (fault ? faultText(fault) : message)
	);

const faultText = ({ path, message }: { path: string; message: string }): string =>
	path === 'when'
		? messages.fault_of_route({ fault: message })
		: messages.fault_of_field({ field: path, fault: message });

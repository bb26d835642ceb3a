// Lists the usual routes, which a Supplier can add once it has a rota and a channel.
import type { RouteIn } from './route.ts';

export interface ShippedRoute {
	name: string;
	/** Why the route is useful, in one sentence. */
	why: string;
	route: RouteIn;
}

const SHIPPED = [
	{
		name: 'Security or tamper without an explanation',
		why: 'Nothing that anybody sent explains the Alert, so somebody may be at the meter or use a stolen credential.',
		when: { explanation: ['unexplained', 'not-command'], category: ['security', 'tamper'] },
		acknowledgeMinutes: 10
	},
	{
		name: 'Storm of 50 Devices',
		why: 'One matter on 50 Devices is an incident of an area, a model or a campaign, and grows while nobody looks.',
		when: { minDevices: 50 },
		acknowledgeMinutes: 10
	},
	{
		name: 'Contradiction of a decision',
		why: 'New evidence contradicts a decision, so an Alert that somebody called ignorable may not be.',
		when: { contradicted: true },
		acknowledgeMinutes: 30
	},
	{
		name: 'Fault of a feed',
		why: 'A feed that has stopped looks like a calm night, and every explanation after it is missing or late.',
		when: { feedFault: true },
		acknowledgeMinutes: 15
	}
] as const;

/** Returns the usual routes for a rota and its channels, in the order in which they should be added. */
export const shippedRoutes = (rota: string | null, channels: readonly string[]): ShippedRoute[] =>
	SHIPPED.map(({ name, why, when, acknowledgeMinutes }) => ({
		name,
		why,
		route: {
			when: structuredClone(when) as RouteIn['when'],
			rota,
			channels: [...channels],
			acknowledgeMinutes,
			then: [],
			quietHours: null,
			enabled: true
		}
	}));

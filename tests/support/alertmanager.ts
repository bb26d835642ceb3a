// Runs a real Alertmanager for a test, as Debian packages it. `npm test` unpacks the package if the machine has none.
import { ALERTMANAGER, runAlertmanager } from '../../launcher/alertmanager.ts';

export { ALERTMANAGER };

export interface ShownAlert {
	labels: Record<string, string>;
	annotations: Record<string, string>;
	startsAt: string;
	endsAt: string;
	status: { state: string };
}

export async function startAlertmanager() {
	const alertmanager = await runAlertmanager('route:\n  receiver: nobody\nreceivers:\n  - name: nobody\n');
	return {
		...alertmanager,
		/** Returns the alerts that Alertmanager shows, by its own API. */
		async shown(filter: string): Promise<ShownAlert[]> {
			const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${encodeURIComponent(filter)}`);
			return (await answer.json()) as ShownAlert[];
		}
	};
}

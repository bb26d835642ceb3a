// A thousand consoles at the pace of the country.
import { costOf, latencyOf } from './measured.ts';
import { COUNTRY } from './report.ts';
import type { Bench, Work } from './rounds.ts';
import { SUPPLIERS } from './trace.ts';
import { inMs, whole } from './wording.ts';

const CONNECTIONS = 1000;

export function consoles({ options, measured, trial }: Bench): Work {
	const seconds = options.amounts.paced;
	const name = `${whole(CONNECTIONS)} consoles at the country's pace`;
	return {
		name,
		seconds: seconds + 15,
		async run(at) {
			const { system, pace } = trial();
			// One of each Supplier is there already: it notes when the Alerts come.
			const close = await system.openCrowd(CONNECTIONS / SUPPLIERS.length - 1);
			const stage = await pace(
				name,
				{ alerts: COUNTRY.alertsPerSecond, requests: COUNTRY.serviceRequestsPerSecond, seconds },
				at
			).finally(close);
			measured.consoles = {
				connections: CONNECTIONS,
				alertsPerSecond: stage.alertsPerSecond,
				latencyMs: latencyOf(stage),
				cost: costOf(stage),
				webRssMiB: stage.rssMiB && stage.rssMiB.web
			};
			return `p50 ${inMs(stage.latencyMs!.p50)}, p99 ${inMs(stage.latencyMs!.p99)}`;
		}
	};
}

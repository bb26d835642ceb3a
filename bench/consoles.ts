// Measures latency and memory at the national load while a thousand clients are connected.
import { formatMs, formatNumber } from './format.ts';
import { costOf, latencyOf } from './measured.ts';
import { NATIONAL_LOAD } from './national-load.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import { SUPPLIERS } from './trace.ts';

const CLIENT_COUNT = 1000;

export function consoles({ options, measured, stageRunner }: BenchContext): Task {
	const seconds = options.amounts.fixedRateSeconds;
	const name = `${formatNumber(CLIENT_COUNT)} connected clients at the national load`;
	return {
		name,
		expectedSeconds: seconds + 15,
		async run(onProgress) {
			const { system, runAtFixedRate } = stageRunner();
			// The listener already holds one connection of each Supplier, to note when the Alerts arrive.
			const close = await system.connectIdleClients(CLIENT_COUNT / SUPPLIERS.length - 1);
			const stage = await runAtFixedRate(
				name,
				{ alerts: NATIONAL_LOAD.alertsPerSecond, requests: NATIONAL_LOAD.serviceRequestsPerSecond, seconds },
				onProgress
			).finally(close);
			measured.consoles = {
				connections: CLIENT_COUNT,
				alertsPerSecond: stage.alertsPerSecond,
				latencyMs: latencyOf(stage),
				cost: costOf(stage),
				webRssMiB: stage.rssMiB && stage.rssMiB.web
			};
			return `p50 ${formatMs(stage.latencyMs!.p50)}, p99 ${formatMs(stage.latencyMs!.p99)}`;
		}
	};
}

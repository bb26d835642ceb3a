// Runs stages one after the other on one Causeway: saturating stages and stages at a fixed rate.
import { callSize, countFor } from './figures.ts';
import type { OnProgress } from './progress.ts';
import { createStagePlanner } from './stage-planner.ts';
import { runStage, type Stage, type StageResult } from './stage.ts';
import { quiet, settled, type LoadedSystem } from './system.ts';

export interface Load {
	name: string;
	/** Alerts per call. 'duis': one DUIS message a call. */
	alerts?: number | 'duis';
	/** Service Requests per call. */
	requests?: number;
	/** The number of calls of each stream that are in flight at the same time. */
	inFlight: number;
	/** Records of the warm-up stage, which finds the rate that Causeway sustains. Its result does not count. */
	warmUpRecords: number;
}

/** The loads of the saturating stages. */
export const LOADS = {
	alertsBy1000: { name: 'Alerts alone, 1,000 a call', alerts: 1000, inFlight: 4, warmUpRecords: 3000 },
	alertsBy50: { name: 'Alerts alone, 50 a call', alerts: 50, inFlight: 16, warmUpRecords: 2000 },
	alertsBy1: { name: 'Alerts alone, one a call', alerts: 1, inFlight: 64, warmUpRecords: 1000 },
	duis: { name: 'Alerts alone, one DUIS message a call', alerts: 'duis', inFlight: 64, warmUpRecords: 1000 },
	mixed: {
		name: 'Alerts and Service Requests, 1,000 a call',
		alerts: 1000,
		requests: 1000,
		inFlight: 3,
		warmUpRecords: 2000
	},
	requests: { name: 'Service Requests alone, 1,000 a call', requests: 1000, inFlight: 4, warmUpRecords: 4000 }
} as const satisfies Record<string, Load>;
export type LoadName = keyof typeof LOADS;

interface SettledResult extends StageResult {
	/** Seconds from the end of the stage until grouping and learning were done. `null`: the time was not measured. */
	settledSeconds: number | null;
}

export interface StageRecord extends SettledResult {
	name: string;
	/** Alerts per second of a stage at a fixed rate. `null`: a saturating stage. */
	offeredPerSecond: number | null;
}

/** Length of the warm-up before a stage at a fixed rate. The result of the warm-up does not count. */
export const WARM_UP_SECONDS = 3;

export type StageRunner = ReturnType<typeof createStageRunner>;

/** Creates a runner, which appends the result of each stage to `stages`. */
export function createStageRunner(system: LoadedSystem, stages: StageRecord[]) {
	const planner = createStagePlanner(system.trace.plan);
	/** Records of one stream that Causeway accepted and completed per second in the last stage of each load. */
	const sustainedRates = new Map<LoadName, number>();

	/**
	 * Runs a stage and waits until Causeway has no work left. `quietSeconds`: from the end of the stage until
	 * everything was explained. `settledSeconds`: until everything was grouped and learned from as well.
	 */
	async function run(stage: Stage, onProgress?: OnProgress) {
		const result = await runStage(system, stage, onProgress);
		const ended = performance.now();
		await quiet(system);
		const quietSeconds = (performance.now() - ended) / 1000;
		await settled(system);
		const settledSeconds = Math.round((performance.now() - ended) / 100) / 10;
		return { result: { ...result, settledSeconds }, quietSeconds };
	}

	async function send(name: LoadName, count: number, onProgress?: OnProgress): Promise<SettledResult> {
		const load: Load = LOADS[name];
		const amount = (batch: number | 'duis') => ({ count, batch, perSecond: null, inFlight: load.inFlight });
		const stage = planner.next({
			...(load.alerts && { alerts: amount(load.alerts) }),
			...(load.requests && { requests: amount(load.requests) })
		});
		const { result, quietSeconds } = await run(stage, onProgress);
		sustainedRates.set(name, count / (result.seconds + quietSeconds));
		return result;
	}

	/** Returns the rate per stream that Causeway sustains. Runs the warm-up stage of the load if the rate is unknown. */
	async function sustainedRateOf(name: LoadName): Promise<number> {
		if (!sustainedRates.has(name)) await send(name, LOADS[name].warmUpRecords);
		return sustainedRates.get(name)!;
	}

	function storeResult(name: string, offeredPerSecond: number | null, result: SettledResult): StageRecord {
		const record = { name, offeredPerSecond, ...result };
		stages.push(record);
		return record;
	}

	/** Runs a saturating stage: as many records as Causeway accepts, for about `seconds`. */
	async function saturate(name: LoadName, seconds: number, onProgress?: OnProgress): Promise<StageRecord> {
		const { alerts, requests, name: stageName }: Load = LOADS[name];
		const perCall = typeof alerts === 'number' ? alerts : (requests ?? 1);
		const result = await send(name, countFor(await sustainedRateOf(name), seconds, perCall), onProgress);
		return storeResult(stageName, null, result);
	}

	/** Runs a stage at a fixed rate (open loop): each call is sent when due, even if Causeway is behind. */
	async function runAtFixedRate(
		name: string,
		{ alerts, requests, seconds }: { alerts: number; requests: number; seconds: number },
		onProgress?: OnProgress
	): Promise<StageRecord> {
		const stageFor = (seconds: number) => {
			const amount = (perSecond: number) => {
				const batch = callSize(perSecond);
				return { count: countFor(perSecond, seconds, batch), batch, perSecond };
			};
			return planner.next({ alerts: amount(alerts), requests: amount(requests) });
		};
		await run(stageFor(WARM_UP_SECONDS));
		return storeResult(name, alerts, (await run(stageFor(seconds), onProgress)).result);
	}

	return { system, planner, stages, saturate, runAtFixedRate, sustainedRateOf };
}

// Stage after stage on one Causeway: what saturates it, and what comes at a given pace.
import { createCourse } from './course.ts';
import { callSize, countFor } from './figures.ts';
import { runStage, type Stage, type StageResult } from './stage.ts';
import { quiet, settled, type Loaded } from './system.ts';

export interface Load {
	name: string;
	alerts?: number | 'duis';
	requests?: number;
	/** Calls in flight, of each stream. */
	inFlight: number;
	/** Records of the first stage, which tells the pace and does not count. */
	warmUp: number;
}

/** What saturates the product: records a call. */
export const LOADS = {
	alertsBy1000: { name: 'Alerts alone, NDJSON of 1,000', alerts: 1000, inFlight: 4, warmUp: 3000 },
	alertsBy50: { name: 'Alerts alone, NDJSON of 50', alerts: 50, inFlight: 16, warmUp: 2000 },
	alertsBy1: { name: 'Alerts alone, one a call', alerts: 1, inFlight: 64, warmUp: 1000 },
	duis: { name: 'Alerts alone, one DUIS message a call', alerts: 'duis', inFlight: 64, warmUp: 1000 },
	mixed: {
		name: 'Alerts beside Service Requests, NDJSON of 1,000',
		alerts: 1000,
		requests: 1000,
		inFlight: 3,
		warmUp: 2000
	},
	requests: { name: 'Service Requests alone, NDJSON of 1,000', requests: 1000, inFlight: 4, warmUp: 4000 }
} as const satisfies Record<string, Load>;
export type LoadName = keyof typeof LOADS;

interface Settled extends StageResult {
	/** So long (s) after the stage all of it was grouped and learned from; `null` where nobody waited for that. */
	settledSeconds: number | null;
}

export interface StageRecord extends Settled {
	name: string;
	/** Alerts a second that were sent whatever became of them; `null` where as many as were taken. */
	offeredPerSecond: number | null;
}

/** A stage at a given pace begins with so long that does not count. */
export const WARM_UP_SECONDS = 3;

type Told = (done: number, of: number) => void;
export type Trial = ReturnType<typeof createTrial>;

/** `stages`: where each stage is written down. */
export function createTrial(system: Loaded, stages: StageRecord[]) {
	const course = createCourse(system.trace.plan);
	/** Records of one stream that are taken and worked off in a second, as last seen. */
	const paces = new Map<LoadName, number>();

	/** Runs a stage until nothing is left of it; `quietSeconds`: until all of it was explained, `settledSeconds`: and grouped. */
	async function run(stage: Stage, told?: Told) {
		const result = await runStage(system, stage, told);
		const ended = performance.now();
		await quiet(system);
		const quietSeconds = (performance.now() - ended) / 1000;
		await settled(system);
		const settledSeconds = Math.round((performance.now() - ended) / 100) / 10;
		return { result: { ...result, settledSeconds }, quietSeconds };
	}

	async function send(name: LoadName, count: number, told?: Told): Promise<Settled> {
		const load: Load = LOADS[name];
		const amount = (batch: number | 'duis') => ({ count, batch, perSecond: null, inFlight: load.inFlight });
		const stage = course.next({
			...(load.alerts && { alerts: amount(load.alerts) }),
			...(load.requests && { requests: amount(load.requests) })
		});
		const { result, quietSeconds } = await run(stage, told);
		paces.set(name, count / (result.seconds + quietSeconds));
		return result;
	}

	/** How many records of each of its streams the product takes and works off in a second, as far as is known. */
	async function paceOf(name: LoadName): Promise<number> {
		if (!paces.has(name)) await send(name, LOADS[name].warmUp);
		return paces.get(name)!;
	}

	function keep(name: string, offeredPerSecond: number | null, result: Settled): StageRecord {
		const record = { name, offeredPerSecond, ...result };
		stages.push(record);
		return record;
	}

	/** As much as the product takes, for about so long. */
	async function saturate(name: LoadName, seconds: number, told?: Told): Promise<StageRecord> {
		const { alerts, requests, name: title }: Load = LOADS[name];
		const perCall = typeof alerts === 'number' ? alerts : (requests ?? 1);
		const result = await send(name, countFor(await paceOf(name), seconds, perCall), told);
		return keep(title, null, result);
	}

	/** Open loop: so many a second, whatever becomes of them. */
	async function pace(
		name: string,
		{ alerts, requests, seconds }: { alerts: number; requests: number; seconds: number },
		told?: Told
	): Promise<StageRecord> {
		const stageFor = (seconds: number) => {
			const amount = (perSecond: number) => {
				const batch = callSize(perSecond);
				return { count: countFor(perSecond, seconds, batch), batch, perSecond };
			};
			return course.next({ alerts: amount(alerts), requests: amount(requests) });
		};
		await run(stageFor(WARM_UP_SECONDS));
		return keep(name, alerts, (await run(stageFor(seconds), told)).result);
	}

	return { system, course, stages, saturate, pace, paceOf };
}

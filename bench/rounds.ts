// The rounds: what the product does, then what the others do, and again, so that a slow minute of the machine is in both.
import type { Ground } from '../launcher/ground.ts';
import { measureBullmq } from './baseline-bullmq.ts';
import { measurePostgres } from './baseline-postgres.ts';
import { measureRedisLookups } from './baseline-redis.ts';
import { HOW_TO_INSTALL, measureSec } from './baseline-sec.ts';
import { add, type Measured } from './measured.ts';
import type { Options } from './options.ts';
import type { Step } from './progress.ts';
import { grownBy, recordSize } from './record-size.ts';
import { COUNTRY } from './report.ts';
import type { Trace } from './trace.ts';
import { LOADS, WARM_UP_SECONDS, type LoadName, type Trial } from './trial.ts';
import { inMs, whole } from './wording.ts';

export type Told = (done: number, of: number) => void;

/** A step of the run; what it returns is told as its result. */
export interface Work extends Step {
	run(at: Told): Promise<string>;
}

/** What the steps work with: opened when the first of them needs it. */
export interface Bench {
	options: Options;
	measured: Measured;
	trace: Trace;
	ground(): Promise<Ground>;
	trial(): Trial;
}

/** Starting a sender, making the bodies, and waiting until all is settled. */
const BESIDE_SECONDS = 4;

export function worksOfRound(bench: Bench): Work[] {
	const { parts } = bench.options;
	return [
		...(parts.has('throughput')
			? (Object.keys(LOADS) as LoadName[]).map((name) => saturating(bench, name))
			: []),
		...(parts.has('latency') ? [atCountry(bench), atHalf(bench)] : []),
		...(parts.has('baselines') ? baselines(bench) : [])
	];
}

function saturating({ options, measured, trial }: Bench, name: LoadName): Work {
	const seconds = options.amounts.saturating;
	return {
		name: LOADS[name].name,
		seconds: seconds + 2 * BESIDE_SECONDS,
		async run(at) {
			const { system, saturate, paceOf } = trial();
			await paceOf(name);
			const before = name === 'alertsBy1000' ? await recordSize(system.pool) : null;
			const stage = await saturate(name, seconds, at);
			add(measured.saturated, name, stage);
			if (before) {
				const { bytes, tables } = grownBy(before, await recordSize(system.pool));
				measured.record.push({ alerts: stage.alerts, bytes, tables });
			}
			const figures = [
				...(stage.alerts > 0 ? [`${whole(stage.alertsPerSecond)} Alerts/s`] : []),
				...(stage.serviceRequests > 0 ? [`${whole(stage.serviceRequestsPerSecond)} requests/s`] : [])
			];
			return `${figures.join(' and ')}; grouped and learned from ${stage.settledSeconds} s later`;
		}
	};
}

function atCountry({ options, measured, trial }: Bench): Work {
	const { alertsPerSecond: alerts, serviceRequestsPerSecond: requests } = COUNTRY;
	const seconds = options.amounts.paced;
	const name = `${whole(alerts)} Alerts/s beside ${whole(requests)} requests/s`;
	return {
		name,
		seconds: seconds + WARM_UP_SECONDS + 2 * BESIDE_SECONDS,
		async run(at) {
			const stage = await trial().pace(name, { alerts, requests, seconds }, at);
			measured.at1150.push(stage);
			return `p50 ${inMs(stage.latencyMs!.p50)}, p99 ${inMs(stage.latencyMs!.p99)}`;
		}
	};
}

function atHalf({ options, measured, trial }: Bench): Work {
	const name = 'half of the measured most';
	const seconds = options.amounts.paced;
	return {
		name,
		seconds: seconds + WARM_UP_SECONDS + 2 * BESIDE_SECONDS,
		async run(at) {
			const last = measured.saturated.get('mixed')?.at(-1);
			const most = last
				? Math.min(last.alertsPerSecond, last.serviceRequestsPerSecond)
				: await trial().paceOf('mixed');
			const half = Math.max(100, Math.round(most / 2));
			const stage = await trial().pace(name, { alerts: half, requests: half, seconds }, at);
			measured.at50pct.push(stage);
			const { p50, p99 } = stage.latencyMs!;
			return `${whole(half)} Alerts/s: p50 ${inMs(p50)}, p99 ${inMs(p99)}`;
		}
	};
}

function baselines({ options, measured, trace, ground }: Bench): Work[] {
	const seconds = options.amounts.baseline;
	const services = async () => (await ground()).services;
	return [
		{
			name: 'BullMQ, a job an Alert that does nothing',
			seconds: seconds + 2,
			async run(onProgress) {
				const { redisUrl } = await services();
				const { jobsPerSecond } = await measureBullmq({ redisUrl, trace, seconds, onProgress });
				add(measured.baselines, 'bullmqNoopJobsPerSecond', jobsPerSecond);
				return `${whole(jobsPerSecond)} jobs/s`;
			}
		},
		{
			name: 'PostgreSQL, by hand and in batches',
			seconds: 2.4 * seconds + 4,
			async run(onProgress) {
				const { databaseUrl } = await services();
				const figures = await measurePostgres({ databaseUrl, trace, seconds, onProgress });
				add(measured.baselines, 'postgresLookupAlertsPerSecond', figures.lookupAlertsPerSecond);
				add(measured.baselines, 'postgresBatchedAlertsPerSecond', figures.batchedAlertsPerSecond);
				return `${whole(figures.lookupAlertsPerSecond)} and ${whole(figures.batchedAlertsPerSecond)} Alerts/s`;
			}
		},
		{
			name: 'Redis, bare lookups of the index',
			seconds: 2.4 * seconds + 4,
			async run(onProgress) {
				const figures = await measureRedisLookups({ ...(await services()), trace, seconds, onProgress });
				add(measured.baselines, 'redisLookupsPerSecond', figures.lookupsPerSecond);
				return `${whole(figures.lookupsPerSecond)} Devices/s`;
			}
		},
		{
			name: 'sec, a context for each Device',
			seconds: seconds + 3,
			async run(onProgress) {
				const figures = await measureSec({ trace, seconds, onProgress });
				if (!figures) {
					measured.notes.add(HOW_TO_INSTALL);
					return HOW_TO_INSTALL;
				}
				add(measured.baselines, 'secAlertsPerSecond', figures.alertsPerSecond);
				return `${whole(figures.alertsPerSecond)} Alerts/s`;
			}
		}
	];
}

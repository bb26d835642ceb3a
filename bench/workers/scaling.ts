// Decides at which number of processes Causeway stops scaling, and which resource was the limit.
import type { Scaling } from '../report/report.ts';
import { IN_TRANSACTION, ON_CPU, type Wait } from './waits.ts';

/** More processes must bring this gain to count as scaling. */
const LEAST_GAIN = 1.1;
/** From this share of the machine's CPU time on, the CPU is the limit. */
const FULL_PERCENT = 90;
/** From this share of PostgreSQL's busy sessions on, a wait is the limit. */
const LARGE_SHARE = 0.2;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const counted = (count: number, name: string): string => `${count} ${name}${count === 1 ? '' : 's'}`;

/** Names the processes: "2 workers", or "4 workers, 2 web processes". */
export const processesOf = ({ workers, webs }: Pick<Scaling, 'workers' | 'webs'>): string =>
	counted(workers, 'worker') + (webs === 1 ? '' : `, ${webs} web processes`);

/** Names the resources that limited a stage, with the figures that show it. */
export function limitOf({ machinePercent, waits }: Pick<Scaling, 'machinePercent' | 'waits'>): string {
	const wait = realWaits(waits)[0];
	const cpu = machinePercent === null ? 'CPU unknown' : `CPU ${Math.round(machinePercent)} % in use`;
	const locks = wait ? `${percent(wait.share)} of PostgreSQL's busy sessions wait for ${wait.name}` : null;
	const limits = [
		...(machinePercent !== null && machinePercent >= FULL_PERCENT ? [cpu] : []),
		...(wait && wait.share >= LARGE_SHARE ? [locks] : [])
	];
	return limits.length > 0 ? limits.join(', ') : `no resource is full: ${cpu}${locks ? `, ${locks}` : ''}`;
}

/** Returns the waits inside PostgreSQL: neither on the CPU nor for the next statement. */
export const realWaits = (waits: readonly Wait[]): Wait[] =>
	waits.filter(({ name }) => name !== ON_CPU && name !== IN_TRANSACTION);

/**
 * Says in one sentence where Causeway stops scaling, and why: at the first number of processes to which no larger number
 * brings a gain. `points`: with ever more processes.
 */
export function endOfScaling(points: readonly Scaling[]): string {
	for (const [i, point] of points.entries()) {
		const [fastest] = points.slice(i + 1).sort((a, b) => b.alertsPerSecond - a.alertsPerSecond);
		if (!fastest) return `still scales at ${processesOf(point)} (${limitOf(point)})`;
		const gain = fastest.alertsPerSecond / point.alertsPerSecond;
		if (gain >= LEAST_GAIN) continue;
		return `stops scaling at ${processesOf(point)}: ${processesOf(fastest)} make ${gain.toFixed(2)} x (${limitOf(fastest)})`;
	}
	return 'nothing was measured';
}

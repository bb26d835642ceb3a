// Reads the CPU time and memory of Causeway's components from /proc. On systems without /proc all results are `null`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { sum } from './figures.ts';

export type Component = 'web' | 'worker' | 'postgres' | 'redis';
const PROCESS_PATTERNS: ReadonlyArray<[component: Component, pattern: RegExp]> = [
	['web', /node.* \S*server\.ts/],
	['worker', /node.* \S*workers\/main\.ts/],
	['redis', /(redis|valkey)-server/],
	['postgres', /postgres/]
];
const TICKS_PER_SECOND = 100;
const PAGE_KIB = 4;

export interface Usage {
	/** CPU seconds of each component since the start of its processes. */
	cpu: Record<Component, number>;
	/** Resident memory of the web process and of the worker. */
	rssMiB: { web: number; worker: number };
}

/** Reads the usage of all processes below this one. `null`: the operating system has no /proc. */
export function readUsage(): Usage | null {
	if (!existsSync('/proc/self/stat')) return null;
	const cpu = { web: 0, worker: 0, postgres: 0, redis: 0 };
	const rssMiB = { web: 0, worker: 0 };
	const parents = new Map<number, number>();
	const found: Array<{ pid: number; component: Component; ticks: number; rss: number }> = [];
	for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			const pid = Number(name);
			const fields = statOf(pid);
			parents.set(pid, Number(fields[1]));
			const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
			const component = PROCESS_PATTERNS.find(([, pattern]) => pattern.test(command))?.[0];
			if (component)
				found.push({
					pid,
					component,
					ticks: ticksOf(fields),
					rss: Number(fields[21])
				});
		} catch {
			continue; // the process has ended since the listing
		}
	}
	for (const { component, ticks, rss } of found.filter(({ pid }) => isBelow(pid, parents))) {
		cpu[component] += ticks / TICKS_PER_SECOND;
		if (component === 'web' || component === 'worker') rssMiB[component] += (rss * PAGE_KIB) / 1024;
	}
	return { cpu, rssMiB };
}

/** Returns the CPU seconds of a process since its start. `null`: the operating system has no /proc. */
export const cpuSecondsOf = (pid: number): number | null =>
	existsSync('/proc/self/stat') ? ticksOf(statOf(pid)) / TICKS_PER_SECOND : null;

/** CPU time of the whole machine since its start, in ticks. */
export interface MachineTime {
	busy: number;
	total: number;
}

/**
 * Reads the CPU time of the whole machine, with all other processes. Time that a hypervisor took counts as busy. `null`: the
 * operating system has no /proc.
 */
export function readMachineTime(): MachineTime | null {
	if (!existsSync('/proc/stat')) return null;
	const [, ...ticks] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.split(/\s+/);
	// user, nice, system, idle, iowait, irq, softirq, steal. The fields after them are parts of user and nice.
	const [user, nice, system, idle, iowait, irq, softirq, steal] = ticks.map(Number);
	const busy = sum([user!, nice!, system!, irq!, softirq!, steal!]);
	return { busy, total: busy + idle! + iowait! };
}

/** Returns the share of the CPU time of the machine that was busy between two readings, in percent. */
export const percentBusy = (before: MachineTime | null, after: MachineTime | null): number | null =>
	before && after && (100 * (after.busy - before.busy)) / Math.max(1, after.total - before.total);

/**
 * Reads the fields of a process after its name in brackets. Counted from 1 with the fields before: state is 3, parent 4,
 * utime 14, stime 15, the times of ended children 16 and 17, rss 24 (in pages).
 */
function statOf(pid: number): string[] {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

const ticksOf = (fields: readonly string[]): number => sum([11, 12, 13, 14].map((i) => Number(fields[i])));

function isBelow(pid: number, parents: ReadonlyMap<number, number>): boolean {
	for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === process.pid) return true;
	return false;
}

/** Returns the CPU seconds of each component between two readings. `null`: a reading is missing. */
export function cpuSecondsBetween(
	before: Usage | null,
	after: Usage | null
): Record<Component, number> | null {
	if (!before || !after) return null;
	const spent = (component: Component): number => Math.max(0, after.cpu[component] - before.cpu[component]);
	return { web: spent('web'), worker: spent('worker'), postgres: spent('postgres'), redis: spent('redis') };
}

// What the parts of the product use of the machine, read from /proc. Elsewhere nothing is known, and nothing is said.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

export type Part = 'web' | 'worker' | 'postgres' | 'redis';
const PARTS: ReadonlyArray<[part: Part, pattern: RegExp]> = [
	['web', /node.* \S*server\.ts/],
	['worker', /node.* \S*workers\/main\.ts/],
	['redis', /(redis|valkey)-server/],
	['postgres', /postgres/]
];
const TICKS_A_SECOND = 100;
const PAGE_KIB = 4;

export interface Usage {
	/** CPU seconds since the start of each process. */
	cpu: Record<Part, number>;
	/** Resident memory of web and worker, MiB. */
	rssMiB: { web: number; worker: number };
}

/** What the processes below this one have used; `null` where the system does not tell. */
export function usage(): Usage | null {
	if (!existsSync('/proc/self/stat')) return null;
	const cpu = { web: 0, worker: 0, postgres: 0, redis: 0 };
	const rssMiB = { web: 0, worker: 0 };
	const parents = new Map<number, number>();
	const found: Array<{ pid: number; part: Part; ticks: number; rss: number }> = [];
	for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
		try {
			const pid = Number(name);
			const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
			// After the name in brackets: state, parent, ... utime is field 14, stime 15, those of ended children 16 and 17, rss 24.
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			parents.set(pid, Number(fields[1]));
			const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
			const part = PARTS.find(([, pattern]) => pattern.test(command))?.[0];
			if (part)
				found.push({
					pid,
					part,
					ticks: [11, 12, 13, 14].reduce((sum, i) => sum + Number(fields[i]), 0),
					rss: Number(fields[21])
				});
		} catch {
			continue; // it has ended meanwhile
		}
	}
	for (const { part, ticks, rss } of found.filter(({ pid }) => isBelow(pid, parents))) {
		cpu[part] += ticks / TICKS_A_SECOND;
		if (part === 'web' || part === 'worker') rssMiB[part] += (rss * PAGE_KIB) / 1024;
	}
	return { cpu, rssMiB };
}

function isBelow(pid: number, parents: ReadonlyMap<number, number>): boolean {
	for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === process.pid) return true;
	return false;
}

/** CPU seconds of each part between two readings. */
export function between(before: Usage | null, after: Usage | null): Record<Part, number> | null {
	if (!before || !after) return null;
	const spent = (part: Part): number => Math.max(0, after.cpu[part] - before.cpu[part]);
	return { web: spent('web'), worker: spent('worker'), postgres: spent('postgres'), redis: spent('redis') };
}

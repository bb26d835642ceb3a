// A stage that is sent while nobody waits for what becomes of it.
import { stopProcess } from '../launcher/process.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Stage } from './stage.ts';
import { next, start, type Loaded } from './system.ts';
import { createTrace } from './trace.ts';

/** A product that takes none of it any more does not hold up the run. */
const MOST_MS = 600_000;

/** Sends all of it, and returns how long (s) it took until all was kept; throws where a call failed. */
export async function send(
	system: Pick<Loaded, 'url' | 'keys'>,
	{ plan, streams }: Stage
): Promise<{ seconds: number }> {
	const load = start('load.ts');
	const limit = setTimeout(() => void stopProcess(load, 'SIGTERM'), MOST_MS);
	try {
		const order: LoadOrder = { url: system.url, key: system.keys['*']!, plan, streams, delay: 100 };
		load.send(order);
		await next(load);
		const { failures, began, ended } = await next<LoadReport>(load);
		if (failures[0]) throw new Error(`${failures.length} calls failed, as with: ${failures[0]}`);
		return { seconds: (ended - began) / 1000 };
	} finally {
		clearTimeout(limit);
		await stopProcess(load, 'SIGTERM');
	}
}

/** The message ids of the Alerts that it sends. */
export function messageIdsOf({ plan, streams }: Stage): string[] {
	const trace = createTrace(plan);
	const { from, count } = streams.find(({ kind }) => kind === 'alert')!;
	return Array.from({ length: count }, (_, i) => trace.messageIdAt(from + i));
}

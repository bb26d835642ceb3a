// Sends a stage without waiting for its Alerts to arrive at the clients.
import { stopProcess } from '../launcher/process.ts';
import type { LoadOrder, LoadReport } from './load.ts';
import type { Stage } from './stage.ts';
import { nextMessage, startProcess, type LoadedSystem } from './system.ts';
import { createTrace } from './trace.ts';

/** Milliseconds after which sending ends if Causeway accepts no more records, so that the run continues. */
const SEND_TIMEOUT_MS = 600_000;

/** Sends all records. Returns the seconds until Causeway stored the last record. Throws if a call failed. */
export async function sendStage(
	system: Pick<LoadedSystem, 'url' | 'keys'>,
	{ plan, streams }: Stage
): Promise<{ seconds: number }> {
	const load = startProcess('load.ts');
	const limit = setTimeout(() => void stopProcess(load, 'SIGTERM'), SEND_TIMEOUT_MS);
	try {
		const order: LoadOrder = { urls: [system.url], key: system.keys['*']!, plan, streams, delayMs: 100 };
		load.send(order);
		await nextMessage(load);
		const { failures, began, ended } = await nextMessage<LoadReport>(load);
		if (failures[0]) throw new Error(`${failures.length} calls failed; the first answer was: ${failures[0]}`);
		return { seconds: (ended - began) / 1000 };
	} finally {
		clearTimeout(limit);
		await stopProcess(load, 'SIGTERM');
	}
}

/** Returns the message ids of the Alerts of a stage, in the order of sending. */
export function messageIdsOf({ plan, streams }: Stage): string[] {
	const trace = createTrace(plan);
	const { from, count } = streams.find(({ kind }) => kind === 'alert')!;
	return Array.from({ length: count }, (_, i) => trace.messageIdAt(from + i));
}

// Runs one stage: sends its records, waits until all records have arrived, checks the arrivals, measures time and CPU.
import { setTimeout as pause } from 'node:timers/promises';
import { stopProcess } from '../launcher/process.ts';
import { monotonicMs } from './clock.ts';
import { sum } from './figures.ts';
import type { LoadOrder, LoadReport, Stream } from './load.ts';
import type { OnProgress } from './progress.ts';
import { nextMessage, startProcess, type LoadedSystem } from './system.ts';
import type { TracePlan } from './trace.ts';
import { cpuSecondsBetween, readUsage, type Component, type Usage } from './usage.ts';

/** The records that a stage sends, from the trace of `plan`. */
export interface Stage {
	plan: TracePlan;
	streams: Stream[];
}

export interface StageResult {
	alerts: number;
	serviceRequests: number;
	/** Seconds from the first call until the last Alert reached a client and the last request was in the index. */
	seconds: number;
	alertsPerSecond: number;
	serviceRequestsPerSecond: number;
	/** Latency from the due time of a call until a client received the row. `null`: the stage has no Alerts. */
	latencyMs: { p50: number; p95: number; p99: number; max: number } | null;
	/** Mean number of busy cores by component, over the stage. `null`: the operating system has no /proc. */
	cores: Record<Component, number> | null;
	/** Resident memory of web and worker. `null`: the operating system has no /proc. */
	rssMiB: Usage['rssMiB'] | null;
	/** The number of Alerts by final explanation. */
	explained: Record<string, number>;
	/** The number of calls that Causeway answered with 503 or 429 and `Retry-After`. */
	pushedBack: number;
	/** How often a client missed frames and read the feed. */
	gaps: number;
}

/** If no Alert arrives for this time, the stage counts the missing Alerts as lost. */
const ARRIVAL_TIMEOUT_MS = 30_000;

/** Runs the streams of the stage. Throws if an Alert was lost or doubled, or arrived at the wrong Supplier. */
export async function runStage(
	system: LoadedSystem,
	{ plan, streams }: Stage,
	onProgress: OnProgress = () => {}
): Promise<StageResult> {
	const load = startProcess('load.ts');
	try {
		const order: LoadOrder = {
			urls: system.urls(),
			key: system.keys['*']!,
			plan,
			streams,
			delayMs: 300
		};
		load.send(order);
		const messageIds = await nextMessage<string[]>(load);
		await system.expectAlerts({ messageIds });
		const before = readUsage();
		const reported = nextMessage<LoadReport>(load);
		const alerts = total(streams, 'alert');
		await waitForArrivals(system, alerts, onProgress, reported);
		const { failures, accepted, began, ended, due, pushedBack } = await reported;
		const serviceRequests = total(streams, 'service-request');
		const indexed = serviceRequests > 0 ? await waitUntilIndexed(system) : 0;
		const after = readUsage();
		if (failures[0]) throw new Error(`${failures.length} calls failed; the first answer was: ${failures[0]}`);
		if (accepted !== alerts + serviceRequests)
			throw new Error(`Causeway accepted ${accepted} of ${alerts + serviceRequests} records`);
		const { arrivedAt, gaps, explained } = await collectArrivals(system, messageIds);
		const last = arrivedAt.reduce((a, b) => Math.max(a, b), 0);
		const seconds = (Math.max(last, ended, indexed) - began) / 1000;
		return {
			alerts,
			serviceRequests,
			seconds,
			alertsPerSecond: alerts === 0 ? 0 : alerts / ((last - began) / 1000),
			serviceRequestsPerSecond: serviceRequests / seconds,
			latencyMs: alerts === 0 ? null : percentiles(arrivedAt.map((instant, i) => instant - due[i]!)),
			cores: coresOf(before, after, seconds),
			rssMiB: after && after.rssMiB,
			explained,
			pushedBack,
			gaps
		};
	} finally {
		await stopProcess(load, 'SIGTERM');
	}
}

const total = (streams: readonly Stream[], kind: Stream['kind']): number =>
	sum(streams.filter((stream) => stream.kind === kind).map(({ count }) => count));

/** Waits until all Alerts of the stage have arrived at a client and the promise `sent` is fulfilled. */
export async function waitForArrivals(
	system: LoadedSystem,
	alerts: number,
	onProgress: OnProgress,
	sent: Promise<unknown>
): Promise<void> {
	let sending = true;
	const done = (): void => void (sending = false);
	void sent.then(done, done);
	let [before, unchangedSince] = [-1, Date.now()];
	while (alerts > 0) {
		const arrived = await system.arrivedCount();
		onProgress(Math.min(arrived, alerts), alerts);
		if (arrived >= alerts) break;
		if (arrived !== before) [before, unchangedSince] = [arrived, Date.now()];
		// If the sender has failed, `sent` throws its error.
		if (Date.now() - unchangedSince > (sending ? 2 : 1) * ARRIVAL_TIMEOUT_MS) {
			if (!sending) await sent;
			throw new Error(
				`${alerts - arrived} of ${alerts} Alerts are missing: none arrived at a client for ${ARRIVAL_TIMEOUT_MS / 1000} s`
			);
		}
		await pause(100);
	}
	await sent;
}

/** Waits until the index has all requests. Returns the time of the last indexing (`monotonicMs`). */
async function waitUntilIndexed({ pool }: LoadedSystem): Promise<number> {
	for (;;) {
		const { rows } = await pool.query(`select from doorbell where job = 'index-service-requests' limit 1`);
		if (rows.length === 0) return monotonicMs();
		await pause(20);
	}
}

/** Reads the arrivals from the listener and verifies that every Alert arrived at its own Supplier only. */
export async function collectArrivals(system: LoadedSystem, messageIds: readonly string[]) {
	const { at: arrivedAt, misdelivered, gaps } = await system.arrivals();
	if (misdelivered > 0) throw new Error(`${misdelivered} Alerts arrived at a Supplier they do not belong to`);
	const explained = await verifyNothingLost(system, messageIds);
	return { arrivedAt, gaps, explained };
}

/**
 * Verifies that the database has each Alert once, and once for the Supplier of the Alert. Returns the number of Alerts
 * by explanation.
 */
export async function verifyNothingLost(
	{ pool }: LoadedSystem,
	messageIds: readonly string[]
): Promise<Record<string, number>> {
	const { rows } = await pool.query<{ explanation: string | null; alerts: number }>(
		`select s.explanation, count(*)::int as alerts
		from unnest($1::text[]) as sent(message_id)
		join alert a using (message_id)
		left join supplier_alert s on s.alert_id = a.id
		group by 1 order by 2 desc`,
		[messageIds]
	);
	const explained = rows.filter(({ explanation }) => explanation !== null);
	const found = sum(explained.map(({ alerts }) => alerts));
	if (found !== messageIds.length || explained.length !== rows.length)
		throw new Error(`the database has ${found} explanations for ${messageIds.length} Alerts`);
	return Object.fromEntries(explained.map(({ explanation, alerts }) => [explanation, alerts]));
}

export function percentiles(values: Float64Array): NonNullable<StageResult['latencyMs']> {
	const sorted = values.toSorted();
	const at = (share: number): number =>
		Math.round(10 * sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!) / 10;
	return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function coresOf(
	before: ReturnType<typeof readUsage>,
	after: ReturnType<typeof readUsage>,
	seconds: number
): StageResult['cores'] {
	const spent = cpuSecondsBetween(before, after);
	if (!spent) return null;
	return Object.fromEntries(
		Object.entries(spent).map(([part, cpu]) => [part, Math.round((100 * cpu) / seconds) / 100])
	) as Record<Component, number>;
}

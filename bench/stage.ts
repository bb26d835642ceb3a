// One stage of the measurement: what is sent, what came of it, how long it took, and what it cost.
import { setTimeout as pause } from 'node:timers/promises';
import { stopProcess } from '../launcher/process.ts';
import type { LoadOrder, LoadReport, Stream } from './load.ts';
import { next, start, type Loaded } from './system.ts';
import { between, usage, type Part } from './usage.ts';

export interface StageResult {
	alerts: number;
	serviceRequests: number;
	/** From the first call until the last Alert was on a console and the last request was in the index. */
	seconds: number;
	alertsPerSecond: number;
	serviceRequestsPerSecond: number;
	/** From the moment a call was due to the moment a console held the row, in ms. */
	latencyMs: { p50: number; p95: number; p99: number; max: number } | null;
	/** Cores that each part kept busy, over the stage; `null` where the system does not tell. */
	cores: Record<Part, number> | null;
	rssMiB: number | null;
	/** Calls that were asked to come back later. */
	pushedBack: number;
	/** How often a console missed frames and read the feed. */
	gaps: number;
}

/** No Alert for so long, and the rest counts as lost (ms). */
const PATIENCE = 30_000;

/** Runs the streams; throws where an Alert was lost or doubled, or came to a Supplier that it does not belong to. */
export async function runStage(
	system: Loaded,
	streams: Stream[],
	onProgress: (done: number, of: number) => void = () => {}
): Promise<StageResult> {
	const load = start('load.ts');
	try {
		const order: LoadOrder = {
			url: system.url,
			key: system.keys['*']!,
			plan: system.trace.plan,
			streams,
			delay: 300
		};
		load.send(order);
		const messageIds = await next<string[]>(load);
		await system.expect({ messageIds });
		const before = usage();
		const reported = next<LoadReport>(load);
		const alerts = total(streams, 'alert');
		let report: LoadReport | undefined;
		void reported.then((r) => (report = r));
		await arrive(system, alerts, onProgress, () => report !== undefined);
		const { failures, accepted, began, ended, due, pushedBack } = await reported;
		const serviceRequests = total(streams, 'service-request');
		const indexed = serviceRequests > 0 ? await lastIndexed(system) : 0;
		const after = usage();
		if (failures[0]) throw new Error(`${failures.length} calls failed, as with: ${failures[0]}`);
		if (accepted !== alerts + serviceRequests)
			throw new Error(`${accepted} of ${alerts + serviceRequests} records were taken`);
		const { at, astray, gaps } = await system.told();
		if (astray > 0) throw new Error(`${astray} Alerts came to a Supplier they do not belong to`);
		await nothingLost(system, messageIds);
		const last = at.reduce((a, b) => Math.max(a, b), 0);
		const seconds = (Math.max(last, ended, indexed) - began) / 1000;
		return {
			alerts,
			serviceRequests,
			seconds,
			alertsPerSecond: alerts === 0 ? 0 : alerts / ((last - began) / 1000),
			serviceRequestsPerSecond: serviceRequests / seconds,
			latencyMs: alerts === 0 ? null : percentiles(at.map((instant, i) => instant - due[i]!)),
			cores: coresOf(before, after, seconds),
			rssMiB: after && after.rssMiB.web + after.rssMiB.worker,
			pushedBack,
			gaps
		};
	} finally {
		await stopProcess(load, 'SIGTERM');
	}
}

const total = (streams: readonly Stream[], kind: Stream['kind']): number =>
	streams.filter((stream) => stream.kind === kind).reduce((sum, { count }) => sum + count, 0);

/** Waits until all Alerts of the stage have come to a console. */
async function arrive(
	system: Loaded,
	alerts: number,
	onProgress: (done: number, of: number) => void,
	isSent: () => boolean
): Promise<void> {
	let [done, since] = [-1, Date.now()];
	for (;;) {
		const arrived = alerts === 0 ? 0 : await system.arrived();
		onProgress(Math.min(arrived, alerts), alerts);
		if (arrived >= alerts && isSent()) return;
		if (arrived !== done) [done, since] = [arrived, Date.now()];
		if (Date.now() - since > PATIENCE)
			throw new Error(
				`${alerts - arrived} of ${alerts} Alerts did not come to a console within ${PATIENCE / 1000} s`
			);
		await pause(100);
	}
}

/** When the last request was found in the index (`instant`). */
async function lastIndexed({ pool }: Loaded): Promise<number> {
	for (;;) {
		const { rows } = await pool.query(`select from doorbell where job = 'index-service-requests' limit 1`);
		if (rows.length === 0) return Number(process.hrtime.bigint()) / 1e6;
		await pause(20);
	}
}

/** Each Alert stands once in the record, and once with the Supplier it belongs to. */
async function nothingLost({ pool }: Loaded, messageIds: readonly string[]): Promise<void> {
	const { rows } = await pool.query<{ kept: number; seen: number }>(
		`with sent as (select unnest($1::text[]) as message_id),
		kept as (select a.id from sent join alert a using (message_id))
		select (select count(*)::int from kept) as kept,
			(select count(*)::int from supplier_alert s join kept on kept.id = s.alert_id) as seen`,
		[messageIds]
	);
	const { kept, seen } = rows[0]!;
	if (kept !== messageIds.length || seen !== messageIds.length)
		throw new Error(`of ${messageIds.length} Alerts ${kept} are kept and ${seen} stand with a Supplier`);
}

function percentiles(values: Float64Array): NonNullable<StageResult['latencyMs']> {
	const sorted = values.toSorted();
	const at = (share: number): number =>
		Math.round(10 * sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!) / 10;
	return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

function coresOf(
	before: ReturnType<typeof usage>,
	after: ReturnType<typeof usage>,
	seconds: number
): StageResult['cores'] {
	const spent = between(before, after);
	if (!spent) return null;
	return Object.fromEntries(
		Object.entries(spent).map(([part, cpu]) => [part, Math.round((100 * cpu) / seconds) / 100])
	) as Record<Part, number>;
}

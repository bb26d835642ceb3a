// One stage of the measurement: what is sent, what came of it, how long it took, and what it cost.
import { setTimeout as pause } from 'node:timers/promises';
import { stopProcess } from '../launcher/process.ts';
import { instant } from './clock.ts';
import type { LoadOrder, LoadReport, Stream } from './load.ts';
import { next, start, type Loaded } from './system.ts';
import type { TracePlan } from './trace.ts';
import { between, usage, type Part, type Usage } from './usage.ts';

/** What is sent: records of the trace of `plan`. */
export interface Stage {
	plan: TracePlan;
	streams: Stream[];
}

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
	rssMiB: Usage['rssMiB'] | null;
	/** How many Alerts have each explanation; one that was explained anew counts as it ended. */
	explained: Record<string, number>;
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
	{ plan, streams }: Stage,
	onProgress: (done: number, of: number) => void = () => {}
): Promise<StageResult> {
	const load = start('load.ts');
	try {
		const order: LoadOrder = {
			url: system.url,
			key: system.keys['*']!,
			plan,
			streams,
			delay: 300
		};
		load.send(order);
		const messageIds = await next<string[]>(load);
		await system.expect({ messageIds });
		const before = usage();
		const reported = next<LoadReport>(load);
		const alerts = total(streams, 'alert');
		await arrive(system, alerts, onProgress, reported);
		const { failures, accepted, began, ended, due, pushedBack } = await reported;
		const serviceRequests = total(streams, 'service-request');
		const indexed = serviceRequests > 0 ? await lastIndexed(system) : 0;
		const after = usage();
		if (failures[0]) throw new Error(`${failures.length} calls failed, as with: ${failures[0]}`);
		if (accepted !== alerts + serviceRequests)
			throw new Error(`${accepted} of ${alerts + serviceRequests} records were taken`);
		const { at, astray, gaps } = await system.told();
		if (astray > 0) throw new Error(`${astray} Alerts came to a Supplier they do not belong to`);
		const explained = await nothingLost(system, messageIds);
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
	streams.filter((stream) => stream.kind === kind).reduce((sum, { count }) => sum + count, 0);

/** Waits until all Alerts of the stage have come to a console, and `sent` is settled. */
export async function arrive(
	system: Loaded,
	alerts: number,
	onProgress: (done: number, of: number) => void,
	sent: Promise<unknown>
): Promise<void> {
	let sending = true;
	const done = (): void => void (sending = false);
	void sent.then(done, done);
	let [before, since] = [-1, Date.now()];
	while (alerts > 0) {
		const arrived = await system.arrived();
		onProgress(Math.min(arrived, alerts), alerts);
		if (arrived >= alerts) break;
		if (arrived !== before) [before, since] = [arrived, Date.now()];
		// A sender that has failed says so itself.
		if (Date.now() - since > (sending ? 2 : 1) * PATIENCE) {
			if (!sending) await sent;
			throw new Error(
				`${alerts - arrived} of ${alerts} Alerts did not come to a console within ${PATIENCE / 1000} s`
			);
		}
		await pause(100);
	}
	await sent;
}

/** When the last request was found in the index (`instant`). */
async function lastIndexed({ pool }: Loaded): Promise<number> {
	for (;;) {
		const { rows } = await pool.query(`select from doorbell where job = 'index-service-requests' limit 1`);
		if (rows.length === 0) return instant();
		await pause(20);
	}
}

/** Each Alert stands once in the record, and once with the Supplier it belongs to; tells how they are explained. */
export async function nothingLost(
	{ pool }: Loaded,
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
	const seen = rows.filter(({ explanation }) => explanation !== null);
	const total = seen.reduce((sum, { alerts }) => sum + alerts, 0);
	if (total !== messageIds.length || seen.length !== rows.length)
		throw new Error(`of ${messageIds.length} Alerts ${total} stand with a Supplier`);
	return Object.fromEntries(seen.map(({ explanation, alerts }) => [explanation, alerts]));
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

// correlate-alerts: explains the Alerts of one doorbell, for each Supplier entitled to them, in one transaction.
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { causesOf, type CauseTable } from '#lib/domain/cause-table.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlate.ts';
import { lookBack } from '#lib/domain/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { isResponsible, tenureAt } from '#lib/domain/tenure.ts';
import { euiToBytes } from '#lib/server/database.ts';
import {
	isReport,
	loadSurroundings,
	requestsByCounter,
	requestsSince,
	type StoredAlert,
	type StoredReport,
	type Surroundings
} from '#lib/server/evidence-store.ts';
import { writeFeed, type AlertBody, type FeedRow, type Frame } from '#lib/server/feed.ts';
import type { Ring } from '#lib/server/queues.ts';
import type { RequestIndex } from '#lib/server/request-index.ts';
import { requestKey } from '#lib/server/request-store.ts';

export interface CorrelateDeps {
	pool: pg.Pool;
	index: RequestIndex;
	table: CauseTable;
	roleOnly: ReadonlySet<string>;
	ring: Ring;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** Works on a doorbell; one that is gone has been worked on. Returns how many explanations were written. */
export async function correlateAlerts(deps: CorrelateDeps, doorbell: bigint): Promise<number> {
	const client = await deps.pool.connect();
	let frames: Frame[];
	let others: bigint | null;
	try {
		await client.query('begin');
		const { rows } = await client.query<{ ids: bigint[]; again: boolean }>(
			'select ids::text[] as ids, again from doorbell where id = $1 for update skip locked',
			[doorbell]
		);
		const [bell] = rows;
		if (!bell) {
			await client.query('commit');
			return 0;
		}
		({ frames, others } = await explain(client, deps, bell.ids.map(BigInt), bell.again));
		await client.query('delete from doorbell where id = $1', [doorbell]);
		await client.query('commit');
	} catch (error) {
		await client.query('rollback').catch(() => {}); // a session that is gone has rolled back
		throw error;
	} finally {
		client.release();
	}
	if (others !== null) deps.ring('correlate-alerts', others);
	await deps.publish(frames);
	return frames.reduce((sum, frame) => sum + frame.items.length, 0);
}

async function explain(
	client: pg.PoolClient,
	deps: CorrelateDeps,
	ids: readonly bigint[],
	again: boolean
): Promise<{ frames: Frame[]; others: bigint | null }> {
	// Two correlations of one Alert must not overtake each other: the later one has seen the later evidence.
	if (again)
		await client.query(
			'select pg_advisory_xact_lock(id) from (select unnest($1::bigint[]) as id order by 1) locked',
			[ids]
		);
	const around = await loadSurroundings(client, ids);
	const requests = await requestsAround(client, deps, around);
	const now = Date.now();
	const rows: FeedRow[] = [];
	for (const alert of around.alerts) {
		for (const supplierId of viewersOf(alert, around)) {
			const explanation = correlate({
				alert,
				requests: requests(alert),
				home: around.devices,
				viewer: { supplierId, userIds: around.userIds.get(supplierId) ?? new Set() },
				completeUntil: around.completeUntil,
				table: deps.table,
				reports: reportsOn(alert, supplierId, around),
				roleOnly: deps.roleOnly,
				now
			});
			rows.push({
				supplierId,
				alertId: alert.id,
				body: bodyOf(alert, explanation),
				settlesAt: explanation.settlesAt,
				dueAt: explanation.dueAt,
				tableVersion: explanation.tableVersion
			});
		}
	}
	const others = again ? null : await askOtherReports(client, around);
	return { frames: await writeFeed(client, rows, again), others };
}

/** What the Device reported on the command that this Alert names, within the viewer's tenure. */
function reportsOn(
	alert: StoredAlert,
	supplierId: number,
	{ reports, devices }: Surroundings
): StoredReport[] {
	if (!isReport(alert)) return [];
	const tenures = devices.get(alert.deviceId)?.tenures ?? [];
	return (reports.get(alert.deviceId) ?? []).filter((report) =>
		isResponsible(tenures, supplierId, report.at)
	);
}

/** The other Alerts of the same command count this one too: a doorbell has them explained again. */
async function askOtherReports(
	client: pg.PoolClient,
	{ alerts, reports }: Surroundings
): Promise<bigint | null> {
	const here = new Set(alerts.map((alert) => alert.id));
	const counters = new Set(
		alerts.filter(isReport).map((alert) => `${alert.deviceId} ${counterOf(alert.reference)}`)
	);
	const others = [...reports].flatMap(([deviceId, list]) =>
		list.filter((r) => !here.has(r.alertId) && counters.has(`${deviceId} ${counterOf(r.reference)}`))
	);
	if (others.length === 0) return null;
	const { rows } = await client.query<{ id: bigint }>(
		`insert into doorbell (job, ids, again) values ('correlate-alerts', $1, true) returning id`,
		[[...new Set(others.map((report) => report.alertId))]]
	);
	return rows[0]!.id;
}

/**
 * The Suppliers that see an Alert: the one in whose tenure it lies; and the one it was addressed to, which reads
 * `out-of-scope` where it is not in tenure. An unknown Device with no address falls to the Supplier that fed it.
 */
function viewersOf(alert: StoredAlert, { devices, userIds }: Surroundings): Set<number> {
	const viewers = new Set<number>();
	const device = devices.get(alert.deviceId);
	const responsible = device && tenureAt(device.tenures, alert.effectiveAt);
	if (responsible) viewers.add(responsible.supplierId);
	if (alert.recipientId)
		for (const [supplierId, ids] of userIds) if (ids.has(alert.recipientId)) viewers.add(supplierId);
	if (viewers.size === 0 && !device && alert.fedBy !== null) viewers.add(alert.fedBy);
	return viewers;
}

/** Fetches the requests around all Alerts of the batch at once; returns how each Alert finds its own. */
async function requestsAround(
	client: pg.PoolClient,
	deps: CorrelateDeps,
	around: Surroundings
): Promise<(alert: StoredAlert) => ServiceRequest[]> {
	const wanted = new Map<string, Buffer>();
	const homeOf = new Map<bigint, string[]>();
	for (const alert of around.alerts) {
		const ids = devicesToAsk(alert, around, deps.table);
		homeOf.set(alert.id, ids);
		for (const id of ids) wanted.set(id, euiToBytes(id));
	}
	const devices = [...wanted.values()];
	const oldest = Math.min(
		...around.alerts.map((alert) => alert.effectiveAt - lookBack(causesOf(deps.table, alert)))
	);
	const indexed = await deps.index.recent(devices);
	// The record is asked where the index cannot know: it was emptied, or the code's causes lie further back.
	const beyond = oldest < Date.now() - deps.index.windowMs;
	const found = indexed ?? [];
	if (!indexed || beyond) found.push(...(await requestsSince(client, devices, oldest)));
	found.push(...(await referenced(client, around, found)));

	const byDevice = Map.groupBy(found, (request) => request.deviceId);
	const byCounter = Map.groupBy(found, (request) => request.counter);
	return (alert) => [
		...homeOf.get(alert.id)!.flatMap((id) => byDevice.get(id) ?? []),
		...(byCounter.get(counterOf(alert.reference) ?? '') ?? [])
	];
}

/** The Alert's own Device, and its home network where a cause of its code may lie there. */
function devicesToAsk(alert: StoredAlert, { homes }: Surroundings, table: CauseTable): string[] {
	const crossesHub = causesOf(table, alert)?.causes.some((cause) => cause.relation === 'same-hub');
	const home = crossesHub && alert.hubId ? (homes.get(alert.hubId) ?? []) : [];
	return [...new Set([alert.deviceId, ...home])];
}

async function referenced(
	client: pg.PoolClient,
	{ alerts }: Surroundings,
	found: readonly ServiceRequest[]
): Promise<ServiceRequest[]> {
	const counters = new Set(found.map((request) => request.counter));
	const missing = alerts.filter(
		(alert) => alert.reference && !counters.has(counterOf(alert.reference) ?? '')
	);
	if (missing.length === 0) return [];
	const keys = missing.flatMap((alert) =>
		alert.reference!.requestId ? [requestKey(alert.reference!.requestId)] : []
	);
	const named = missing.flatMap((alert) => counterOf(alert.reference) ?? []);
	return requestsByCounter(
		client,
		keys,
		missing.map((alert) => euiToBytes(alert.deviceId)),
		named
	);
}

function bodyOf(alert: StoredAlert, explanation: Explanation): AlertBody {
	const { code, name, category, priority } = describeAlert(alert);
	const outcome = explanation.commandOutcome?.state;
	const isNews = outcome === 'partly-failed' || outcome === 'incomplete';
	const inScope = explanation.kind !== 'out-of-scope';
	return {
		id: alert.id.toString(),
		messageId: alert.messageId,
		deviceId: alert.deviceId,
		deviceType: inScope ? alert.deviceType : null,
		hubId: inScope ? alert.hubId : null,
		area: inScope ? alert.area : null,
		kind: alert.kind,
		code,
		name,
		category,
		priority: isNews ? Math.min(priority, 2) : priority,
		raisedAt: iso(alert.raisedAt),
		receivedAt: iso(alert.receivedAt)!,
		effectiveAt: iso(alert.effectiveAt)!,
		clockStatus: alert.clockStatus,
		occurrences: alert.throttledCount ?? 1,
		throttled: alert.throttledCount !== null,
		reference: alert.reference,
		explanation: explanation.kind,
		summary: explanation.summary,
		guidance: explanation.guidance,
		notes: explanation.notes,
		commandOutcome: explanation.commandOutcome,
		forward: explanation.forward,
		candidates: explanation.candidates,
		excluded: explanation.excluded
	};
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

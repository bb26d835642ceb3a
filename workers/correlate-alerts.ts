// correlate-alerts: explains the Alerts of one doorbell, for each Supplier entitled to them, in one transaction.
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { causesOf, type CauseTable } from '#lib/domain/cause-table.ts';
import { correlate, type Explanation } from '#lib/domain/correlate.ts';
import { lookBack } from '#lib/domain/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { tenureAt } from '#lib/domain/tenure.ts';
import { euiToBytes } from '#lib/server/database.ts';
import {
	loadSurroundings,
	requestsByCounter,
	requestsSince,
	type StoredAlert,
	type Surroundings
} from '#lib/server/evidence-store.ts';
import { writeFeed, type AlertBody, type FeedRow, type Frame } from '#lib/server/feed.ts';
import type { RequestIndex } from '#lib/server/request-index.ts';
import { requestKey } from '#lib/server/request-store.ts';

export interface CorrelateDeps {
	pool: pg.Pool;
	index: RequestIndex;
	table: CauseTable;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** Works on a doorbell; one that is gone has been worked on. Returns how many explanations were written. */
export async function correlateAlerts(deps: CorrelateDeps, doorbell: bigint): Promise<number> {
	const client = await deps.pool.connect();
	let frames: Frame[];
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
		frames = await explain(client, deps, bell.ids.map(BigInt), bell.again);
		await client.query('delete from doorbell where id = $1', [doorbell]);
		await client.query('commit');
	} catch (error) {
		await client.query('rollback').catch(() => {}); // a session that is gone has rolled back
		throw error;
	} finally {
		client.release();
	}
	await deps.publish(frames);
	return frames.reduce((sum, frame) => sum + frame.items.length, 0);
}

async function explain(
	client: pg.PoolClient,
	deps: CorrelateDeps,
	ids: readonly bigint[],
	again: boolean
): Promise<Frame[]> {
	// Two correlations of one Alert must not overtake each other: the later one has seen the later evidence.
	if (again)
		await client.query(
			'select pg_advisory_xact_lock(id) from (select unnest($1::bigint[]) as id order by 1) locked',
			[ids]
		);
	const around = await loadSurroundings(client, ids);
	const requests = await requestsAround(client, deps, around);
	const rows: FeedRow[] = [];
	for (const alert of around.alerts) {
		for (const supplierId of viewersOf(alert, around)) {
			const explanation = correlate({
				alert,
				requests: requests(alert),
				home: around.devices,
				viewer: { supplierId, userIds: around.userIds.get(supplierId) ?? new Set() },
				completeUntil: around.completeUntil,
				table: deps.table
			});
			rows.push({
				supplierId,
				alertId: alert.id,
				body: bodyOf(alert, explanation),
				settlesAt: explanation.settlesAt,
				tableVersion: explanation.tableVersion
			});
		}
	}
	return writeFeed(client, rows, again);
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
		...(byCounter.get(counterOf(alert) ?? '') ?? [])
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
	const missing = alerts.filter((alert) => alert.reference && !counters.has(counterOf(alert) ?? ''));
	if (missing.length === 0) return [];
	const keys = missing.flatMap((alert) =>
		alert.reference!.requestId ? [requestKey(alert.reference!.requestId)] : []
	);
	const named = missing.flatMap((alert) => counterOf(alert) ?? []);
	return requestsByCounter(
		client,
		keys,
		missing.map((alert) => euiToBytes(alert.deviceId)),
		named
	);
}

const counterOf = ({ reference }: StoredAlert): string | null =>
	reference?.requestId?.split(':')[2] ?? reference?.counter ?? null;

function bodyOf(alert: StoredAlert, explanation: Explanation): AlertBody {
	const { code, name, category, priority } = describeAlert(alert);
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
		priority,
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
		candidates: explanation.candidates,
		excluded: explanation.excluded,
		episodeId: null
	};
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

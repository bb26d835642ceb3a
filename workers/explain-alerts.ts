// Explains Alerts for every Supplier that sees them, by one cause table. It writes nothing: whoever asks keeps the
// explanations (correlate-alerts.ts) or counts them (what-if.ts).
import type pg from 'pg';
import { causesOf, type CauseTable } from '#lib/domain/cause-table.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlate.ts';
import { gatherBack } from '#lib/domain/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { isResponsible, tenureAt } from '#lib/domain/tenure.ts';
import { euiToBytes } from '#lib/server/database.ts';
import {
	isReport,
	requestsByCounter,
	requestsSince,
	type StoredAlert,
	type StoredReport,
	type Surroundings
} from '#lib/server/evidence-store.ts';
import type { RequestIndex } from '#lib/server/request-index.ts';
import { requestKey } from '#lib/server/request-store.ts';

export interface ExplainDeps {
	index: RequestIndex;
	table: CauseTable;
	roleOnly: ReadonlySet<string>;
}

export interface Explained {
	alert: StoredAlert;
	supplierId: number;
	explanation: Explanation;
}

/** One explanation for each Alert and each Supplier that sees it, Alert by Alert in the order of `around`. */
export async function explainAlerts(
	client: pg.ClientBase,
	deps: ExplainDeps,
	around: Surroundings,
	now: number
): Promise<Explained[]> {
	const { table } = deps;
	const requests = await requestsAround(client, { ...deps, table }, around);
	return around.alerts.flatMap((alert) =>
		[...viewersOf(alert, around)].map((supplierId) => ({
			alert,
			supplierId,
			explanation: correlate({
				alert,
				requests: requests(alert),
				home: around.devices,
				viewer: { supplierId, userIds: around.userIds.get(supplierId) ?? new Set() },
				completeUntil: around.completeUntil,
				table,
				reports: reportsOn(alert, supplierId, around),
				roleOnly: deps.roleOnly,
				now
			})
		}))
	);
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
	client: pg.ClientBase,
	deps: ExplainDeps,
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
		...around.alerts.map((alert) => alert.effectiveAt - gatherBack(causesOf(deps.table, alert)))
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
		...(byCounter.get(counterOf(alert.reference) ?? '') ?? []).filter((r) => mayBeNamed(r, alert, around))
	];
}

/** Equal counters are found for the whole batch: of another home only a RequestID means one. */
function mayBeNamed(request: ServiceRequest, alert: StoredAlert, { homes }: Surroundings): boolean {
	if (request.deviceId === alert.deviceId || request.requestId === alert.reference?.requestId) return true;
	return alert.hubId !== null && (homes.get(alert.hubId) ?? []).includes(request.deviceId);
}

/** The Alert's own Device, and its home network where a cause of its code may lie there. */
function devicesToAsk(alert: StoredAlert, { homes }: Surroundings, table: CauseTable): string[] {
	const crossesHub = causesOf(table, alert)?.causes.some((cause) => cause.relation === 'same-hub');
	const home = crossesHub && alert.hubId ? (homes.get(alert.hubId) ?? []) : [];
	return [...new Set([alert.deviceId, ...home])];
}

async function referenced(
	client: pg.ClientBase,
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

// Explains Alerts for every Supplier that sees them, by one cause table. It writes nothing: whoever asks keeps the
// explanations (correlate-alerts.ts) or counts them (what-if.ts).
import { setImmediate as turn } from 'node:timers/promises';
import type pg from 'pg';
import { causesOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import { gatherBack } from '#lib/domain/correlation/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { isResponsible, tenureAt } from '#lib/domain/tenure.ts';
import { euiToBytes } from '#lib/server/postgres/database.ts';
import {
	isReport,
	requestsByCounter,
	type StoredAlert,
	type StoredReport,
	type Surroundings
} from '#lib/server/evidence/evidence-store.ts';
import type { Learned } from '#lib/server/learning/learned-patterns.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { requestKey } from '#lib/server/ingest/request-store.ts';
import { requestsAround } from '#lib/server/evidence/requests-around.ts';

export interface ExplainDeps {
	index: RequestIndex;
	table: CauseTable;
	/** Taken once: all of a batch is explained by one state of what was learned, and by one table. */
	learned: Learned;
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
	const { table, learned } = deps;
	const requests = await requestsFor(client, deps, around);
	const explained: Explained[] = [];
	for (const [i, alert] of around.alerts.entries()) {
		// Others of this process get their turn: they may hold what everybody waits for.
		if (i % STRETCH === STRETCH - 1) await turn();
		for (const supplierId of viewersOf(alert, around)) {
			const explanation = correlate({
				alert,
				requests: requests(alert),
				home: around.devices,
				viewer: { supplierId, userIds: around.userIds.get(supplierId) ?? new Set() },
				completeUntil: around.completeUntil,
				table,
				learned: learned.of(supplierId),
				reports: reportsOn(alert, supplierId, around),
				roleOnly: deps.roleOnly,
				now
			});
			explained.push({ alert, supplierId, explanation });
		}
	}
	return explained;
}

/** So many Alerts are explained at a stretch. */
const STRETCH = 50;

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

/** How each Alert finds the requests that may explain it: those around it, and those that it names. */
async function requestsFor(
	client: pg.ClientBase,
	{ index, table, learned }: Pick<ExplainDeps, 'index' | 'table' | 'learned'>,
	around: Surroundings
): Promise<(alert: StoredAlert) => ServiceRequest[]> {
	const near = await requestsAround(client, index, around, (alert) => ({
		devices: devicesToAsk(alert, around, table, learned),
		since: alert.effectiveAt - gatherBack(causesOf(table, alert))
	}));
	const named = await referenced(client, around, near.all);
	const byCounter = Map.groupBy([...near.all, ...named], (request) => request.counter);
	return (alert) => [
		...near.of(alert),
		...(byCounter.get(counterOf(alert.reference) ?? '') ?? []).filter((r) => mayBeNamed(r, alert, around))
	];
}

/** Equal counters are found for the whole batch: of another home only a RequestID means one. */
function mayBeNamed(request: ServiceRequest, alert: StoredAlert, { homes }: Surroundings): boolean {
	if (request.deviceId === alert.deviceId || request.requestId === alert.reference?.requestId) return true;
	return alert.hubId !== null && (homes.get(alert.hubId) ?? []).includes(request.deviceId);
}

/** The Alert's own Device, and its home network where a cause of its code may lie there. */
function devicesToAsk(
	alert: StoredAlert,
	{ homes }: Surroundings,
	table: CauseTable,
	learned: Learned
): string[] {
	const crossesHub =
		causesOf(table, alert)?.causes.some((cause) => cause.relation === 'same-hub') ||
		learned.crossesHub({ code: alert.code });
	const home = crossesHub && alert.hubId ? (homes.get(alert.hubId) ?? []) : [];
	return [alert.deviceId, ...home];
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

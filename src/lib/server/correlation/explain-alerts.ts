// Explains Alerts for every Supplier that sees them, by one cause table. This file writes nothing: correlate-alerts.ts
// stores the explanations, and the what-if replay (cause-table/replay.ts) counts them.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { causesOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { completeUntilFor } from '#lib/domain/completeness.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import { evidenceWindowMs } from '#lib/domain/correlation/window.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { isResponsible, tenureAt } from '#lib/domain/tenure.ts';
import {
	isReport,
	type AlertContext,
	type StoredAlert,
	type StoredReport
} from '#lib/server/evidence/alert-context.ts';
import { findNearbyRequests } from '#lib/server/evidence/nearby-requests.ts';
import { requestKey } from '#lib/server/evidence/request-id.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { requestsByCounter } from '#lib/server/evidence/stored-requests.ts';
import type { Learned } from '#lib/server/learning/learned-patterns.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';

export interface ExplainDeps {
	index: RequestIndex;
	table: CauseTable;
	/** The learned patterns as the batch read them. All Alerts of the batch are explained by the same patterns. */
	learned: Learned;
	roleOnly: ReadonlySet<string>;
}

export interface Explained {
	alert: StoredAlert;
	supplierId: number;
	explanation: Explanation;
}

/**
 * After this many Alerts, other work of the process gets a turn, because that work may hold locks that many
 * transactions wait for.
 */
const ALERTS_PER_TURN = 50;

/**
 * Returns one explanation for each Alert and each Supplier that sees it, in the order of the Alerts. `now`: epoch ms.
 */
export async function explainAlerts(
	client: pg.ClientBase,
	deps: ExplainDeps,
	context: AlertContext,
	now: number
): Promise<Explained[]> {
	const { table, learned } = deps;
	const requestsOf = await findRequests(client, deps, context);
	const explained: Explained[] = [];
	for (const [i, alert] of context.alerts.entries()) {
		if (i % ALERTS_PER_TURN === ALERTS_PER_TURN - 1) await nextTurn();
		for (const supplierId of viewersOf(alert, context)) {
			const explanation = correlate({
				alert,
				requests: requestsOf(alert),
				home: context.devices,
				viewer: { supplierId, userIds: context.userIds.get(supplierId) ?? new Set() },
				completeUntil: completeUntilFor(supplierId, context.marks),
				table,
				learned: learned.of(supplierId),
				reports: reportsOn(alert, supplierId, context),
				roleOnly: deps.roleOnly,
				now
			});
			explained.push({ alert, supplierId, explanation });
		}
	}
	return explained;
}

/**
 * Returns the Device's reports on the command that this Alert names, as far as they lie within a tenure of the
 * Supplier.
 */
function reportsOn(
	alert: StoredAlert,
	supplierId: number,
	{ reports, devices }: AlertContext
): StoredReport[] {
	if (!isReport(alert)) return [];
	const tenures = devices.get(alert.deviceId)?.tenures ?? [];
	return (reports.get(alert.deviceId) ?? []).filter((report) =>
		isResponsible(tenures, supplierId, report.at)
	);
}

/**
 * Returns the Suppliers that see an Alert. The viewers are the Supplier in whose tenure the Alert lies, and the
 * Supplier to whose User the Alert was addressed. The addressed Supplier reads `out-of-scope` outside its own tenure.
 * An Alert of an unknown Device that was addressed to no known User goes to the Supplier that fed the Alert.
 */
function viewersOf(alert: StoredAlert, { devices, userIds }: AlertContext): Set<number> {
	const viewers = new Set<number>();
	const device = devices.get(alert.deviceId);
	const responsible = device && tenureAt(device.tenures, alert.effectiveAt);
	if (responsible) viewers.add(responsible.supplierId);
	if (alert.recipientId)
		for (const [supplierId, ids] of userIds) if (ids.has(alert.recipientId)) viewers.add(supplierId);
	if (viewers.size === 0 && !device && alert.fedBy !== null) viewers.add(alert.fedBy);
	return viewers;
}

/**
 * Finds the requests that may explain each Alert: the requests near the Alert in time, and the requests that the Alert
 * names.
 */
async function findRequests(
	client: pg.ClientBase,
	{ index, table, learned }: Pick<ExplainDeps, 'index' | 'table' | 'learned'>,
	context: AlertContext
): Promise<(alert: StoredAlert) => ServiceRequest[]> {
	const nearby = await findNearbyRequests(client, index, context, (alert) => ({
		deviceIds: devicesToAsk(alert, context, table, learned),
		since: alert.effectiveAt - evidenceWindowMs(causesOf(table, alert))
	}));
	const nearbyByCounter = Map.groupBy(nearby.all, (request) => request.counter);
	const isNearby = (alert: StoredAlert): boolean =>
		(nearbyByCounter.get(counterOf(alert.reference) ?? '') ?? []).some((request) =>
			mayBeNamed(request, alert, context)
		);
	const named = await findNamed(
		client,
		context.alerts.filter((alert) => alert.reference && !isNearby(alert))
	);
	const byCounter = Map.groupBy([...nearby.all, ...named], (request) => request.counter);
	return (alert) => [
		...nearby.of(alert),
		...(byCounter.get(counterOf(alert.reference) ?? '') ?? []).filter((request) =>
			mayBeNamed(request, alert, context)
		)
	];
}

/**
 * Returns whether this Alert may name the request. Requests with an equal counter were found for the whole batch. A
 * request to another home counts only if the Alert names its RequestID.
 */
function mayBeNamed(request: ServiceRequest, alert: StoredAlert, { homes }: AlertContext): boolean {
	if (request.deviceId === alert.deviceId || request.requestId === alert.reference?.requestId) return true;
	return alert.hubId !== null && (homes.get(alert.hubId) ?? []).includes(request.deviceId);
}

/**
 * Returns the Alert's own Device, and also its home network if a cause of the Alert's code may lie on another Device of
 * the home.
 */
function devicesToAsk(
	alert: StoredAlert,
	{ homes }: AlertContext,
	table: CauseTable,
	learned: Learned
): string[] {
	const crossesHub =
		causesOf(table, alert)?.causes.some((cause) => cause.relation === 'same-hub') ||
		learned.crossesHub({ code: alert.code });
	const home = crossesHub && alert.hubId ? (homes.get(alert.hubId) ?? []) : [];
	return [alert.deviceId, ...home];
}

/** Reads the Service Requests that these Alerts name by reference, however old the requests are. */
async function findNamed(client: pg.ClientBase, alerts: readonly StoredAlert[]): Promise<ServiceRequest[]> {
	if (alerts.length === 0) return [];
	return requestsByCounter(client, {
		keys: alerts.flatMap((alert) =>
			alert.reference!.requestId ? [requestKey(alert.reference!.requestId)] : []
		),
		deviceIds: alerts.map((alert) => euiToBytes(alert.deviceId)),
		counters: alerts.flatMap((alert) => counterOf(alert.reference) ?? [])
	});
}

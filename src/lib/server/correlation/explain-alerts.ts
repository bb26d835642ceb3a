// Explains Alerts for every Supplier that sees them, by one cause table. This file writes nothing: correlate-alerts.ts
// stores the explanations, and the what-if replay (cause-table/replay.ts) counts them.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { causesOf, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { completeUntilFor } from '#lib/domain/completeness.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import { evidenceWindowMs } from '#lib/domain/correlation/window.ts';
import { isEvidenceFor } from '#lib/domain/fed-by.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { isResponsible } from '#lib/domain/tenure.ts';
import {
	isReport,
	seenBy,
	type AlertContext,
	type SeenAlert,
	type StoredAlert,
	type StoredReport
} from '#lib/server/evidence/alert-context.ts';
import type { HomeView } from '#lib/server/evidence/home-view.ts';
import { findNearbyRequests } from '#lib/server/evidence/nearby-requests.ts';
import { requestKey } from '#lib/server/evidence/request-id.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { requestsByCounter } from '#lib/server/evidence/stored-requests.ts';
import type { Learned } from '#lib/server/learning/learned-patterns.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { withFormerDevices, type AlertOfViewer } from './former-devices.ts';

export interface ExplainDeps {
	index: RequestIndex;
	table: CauseTable;
	/** The learned patterns as the batch read them. All Alerts of the batch are explained by the same patterns. */
	learned: Learned;
	roleOnly: ReadonlySet<string>;
}

export interface Explained {
	alert: SeenAlert;
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
	const views = await withFormerDevices(
		client,
		context.alerts.flatMap((alert) =>
			[...viewersOf(alert, context)].map((supplierId): AlertOfViewer => {
				const view = context.inventory.viewOf(supplierId);
				return { supplierId, view, alert: seenBy(view, alert) };
			})
		)
	);
	const requestsOf = await findRequests(client, deps, context, views);
	const explained: Explained[] = [];
	for (const [i, { supplierId, view, alert }] of views.entries()) {
		if (i % ALERTS_PER_TURN === ALERTS_PER_TURN - 1) await nextTurn();
		const explanation = correlate({
			alert,
			requests: requestsOf(i),
			home: view.devices,
			viewer: { supplierId, userIds: context.userIds.get(supplierId) ?? new Set() },
			completeUntil: completeUntilFor(supplierId, context.marks),
			table,
			learned: learned.of(supplierId),
			reports: reportsOn(alert, supplierId, view, context),
			roleOnly: deps.roleOnly,
			now
		});
		explained.push({ alert, supplierId, explanation });
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
	{ devices }: HomeView,
	{ reports }: AlertContext
): StoredReport[] {
	if (!isReport(alert)) return [];
	const tenures = devices.get(alert.deviceId)?.tenures ?? [];
	return (reports.get(alert.deviceId) ?? []).filter(
		(report) => isEvidenceFor(report.fedBy, supplierId) && isResponsible(tenures, supplierId, report.at)
	);
}

/**
 * Returns the Suppliers that see an Alert. The viewers are the Supplier in whose tenure the Alert lies, and the
 * Supplier to whose User the Alert was addressed. The addressed Supplier reads `out-of-scope` outside its own tenure.
 * An Alert that a Supplier's key fed goes to that Supplier at most. An Alert of an unknown Device that was addressed to
 * no known User goes to the Supplier that fed the Alert.
 */
function viewersOf(alert: StoredAlert, { inventory, userIds }: AlertContext): Set<number> {
	const viewers = new Set<number>();
	const responsible = inventory.responsibleFor(alert.deviceId, alert.effectiveAt);
	if (responsible !== undefined) viewers.add(responsible);
	if (alert.recipientId)
		for (const [supplierId, ids] of userIds) if (ids.has(alert.recipientId)) viewers.add(supplierId);
	if (viewers.size === 0 && !inventory.isKnown(alert.deviceId) && alert.fedBy !== null)
		viewers.add(alert.fedBy);
	for (const supplierId of viewers)
		if ((alert.isWalled && supplierId !== alert.fedBy) || alert.ownCopies.includes(supplierId))
			viewers.delete(supplierId);
	return viewers;
}

/**
 * Finds the requests that may explain each Alert: the requests near the Alert in time, and the requests that the Alert
 * names. Returns the requests by the place of the Alert and its viewer in `views`.
 */
async function findRequests(
	client: pg.ClientBase,
	{ index, table, learned }: Pick<ExplainDeps, 'index' | 'table' | 'learned'>,
	context: AlertContext,
	views: readonly AlertOfViewer[]
): Promise<(place: number) => ServiceRequest[]> {
	const nearby = await findNearbyRequests(
		client,
		index,
		views.map(({ alert, view }) => ({
			deviceIds: devicesToAsk(alert, view, table, learned),
			since: alert.effectiveAt - evidenceWindowMs(causesOf(table, alert))
		}))
	);
	const nearbyByCounter = Map.groupBy(nearby.all, (request) => request.counter);
	const isNearby = ({ alert, view }: AlertOfViewer): boolean =>
		(nearbyByCounter.get(counterOf(alert.reference) ?? '') ?? []).some((request) =>
			mayBeNamed(request, alert, view)
		);
	const named = await findNamed(
		client,
		views.filter((one) => one.alert.reference && !isNearby(one)).map(({ alert }) => alert)
	);
	const byCounter = Map.groupBy([...nearby.all, ...named], (request) => request.counter);
	return (place) => {
		const { alert, view } = views[place]!;
		return [
			...nearby.of(place),
			...(byCounter.get(counterOf(alert.reference) ?? '') ?? []).filter((request) =>
				mayBeNamed(request, alert, view)
			)
		];
	};
}

/**
 * Returns whether this Alert may name the request. Requests with an equal counter were found for the whole batch. A
 * request to another home counts only if the Alert names its RequestID.
 */
function mayBeNamed(request: ServiceRequest, alert: SeenAlert, { homes }: HomeView): boolean {
	if (request.deviceId === alert.deviceId || request.requestId === alert.reference?.requestId) return true;
	return alert.hubId !== null && (homes.get(alert.hubId) ?? []).includes(request.deviceId);
}

/**
 * Returns the Alert's own Device, and also its home network if a cause of the Alert's code may lie on another Device of
 * the home.
 */
function devicesToAsk(alert: SeenAlert, { homes }: HomeView, table: CauseTable, learned: Learned): string[] {
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

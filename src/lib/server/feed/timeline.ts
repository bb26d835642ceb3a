// Reads the timeline of one Device as one Supplier may see it: the Supplier's tenures, its Alerts, and the Service
// Requests of all Users.
import type pg from 'pg';
import { discloseSender } from '#lib/domain/correlation/disclosure.ts';
import { fedBy } from '#lib/domain/fed-by.ts';
import { describeVariant } from '#lib/domain/service-reference-variant.ts';
import { completeRequests, effectiveAt, type ServiceRequest } from '#lib/domain/service-request.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { requestIdOf } from '#lib/server/evidence/request-id.ts';
import { REQUEST_COLUMNS, toServiceRequest, type RequestRow } from '#lib/server/evidence/stored-requests.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { instantOfId } from '#lib/server/postgres/record-id.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { bodyColumns, readBody, type BodyColumns, type WholeBody } from './body-reader.ts';
import type { StoredBody } from './stored-body.ts';

/** The greatest number of Alerts in a timeline, and the greatest number of Service Requests. */
const MAX_ITEMS_OF_A_KIND = 1000;

export type Timelines = ReturnType<typeof createTimeline>;

/**
 * Creates the reader of timelines. `roleOnly`: the User Roles whose Users are not named. The Supplier sees only the
 * role of such a User, except in the Supplier's own requests.
 */
export function createTimeline(pool: pg.Pool, roleOnly: ReadonlySet<string>) {
	return {
		/** Reads the items within `[from, to)`, oldest first; `null`: the Supplier never had a tenure of the Device. */
		of: (supplierId: number, deviceId: string, from: Date, to: Date): Promise<TimelineItem[] | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const device = euiToBytes(deviceId);
				const { rows: tenures } = await client.query<{ from: Date; to: Date | null }>(
					TENURES({ device, supplierId })
				);
				if (tenures.length === 0) return null;
				const items: TimelineItem[] = tenures
					.filter((t) => t.from < to && (t.to === null || t.to > from))
					.map((t) => ({
						kind: 'tenure',
						at: t.from.toISOString(),
						from: t.from.toISOString(),
						to: t.to?.toISOString() ?? null
					}));

				const span = { supplierId, from, to, limit: MAX_ITEMS_OF_A_KIND };
				const { rows: alerts } = await client.query<AlertRow>(ALERTS({ ...span, deviceId }));
				for (const { body, columns } of alerts) {
					const { id, code, name, explanation, effectiveAt, receivedAt } = readBody(body, columns);
					items.push({ kind: 'alert', at: effectiveAt, id, code, name, explanation, receivedAt });
				}

				const { rows: requests } = await client.query<StoredRow>(REQUESTS({ ...span, device }));
				const { rows: users } = await client.query<{ user_id: Buffer }>(OWN_USERS({ supplierId }));
				const ownUsers = new Set(users.map((row) => bytesToEui(row.user_id)));
				const storedAt = firstStored(requests);
				for (const request of completeRequests(requests.map(toServiceRequest)))
					items.push({
						...toItem(request, ownUsers.has(request.userId), roleOnly),
						storedAt: storedAt.get(request.requestId)!
					});
				return items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
			})
	};
}

const TENURES = query(`
select lower(during) as "from", upper(during) as "to" from tenure
where device_id = :device and supplier_id = :supplierId and superseded_at is null order by during`);

const ALERTS = query(`
select body, ${bodyColumns('supplier_alert')} as columns from supplier_alert
where supplier_id = :supplierId and device_id = :deviceId and effective_at >= :from and effective_at < :to
order by effective_at limit :limit`);

// Row-level security shows two kinds of requests: requests within the Supplier's tenure, and requests that the Supplier
// sent. It hides the requests that another Supplier's key fed.
const REQUESTS = query(`
select id, ${REQUEST_COLUMNS} from service_request r
where r.device_id = :device and (
	(r.requested_at >= :from and r.requested_at < :to) or (r.responded_at >= :from and r.responded_at < :to)
	or (r.execute_at >= :from and r.execute_at < :to))
order by r.requested_at limit :limit`);

const OWN_USERS = query('select user_id from supplier_user where supplier_id = :supplierId');

/** A stored Alert. */
interface AlertRow {
	body: StoredBody | WholeBody;
	columns: BodyColumns;
}

/** A stored request, or the part of it that one feed delivered. The id tells when it was stored. */
type StoredRow = RequestRow & { id: bigint };

/** Returns when the first part of each request was stored, by RequestID. */
function firstStored(rows: readonly StoredRow[]): Map<string, string> {
	const first = new Map<string, string>();
	for (const row of rows) {
		const id = requestIdOf(row.key);
		const at = new Date(instantOfId(row.id)).toISOString();
		if (!first.has(id) || at < first.get(id)!) first.set(id, at);
	}
	return first;
}

function toItem(request: ServiceRequest, own: boolean, roleOnly: ReadonlySet<string>) {
	const { deviceId, serviceReferenceVariant, responseCode } = request;
	const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
	return {
		kind: 'service-request' as const,
		at: iso(effectiveAt(request))!,
		...discloseSender(request, roleOnly.has(request.userRole) && !own),
		deviceId,
		serviceReferenceVariant,
		name: describeVariant(serviceReferenceVariant).name,
		own,
		requestedAt: iso(request.requestedAt),
		executeAt: iso(request.executeAt),
		respondedAt: iso(request.respondedAt),
		responseCode,
		fedBy: fedBy(request.fedBy)
	};
}

// The timeline of one Device as one Supplier may see it: its Alerts, the Service Requests of all Users, the tenure.
import { sql } from 'kysely';
import { discloseSender } from '#lib/domain/correlation/disclosure.ts';
import { describeVariant } from '#lib/domain/service-reference-variant.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { asSupplier, type Database } from '#lib/server/postgres/database.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { requestIdOf } from '#lib/server/evidence/request-id.ts';
import type { AlertBody } from './feed.ts';

const MOST = 1000;

/** `roleOnly`: User Roles of which only the role is disclosed. */
export type Timelines = ReturnType<typeof createTimeline>;

export function createTimeline(db: Database, roleOnly: ReadonlySet<string>) {
	return {
		/** Items within `[from, to)`, oldest first; `null` where the Device was never in the Supplier's tenure. */
		of: (supplierId: number, deviceId: string, from: Date, to: Date): Promise<TimelineItem[] | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const device = euiToBytes(deviceId);
				const { rows: tenures } = await sql<{ from: Date; to: Date | null }>`
					select lower(during) as "from", upper(during) as "to" from tenure
					where device_id = ${device} and supplier_id = ${supplierId} and superseded_at is null order by during`.execute(
					tx
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

				const alerts = await tx
					.selectFrom('supplier_alert')
					.select(['body'])
					.where('supplier_id', '=', supplierId)
					.where('device_id', '=', deviceId)
					.where('effective_at', '>=', from)
					.where('effective_at', '<', to)
					.orderBy('effective_at')
					.limit(MOST)
					.execute();
				for (const row of alerts) {
					const { id, code, name, explanation, effectiveAt, receivedAt } = row.body as AlertBody;
					items.push({ kind: 'alert', at: effectiveAt, id, code, name, explanation, receivedAt });
				}

				// Row-level security leaves the requests of the Supplier's own tenure, and its own.
				const { rows: requests } = await sql<RequestRow>`
					select r.key, r.user_id, r.variant, r.user_role, r.user_name, r.requested_at, r.execute_at, r.responded_at, r.response_code,
						exists (select from supplier_user u where u.user_id = r.user_id and u.supplier_id = ${supplierId}) as own
					from service_request r
					where r.device_id = ${device} and (
						(r.requested_at >= ${from} and r.requested_at < ${to}) or (r.responded_at >= ${from} and r.responded_at < ${to})
						or (r.execute_at >= ${from} and r.execute_at < ${to}))
					order by r.requested_at limit ${MOST}`.execute(tx);
				for (const row of requests) items.push(toItem(row, deviceId, roleOnly));
				return items.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
			})
	};
}

interface RequestRow {
	key: Buffer;
	user_id: Buffer;
	variant: string;
	user_role: string;
	user_name: string | null;
	requested_at: Date | null;
	execute_at: Date | null;
	responded_at: Date | null;
	response_code: string | null;
	own: boolean;
}

function toItem(row: RequestRow, deviceId: string, roleOnly: ReadonlySet<string>): TimelineItem {
	const iso = (at: Date | null) => at?.toISOString() ?? null;
	return {
		kind: 'service-request',
		at: iso(row.requested_at ?? row.responded_at)!,
		...discloseSender(
			{
				requestId: requestIdOf(row.key),
				userId: bytesToEui(row.user_id),
				userRole: row.user_role,
				userName: row.user_name
			},
			roleOnly.has(row.user_role) && !row.own
		),
		deviceId,
		serviceReferenceVariant: row.variant,
		name: describeVariant(row.variant).name,
		own: row.own,
		requestedAt: iso(row.requested_at),
		executeAt: iso(row.execute_at),
		respondedAt: iso(row.responded_at),
		responseCode: row.response_code
	};
}

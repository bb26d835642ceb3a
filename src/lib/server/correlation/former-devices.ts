// Gives a former Supplier of a Device the attributes that it read during its tenure. The inventory keeps only the present
// attributes, so the stored explanation is the record of the former attributes.
import type pg from 'pg';
import type { SeenAlert } from '#lib/server/evidence/alert-context.ts';
import { mayKnow, type HomeView } from '#lib/server/evidence/home-view.ts';
import { statement } from '#lib/server/postgres/statement.ts';

/** An Alert, a Supplier that sees it, and the home networks as this Supplier knows them. */
export interface AlertOfViewer {
	supplierId: number;
	view: HomeView;
	alert: SeenAlert;
}

type Attributes = Pick<SeenAlert, 'deviceType' | 'hubId' | 'area'>;
const UNKNOWN: Attributes = { deviceType: null, hubId: null, area: null };

/**
 * Replaces the attributes of each Device that changed after the last tenure of the viewer: by those of the stored
 * explanation, or by `null` without one. Asks the database only if there is such a Device.
 */
export async function withFormerDevices(
	client: pg.ClientBase,
	views: readonly AlertOfViewer[]
): Promise<readonly AlertOfViewer[]> {
	const isFormer = ({ alert, supplierId, view }: AlertOfViewer): boolean => {
		const device = view.devices.get(alert.deviceId);
		return device !== undefined && !mayKnow(device, supplierId);
	};
	const former = views.filter(isFormer);
	if (former.length === 0) return views;
	const { rows } = await client.query<Attributes & { place: number }>(
		STORED({
			supplierIds: former.map(({ supplierId }) => supplierId),
			alertIds: former.map(({ alert }) => alert.id)
		})
	);
	const stored = new Map(rows.map(({ place, ...attributes }) => [former[place - 1]!, attributes]));
	return views.map((one) =>
		isFormer(one) ? { ...one, alert: { ...one.alert, ...(stored.get(one) ?? UNKNOWN) } } : one
	);
}

const STORED = statement(
	'former-devices',
	`
select i.place::int as place, s."deviceType", s."hubId", s.area
from unnest(:supplierIds::smallint[], :alertIds::bigint[]) with ordinality as i(supplier_id, alert_id, place)
cross join lateral (
	select body->>'deviceType' as "deviceType", hub_id as "hubId", body->>'area' as area
	from supplier_alert where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s`
);

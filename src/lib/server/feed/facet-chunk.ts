// Builds the statement that counts the facets of some Alerts of a Supplier, between two ids.
import type pg from 'pg';
import {
	AGE_CLASSES,
	FACETS,
	FILTERS_OF_FACET,
	OLDER,
	type Facet,
	type FacetFilters
} from '#lib/domain/alert-facets.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { OWN_ROLE } from '#lib/domain/alert-filter.ts';
import { AREA, IS_OWN, TIER, alertConditions } from './alert-conditions.ts';

/**
 * A count of one chunk. `total` gives all Alerts. `device` is no facet: it gives the Alerts of each Device, for the facets
 * model and firmware. If one of these is filtered, the two have counts of their own, also by Device.
 */
export interface ChunkCount {
	facet: Facet | 'device' | 'total';
	value: string;
	alerts: number;
	/** The id of one of these Alerts. */
	example: string;
}

/** The ids of a chunk: from `low`, and below `before`. `before: null`: there is no upper bound. */
export interface Bounds {
	low: bigint;
	before: bigint | null;
}

const HOUR_MS = 3_600_000;

/** Returns the statement. `now` (epoch ms): the age of an Alert counts back from here. */
export function chunkQuery(
	supplierId: number,
	filters: FacetFilters,
	{ low, before }: Bounds,
	now: number
): pg.QueryConfig {
	const base: FacetFilters = { ...filters };
	for (const names of Object.values(FILTERS_OF_FACET)) for (const name of names) delete base[name];
	const misses = FACETS.flatMap((facet) => {
		const own = Object.fromEntries(
			FILTERS_OF_FACET[facet].flatMap((name) => (filters[name]?.length ? [[name, filters[name]]] : []))
		);
		const isGiven = Object.keys(own).length > 0;
		return isGiven ? [{ facet, sql: `(not (${alertConditions(supplierId, own).where}))::int` }] : [];
	});
	const all = misses.map(({ sql }) => sql).join(' + ') || '0';
	/** The rows that count for a facet: those that pass all filters but the facet's own. */
	const passing = (facet: ChunkCount['facet']): string =>
		misses.some((miss) => miss.facet === facet) ? `misses - miss_${facet} = 0` : 'misses = 0';
	const byDevice = misses.some(({ facet }) => facet === 'model' || facet === 'firmware')
		? (['model', 'firmware'] as const)
		: (['device'] as const);
	const column = (facet: Facet | 'device', value: string = facet): string => `
select '${facet}' as facet, ${value} as value, count(*)::int as alerts, max(alert_id)::text as example
from chunk where ${passing(facet)} and ${value} <> '' group by ${value}`;
	const elements = (facet: 'role' | 'user'): string => `
select '${facet}', value, count(*)::int, max(alert_id)::text
from chunk cross join lateral (select distinct unnest(${facet}s) as value) e where ${passing(facet)} group by value`;
	const ages = AGE_CLASSES.map(
		([name], i) => `when effective_at > :age${i}::timestamptz then '${name}'`
	).join(' ');
	const conditions = alertConditions(supplierId, base);
	const statement = query(`
with chunk as materialized (
	select alert_id, code, category, explanation, device_id as device, users,
		case when ${IS_OWN} then roles || '${OWN_ROLE}'::text else roles end as roles,
		case ${ages} else '${OLDER}' end as age,
		${TIER} as tier, ${AREA} as area, ${all} as misses
		${misses.map(({ facet, sql }) => `, ${sql} as miss_${facet}`).join('')}
	from supplier_alert
	where ${conditions.where} and alert_id >= :low${before === null ? '' : ' and alert_id < :before'} and ${all} <= 1
)
${(['code', 'category', 'explanation', 'tier', 'area', 'age'] as const).map((facet) => column(facet)).join(' union all ')}
union all ${byDevice.map((facet) => column(facet, 'device')).join(' union all ')}
union all ${elements('role')} union all ${elements('user')}
union all select 'total', '', count(*)::int, max(alert_id)::text from chunk where misses = 0 having count(*) > 0`);
	return statement({
		...alertConditions(supplierId, filters).values,
		...Object.fromEntries(AGE_CLASSES.map(([, hours], i) => [`age${i}`, new Date(now - hours * HOUR_MS)])),
		low,
		...(before !== null && { before })
	});
}

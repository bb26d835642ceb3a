// Learned evidence as the worker weighs it: counts in, patterns out, and the Alerts that a change concerns.
import { BUCKETS, type Count } from '#lib/domain/learned-evidence.ts';
import { patternKey, type LearnedPattern, type Pattern } from '#lib/domain/learned-pattern.ts';
import type { Relation } from '#lib/domain/alert.ts';
import type pg from 'pg';
import { beginAgain } from './re-explain-queue.ts';
import { figuresOf } from './learned-patterns.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';

/** The Suppliers whose counts have moved, and how far. */
export async function toWeigh(pool: pg.Pool): Promise<Array<{ supplierId: number; counted: bigint }>> {
	const { rows } = await pool.query<{ supplierId: number; counted: bigint }>(
		'select supplier_id as "supplierId", counted from learned_state where counted > weighed order by 1'
	);
	return rows;
}

export async function countsOf(client: pg.ClientBase, supplierId: number): Promise<Count[]> {
	const { rows } = await client.query<Count>(
		`select device_type as "deviceType", code, variant as "serviceReferenceVariant", user_role as "userRole", relation, bucket, n
		 from learned_count where supplier_id = $1 and n > 0`,
		[supplierId]
	);
	return rows;
}

/** On how many different Devices each of these patterns was seen within its window, by `patternKey`. */
export async function countDevices(
	client: pg.ClientBase,
	supplierId: number,
	patterns: ReadonlyArray<Pattern & { withinSeconds: number }>
): Promise<Map<string, number>> {
	const devices = new Map<string, number>();
	for (const pattern of patterns) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation, withinSeconds } = pattern;
		const sightings = BUCKETS.flatMap((end, bucket) =>
			end <= withinSeconds ? [`${serviceReferenceVariant}|${userRole}|${relation}|${bucket}`] : []
		);
		const { rows } = await client.query<{ count: number }>(
			`select count(distinct device_id)::int as count from learned_sample
			 where supplier_id = $1 and code = $2 and device_type = $3 and sightings && $4`,
			[supplierId, code, deviceType, sightings]
		);
		devices.set(patternKey(pattern), rows[0]!.count);
	}
	return devices;
}

/** The patterns that a person has called no cause, by `patternKey`. */
export async function dismissedBy(client: pg.ClientBase, supplierId: number): Promise<Set<string>> {
	const { rows } = await client.query<Pattern>(
		`select "deviceType", code, "serviceReferenceVariant", "userRole", relation from (
			select distinct on (device_type, code, variant, user_role, relation) device_type as "deviceType", code,
				variant as "serviceReferenceVariant", user_role as "userRole", relation, dismissed
			from learned_review where supplier_id = $1 order by device_type, code, variant, user_role, relation, id desc
		) latest where dismissed`,
		[supplierId]
	);
	return new Set(rows.map(patternKey));
}

export const isSamePattern = (a: LearnedPattern | undefined, b: LearnedPattern): boolean =>
	a !== undefined &&
	a.offered === b.offered &&
	a.devices === b.devices &&
	JSON.stringify(figuresOf(a)) === JSON.stringify(figuresOf(b));

interface Weighed {
	supplierId: number;
	/** The state of the counts that was weighed. */
	counted: bigint;
	changed: readonly LearnedPattern[];
	gone: readonly LearnedPattern[];
	/** Codes of which explanations may read differently now: their Alerts are explained again. */
	codes: readonly string[];
}

/** Writes what has changed in one transaction. */
export async function keepPatterns(
	client: pg.ClientBase,
	{ supplierId, counted, changed, gone, codes }: Weighed
): Promise<void> {
	await client.query('begin');
	// Alone: an Alert that is being explained now by what was before is in the record when its code is gone through.
	if (codes.length > 0) await client.query('select pg_advisory_xact_lock($1)', [LOCKS.learned]);
	await client.query(DELETE, [supplierId, ...identities(gone)]);
	await client.query(UPSERT, [
		supplierId,
		...identities(changed),
		changed.map((p) => JSON.stringify(figuresOf(p))),
		changed.map((p) => p.devices),
		changed.map((p) => p.offered)
	]);
	await client.query(
		`update learned_state set weighed = greatest(weighed, $2), version = version + $3 where supplier_id = $1`,
		[supplierId, counted, changed.length + gone.length > 0 ? 1 : 0]
	);
	if (codes.length > 0) await beginAgain(client, supplierId, codes);
	await client.query('commit');
}

const identities = (
	patterns: readonly LearnedPattern[]
): [string[], string[], string[], string[], Relation[]] => [
	patterns.map((p) => p.deviceType),
	patterns.map((p) => p.code),
	patterns.map((p) => p.serviceReferenceVariant),
	patterns.map((p) => p.userRole),
	patterns.map((p) => p.relation)
];

const IDENTITY = 'device_type, code, variant, user_role, relation';

const DELETE = `
delete from learned_pattern where supplier_id = $1
	and (${IDENTITY}) in (select * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]))`;

const UPSERT = `
insert into learned_pattern (supplier_id, ${IDENTITY}, figures, devices, offered)
select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::integer[], $9::boolean[])
on conflict (supplier_id, ${IDENTITY}) do update set figures = excluded.figures, devices = excluded.devices, offered = excluded.offered`;

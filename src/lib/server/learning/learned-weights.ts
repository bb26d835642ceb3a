// Reads the counts that a worker weighs, and stores the patterns that come of them.
import { BUCKETS, type Count } from '#lib/domain/learned-evidence.ts';
import { patternKey, type LearnedPattern, type Pattern } from '#lib/domain/learned-pattern.ts';
import type pg from 'pg';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { figuresOf } from './learned-patterns.ts';
import { queueCodes } from './re-explain-queue.ts';

/** The Suppliers whose counts have changed since they were weighed, each with the state of its counts. */
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
			COUNT_DEVICES({ supplierId, code, deviceType, sightings })
		);
		devices.set(patternKey(pattern), rows[0]!.count);
	}
	return devices;
}

const COUNT_DEVICES = query(`
select count(distinct device_id)::int as count from learned_sample
where supplier_id = :supplierId and code = :code and device_type = :deviceType and sightings && :sightings`);

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
	/** The codes whose explanations may change: their Alerts are explained again. */
	codes: readonly string[];
}

/** Stores the changed patterns within the caller's transaction. */
export async function storePatterns(
	client: pg.ClientBase,
	{ supplierId, counted, changed, gone, codes }: Weighed
): Promise<void> {
	// Alone: an Alert that is being explained by the old patterns is stored before its code is queued.
	if (codes.length > 0) await client.query('select pg_advisory_xact_lock($1)', [LOCKS.learned]);
	await client.query(DELETE({ supplierId, ...IDENTITY.values(gone) }));
	await client.query(UPSERT({ supplierId, ...PATTERN.values(changed) }));
	await client.query(WEIGHED({ supplierId, counted, versions: changed.length + gone.length > 0 ? 1 : 0 }));
	if (codes.length > 0) await queueCodes(client, supplierId, codes);
}

const IDENTITY = columns<LearnedPattern>({
	device_type: ['text', (p) => p.deviceType],
	code: ['text', (p) => p.code],
	variant: ['text', (p) => p.serviceReferenceVariant],
	user_role: ['text', (p) => p.userRole],
	relation: ['text', (p) => p.relation]
});

const PATTERN = columns<LearnedPattern>({
	...IDENTITY.spec,
	figures: ['jsonb', (p) => JSON.stringify(figuresOf(p))],
	devices: ['integer', (p) => p.devices],
	offered: ['boolean', (p) => p.offered]
});

const DELETE = query(`
delete from learned_pattern where supplier_id = :supplierId and (${IDENTITY.names}) in (select * from ${IDENTITY.from})`);

const UPSERT = query(`
insert into learned_pattern (supplier_id, ${PATTERN.names}) select :supplierId::smallint, ${PATTERN.names} from ${PATTERN.from}
on conflict (supplier_id, ${IDENTITY.names})
	do update set figures = excluded.figures, devices = excluded.devices, offered = excluded.offered`);

const WEIGHED = query(`
update learned_state set weighed = greatest(weighed, :counted), version = version + :versions where supplier_id = :supplierId`);

// Reads the counts that a worker weighs, and stores the patterns that the worker finds.
import type pg from 'pg';
import { DELAY_BUCKETS_SECONDS, type Count } from '#lib/domain/learned-evidence.ts';
import { patternKey, type LearnedPattern, type Pattern } from '#lib/domain/learned-pattern.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { figuresOf } from './learned-patterns.ts';
import { queueCodes } from './re-explain-queue.ts';

/** Finds the Suppliers whose counts have changed since the last weighing. `counted`: the number of the last change. */
export async function suppliersToWeigh(
	pool: pg.Pool
): Promise<Array<{ supplierId: number; counted: bigint }>> {
	const { rows } = await pool.query<{ supplierId: number; counted: bigint }>(
		'select supplier_id as "supplierId", counted from learned_state where counted > weighed order by 1'
	);
	return rows;
}

/** Reads the counts of a Supplier that are greater than zero. */
export async function countsOf(client: pg.ClientBase, supplierId: number): Promise<Count[]> {
	const { rows } = await client.query<Count>(COUNTS({ supplierId }));
	return rows;
}

/**
 * Counts the different Devices on which each pattern was seen within its window. The result is keyed by `patternKey`.
 */
export async function countDevices(
	client: pg.ClientBase,
	supplierId: number,
	patterns: ReadonlyArray<Pattern & { withinSeconds: number }>
): Promise<Map<string, number>> {
	const devices = new Map<string, number>();
	for (const pattern of patterns) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation, withinSeconds } = pattern;
		const sightings = DELAY_BUCKETS_SECONDS.flatMap((end, bucket) =>
			end <= withinSeconds ? [`${serviceReferenceVariant}|${userRole}|${relation}|${bucket}`] : []
		);
		const { rows } = await client.query<{ count: number }>(
			COUNT_DEVICES({ supplierId, code, deviceType, sightings })
		);
		devices.set(patternKey(pattern), rows[0]!.count);
	}
	return devices;
}

const COUNTS = query(`
select device_type as "deviceType", code, variant as "serviceReferenceVariant", user_role as "userRole", relation, bucket, n
from learned_count where supplier_id = :supplierId and n > 0`);

const COUNT_DEVICES = query(`
select count(distinct device_id)::int as count from learned_sample
where supplier_id = :supplierId and code = :code and device_type = :deviceType and sightings && :sightings`);

/** Returns the `patternKey` of each pattern that the last reviewer dismissed as no cause. */
export async function dismissedBy(client: pg.ClientBase, supplierId: number): Promise<Set<string>> {
	const { rows } = await client.query<Pattern>(DISMISSED({ supplierId }));
	return new Set(rows.map(patternKey));
}

const DISMISSED = query(`
select "deviceType", code, "serviceReferenceVariant", "userRole", relation from (
	select distinct on (device_type, code, variant, user_role, relation) device_type as "deviceType", code,
		variant as "serviceReferenceVariant", user_role as "userRole", relation, dismissed
	from learned_review where supplier_id = :supplierId order by device_type, code, variant, user_role, relation, id desc
) latest where dismissed`);

/** Returns whether two states of a pattern are the same. `a: undefined`: the pattern is new. */
export const isSamePattern = (a: LearnedPattern | undefined, b: LearnedPattern): boolean =>
	a !== undefined &&
	a.offered === b.offered &&
	a.devices === b.devices &&
	JSON.stringify(figuresOf(a)) === JSON.stringify(figuresOf(b));

/** The result of weighing the counts of a Supplier. */
interface Weighed {
	supplierId: number;
	/** The number of the last change of the counts that this weighing includes. */
	counted: bigint;
	changed: readonly LearnedPattern[];
	gone: readonly LearnedPattern[];
	/** The Alert codes whose explanations may change. Alerts with these codes are explained again. */
	codes: readonly string[];
}

/** Stores the changed patterns and deletes the patterns that are gone, within the caller's transaction. */
export async function storePatterns(
	client: pg.ClientBase,
	{ supplierId, counted, changed, gone, codes }: Weighed
): Promise<void> {
	// The lock waits for all transactions that explain Alerts by the old patterns. So these transactions commit before
	// the codes are queued.
	if (codes.length > 0) await client.query(LOCK({ key: LOCKS.learned }));
	await client.query(DELETE({ supplierId, ...IDENTITY.values(gone) }));
	await client.query(UPSERT({ supplierId, ...PATTERN.values(changed) }));
	await client.query(WEIGHED({ supplierId, counted, versions: changed.length + gone.length > 0 ? 1 : 0 }));
	if (codes.length > 0) await queueCodes(client, supplierId, codes);
}

const LOCK = query('select pg_advisory_xact_lock(:key)');

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

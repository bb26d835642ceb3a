// Reads the learned patterns and stores people's reviews. A worker caches the patterns of all Suppliers. The web
// process reads the patterns of one Supplier.
import type pg from 'pg';
import type { Relation } from '#lib/domain/alert.ts';
import { OFFER_THRESHOLDS } from '#lib/domain/learned-evidence.ts';
import {
	patternKey,
	type Frequency,
	type LearnedPattern,
	type LearnedPatterns,
	type PatternReviewIn,
	type ReviewedPattern
} from '#lib/domain/learned-pattern.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

export interface PatternRow {
	device_type: string;
	code: string;
	variant: string;
	user_role: string;
	relation: Relation;
	figures: Frequency;
	devices: number | null;
	offered: boolean;
}

const NO_PATTERNS: LearnedPatterns = new Map();
/** The web process reads the patterns of a Supplier again after this time, in ms. */
const MAX_AGE_MS = 2000;

const PATTERN_COLUMNS = 'device_type, code, variant, user_role, relation, figures, devices, offered';

const toPattern = (row: PatternRow): LearnedPattern => ({
	deviceType: row.device_type,
	code: row.code,
	serviceReferenceVariant: row.variant,
	userRole: row.user_role,
	relation: row.relation,
	...figuresOf(row.figures),
	devices: row.devices,
	offered: row.offered
});

/**
 * Returns only the figures of a pattern. Their fields are always in the same order, so that their JSON texts can be
 * compared.
 */
export const figuresOf = ({ withinSeconds, seen, of, byChance, lift, low, high }: Frequency): Frequency => ({
	withinSeconds,
	seen,
	of,
	byChance,
	lift,
	low,
	high
});

export const toPatterns = (rows: readonly PatternRow[]): LearnedPatterns =>
	new Map(rows.map(toPattern).map((pattern) => [patternKey(pattern), pattern]));

export type LearnedPatternCache = ReturnType<typeof cacheLearnedPatterns>;

/** The learned patterns of all Suppliers at one instant. */
export interface Learned {
	of(supplierId: number): LearnedPatterns;
	/**
	 * Returns whether any Supplier has an offered pattern of this code or SRV between two Devices of a home network. In
	 * such a pattern, the Service Request went to another Device of the home network.
	 */
	crossesHub(match: { code: string } | { serviceReferenceVariant: string }): boolean;
}

/** The learned patterns of one Supplier, and their version. */
interface CachedPatterns {
	version: bigint;
	patterns: LearnedPatterns;
	/** The codes and the SRVs of the offered patterns between two Devices of a home network. */
	hub: { codes: ReadonlySet<string>; variants: ReadonlySet<string> };
}

/**
 * Caches the patterns of all Suppliers in a worker. Each read asks for the versions of the patterns, and then reads
 * only the changed patterns.
 */
export function cacheLearnedPatterns() {
	const newest = new Map<number, CachedPatterns>();
	return {
		/**
		 * Reads the current patterns. While a transaction holds the advisory lock `learned`, the patterns do not
		 * change.
		 */
		async read(client: pg.ClientBase | pg.Pool): Promise<Learned> {
			const { rows } = await client.query<{ supplier_id: number; version: bigint }>(VERSIONS({}));
			// Each reader gets a separate map, because another reader may find newer patterns in the meantime.
			const current = new Map<number, CachedPatterns>();
			for (const { supplier_id, version } of rows) {
				let cached = newest.get(supplier_id);
				if (cached?.version !== version) {
					cached = toCached(version, await patternRows(client, supplier_id));
					newest.set(supplier_id, cached);
				}
				current.set(supplier_id, cached);
			}
			return {
				of: (supplierId) => current.get(supplierId)?.patterns ?? NO_PATTERNS,
				crossesHub: (match) =>
					current
						.values()
						.some(({ hub }) =>
							'code' in match ? hub.codes.has(match.code) : hub.variants.has(match.serviceReferenceVariant)
						)
			};
		},
		/** Returns the newest patterns that any read has found. */
		of: (supplierId: number): LearnedPatterns => newest.get(supplierId)?.patterns ?? NO_PATTERNS
	};
}

export async function patternRows(
	client: pg.ClientBase | pg.Pool,
	supplierId: number
): Promise<PatternRow[]> {
	const { rows } = await client.query<PatternRow>(PATTERNS({ supplierId }));
	return rows;
}

function toCached(version: bigint, rows: readonly PatternRow[]): CachedPatterns {
	const patterns = toPatterns(rows);
	const crossing = rows.filter((row) => row.offered && row.relation === 'same-hub');
	const hub = {
		codes: new Set(crossing.map((row) => row.code)),
		variants: new Set(crossing.map((row) => row.variant))
	};
	return { version, patterns, hub };
}

export type LearnedReader = ReturnType<typeof createLearnedReader>;

/** Reads and reviews the patterns of one Supplier, for the web process. */
export function createLearnedReader(pool: pg.Pool) {
	const cache = new Map<number, { readAt: number; patterns: Promise<LearnedPatterns> }>();
	return {
		/** Reads the patterns of a Supplier. The result is at most two seconds old. */
		of(supplierId: number, now = Date.now()): Promise<LearnedPatterns> {
			const cached = cache.get(supplierId);
			if (cached && now - cached.readAt < MAX_AGE_MS) return cached.patterns;
			const patterns = asSupplier(pool, supplierId, async (client) =>
				toPatterns(await patternRows(client, supplierId))
			);
			cache.set(supplierId, { readAt: now, patterns });
			// A failed read is not cached, so the next caller reads again.
			patterns.catch(() => cache.delete(supplierId));
			return patterns;
		},

		/**
		 * Reads the patterns that were seen on enough Devices for a review. The patterns with the highest lower bound
		 * of the lift come first.
		 */
		forReview: (supplierId: number): Promise<ReviewedPattern[]> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<PatternRow & { review: ReviewedPattern['review'] }>(
					FOR_REVIEW({ supplierId, minDevices: OFFER_THRESHOLDS.devices })
				);
				return rows.map((row) => ({ ...toPattern(row), review: row.review }));
			}),

		/** Stores a person's review of a pattern. Returns `false` if this Supplier has no such pattern. */
		review: (
			supplierId: number,
			review: PatternReviewIn,
			by: { id: string; name: string }
		): Promise<boolean> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query(REVIEW({ ...review, supplierId, by: by.name, byId: by.id }));
				if (rows.length === 0) return false;
				await client.query(COUNTED({ supplierId }));
				return true;
			})
	};
}

const VERSIONS = statement('learned-versions', 'select supplier_id, version from learned_state');

const PATTERNS = query(`select ${PATTERN_COLUMNS} from learned_pattern where supplier_id = :supplierId`);

const FOR_REVIEW = query(`
select p.*, r.review from learned_pattern p left join lateral (
	select jsonb_build_object('dismissed', dismissed, 'by', reviewed_by,
		'at', to_char(reviewed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as review
	from learned_review r where r.supplier_id = p.supplier_id
		and (r.device_type, r.code, r.variant, r.user_role, r.relation) = (p.device_type, p.code, p.variant, p.user_role, p.relation)
	order by id desc limit 1
) r on true
where p.supplier_id = :supplierId and p.devices >= :minDevices
order by (p.figures ->> 'low')::float desc, p.code, p.variant, p.user_role, p.relation limit 500`);

const REVIEW = query(`
insert into learned_review (supplier_id, device_type, code, variant, user_role, relation, dismissed, reviewed_by, reviewed_by_id)
select supplier_id, device_type, code, variant, user_role, relation, :dismissed::boolean, :by::text, :byId::text
from learned_pattern where supplier_id = :supplierId
	and (device_type, code, variant, user_role, relation) = (:deviceType, :code, :serviceReferenceVariant, :userRole, :relation)
returning id`);

/**
 * Marks the counts of a Supplier as changed. A review changes the meaning of the counts, so a worker weighs them once
 * more.
 */
const COUNTED = query('update learned_state set counted = counted + 1 where supplier_id = :supplierId');

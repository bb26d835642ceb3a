// The learned patterns as a process knows them, and the word of the people who review them.
import { OFFER } from '#lib/domain/learned-evidence.ts';
import {
	patternKey,
	type Frequency,
	type LearnedPattern,
	type LearnedPatterns,
	type PatternReviewIn,
	type ReviewedPattern
} from '#lib/domain/learned-pattern.ts';
import type { Relation } from '#lib/domain/alert.ts';
import { sql } from 'kysely';
import type pg from 'pg';
import { asSupplier, type Database } from '#lib/server/postgres/database.ts';

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

const NOTHING: LearnedPatterns = new Map();
/** The figures beside an explanation may be this old (ms). */
const FRESH = 2000;

export const PATTERN_COLUMNS = 'device_type, code, variant, user_role, relation, figures, devices, offered';

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

/** In one order of fields, as they are kept. */
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

export type FollowLearned = ReturnType<typeof followLearned>;

/** All Suppliers' patterns at one instant. */
export interface Learned {
	of(supplierId: number): LearnedPatterns;
	/** Whether any Supplier is offered a pattern of this code, or SRV, that reaches across the home network. */
	crossesHub(match: { code: string } | { serviceReferenceVariant: string }): boolean;
}

interface Known {
	version: bigint;
	patterns: LearnedPatterns;
	/** Codes and SRVs of the offered patterns that reach across the home network. */
	hub: { codes: ReadonlySet<string>; variants: ReadonlySet<string> };
}

/** A worker's copy of the patterns: it asks for what has changed, and for nothing else. */
export function followLearned() {
	const newest = new Map<number, Known>();
	return {
		/** As they are now; within a transaction that holds the lock `learned` they stay so until its end. */
		async read(client: pg.ClientBase | pg.Pool): Promise<Learned> {
			const { rows } = await client.query<{ supplier_id: number; version: bigint }>({
				name: 'learned-versions',
				text: 'select supplier_id, version from learned_state'
			});
			// A copy of its own: what other readers find meanwhile is not this reader's.
			const now = new Map<number, Known>();
			for (const { supplier_id, version } of rows) {
				let known = newest.get(supplier_id);
				if (known?.version !== version) {
					known = toKnown(version, await patternRows(client, supplier_id));
					newest.set(supplier_id, known);
				}
				now.set(supplier_id, known);
			}
			return {
				of: (supplierId) => now.get(supplierId)?.patterns ?? NOTHING,
				crossesHub: (match) =>
					now
						.values()
						.some(({ hub }) =>
							'code' in match ? hub.codes.has(match.code) : hub.variants.has(match.serviceReferenceVariant)
						)
			};
		},
		/** The newest that any reader has found. */
		of: (supplierId: number): LearnedPatterns => newest.get(supplierId)?.patterns ?? NOTHING
	};
}

export async function patternRows(
	client: pg.ClientBase | pg.Pool,
	supplierId: number
): Promise<PatternRow[]> {
	const { rows } = await client.query<PatternRow>(
		`select ${PATTERN_COLUMNS} from learned_pattern where supplier_id = $1`,
		[supplierId]
	);
	return rows;
}

function toKnown(version: bigint, rows: readonly PatternRow[]): Known {
	const patterns = toPatterns(rows);
	const crossing = rows.filter((row) => row.offered && row.relation === 'same-hub');
	const hub = {
		codes: new Set(crossing.map((row) => row.code)),
		variants: new Set(crossing.map((row) => row.variant))
	};
	return { version, patterns, hub };
}

export type ReadLearned = ReturnType<typeof readLearned>;

/** What the web process shows of one Supplier's patterns. */
export function readLearned(db: Database) {
	const known = new Map<number, { at: number; patterns: Promise<LearnedPatterns> }>();
	return {
		/** At most two seconds old. */
		of(supplierId: number, now = Date.now()): Promise<LearnedPatterns> {
			const held = known.get(supplierId);
			if (held && now - held.at < FRESH) return held.patterns;
			const patterns = asSupplier(db, supplierId, async (tx) => {
				const { rows } = await sql<PatternRow>`
					select ${sql.raw(PATTERN_COLUMNS)} from learned_pattern where supplier_id = ${supplierId}`.execute(tx);
				return toPatterns(rows);
			});
			known.set(supplierId, { at: now, patterns });
			// A record that cannot be reached is asked again by the next reader.
			patterns.catch(() => known.delete(supplierId));
			return patterns;
		},

		/** The patterns that are frequent enough to be reviewed, the surest first. */
		forReview: (supplierId: number): Promise<ReviewedPattern[]> =>
			asSupplier(db, supplierId, async (tx) => {
				const { rows } = await sql<PatternRow & { review: ReviewedPattern['review'] }>`
					select p.*, r.review from learned_pattern p left join lateral (
						select jsonb_build_object('dismissed', dismissed, 'by', reviewed_by,
							'at', to_char(reviewed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as review
						from learned_review r where r.supplier_id = p.supplier_id
							and (r.device_type, r.code, r.variant, r.user_role, r.relation) = (p.device_type, p.code, p.variant, p.user_role, p.relation)
						order by id desc limit 1
					) r on true
					where p.supplier_id = ${supplierId} and p.devices >= ${OFFER.devices}
					order by (p.figures ->> 'low')::float desc, p.code, p.variant, p.user_role, p.relation limit 500`.execute(tx);
				return rows.map((row) => ({ ...toPattern(row), review: row.review }));
			}),

		/** Keeps the word of a person; `false`: this Supplier's Alerts have shown no such pattern. */
		review: (
			supplierId: number,
			{ deviceType, code, serviceReferenceVariant, userRole, relation, dismissed }: PatternReviewIn,
			by: { id: string; name: string }
		): Promise<boolean> =>
			asSupplier(db, supplierId, async (tx) => {
				const { rows } = await sql`
					insert into learned_review (supplier_id, device_type, code, variant, user_role, relation, dismissed, reviewed_by, reviewed_by_id)
					select supplier_id, device_type, code, variant, user_role, relation, ${dismissed}, ${by.name}, ${by.id}
					from learned_pattern where supplier_id = ${supplierId}
						and (device_type, code, variant, user_role, relation) = (${deviceType}, ${code}, ${serviceReferenceVariant}, ${userRole}, ${relation})
					returning id`.execute(tx);
				if (rows.length === 0) return false;
				await sql`
					update learned_state set counted = counted + 1 where supplier_id = ${supplierId}`.execute(tx);
				return true;
			})
	};
}

// Reads the runs around a change from the database. A run is the Alerts of one key without a gap in time. For a large
// episode, only the ends of its run are read. So the cost of joining a large episode does not depend on its size.
import type pg from 'pg';
import { ruleOf, runsOf, type Extent, type Member, type Rule, type Run } from '#lib/domain/episode.ts';
import { positionalStatement } from '#lib/server/postgres/statement.ts';

/** A stretch of time (epoch ms). */
export interface Span {
	from: number;
	to: number;
}

/** A large episode that the pass has touched. `from` and `to`: the current ends of its run. */
export interface Grown extends Span {
	episodeId: bigint;
}

/** An Alert of a run with the episode that it is in; `null`: no episode. */
export interface PlacedMember extends Member {
	episodeId: bigint | null;
}

/** The change of one key: the stretch of time, and the Alerts that have the key newly or are checked again. */
export interface Change extends Span {
	come: Map<bigint, PlacedMember>;
}

/** The runs of one key around the change of that key. */
export interface Around {
	runs: Run[];
	/** The episode of each member before the change; `null`: no episode. */
	before: ReadonlyMap<bigint, bigint | null>;
}

/**
 * The first read covers this many gaps of the key's rule on both sides of the change. A run that continues is read
 * further.
 */
const REACH = 8;

/**
 * Reads, for each key, all runs that the key's change may affect. Each run is read to both its ends. `hasLeft`: returns
 * whether an Alert has lost a key that the database still has.
 */
export async function runsAround(
	client: pg.ClientBase,
	supplierId: number,
	changes: ReadonlyMap<string, Change>,
	hasLeft: (alertId: bigint, key: string) => boolean
): Promise<Map<string, Around>> {
	const found = new Map<string, Around>();
	let open = [...changes];
	for (let reach = REACH; open.length > 0; reach *= 4) {
		const looked = open.map(([key, change]): Looked => {
			const rule = ruleOf(key);
			const [from, to] = [change.from - reach * rule.gap, change.to + reach * rule.gap];
			return { key, change, rule, from, to };
		});
		const extents = await readExtents(client, supplierId, looked);
		const members = await readMembers(
			client,
			supplierId,
			looked.flatMap((one) => outside(one, extents.get(one.key)).map((span) => ({ ...span, key: one.key })))
		);
		open = [];
		for (const one of looked) {
			// The database is not asked for members within a large episode. The Alerts that have the key newly or are
			// checked again are known from the change.
			const all = new Map(one.change.come);
			for (const member of members.get(one.key) ?? [])
				if (!all.has(member.alertId) && !hasLeft(member.alertId, one.key)) all.set(member.alertId, member);
			const before = new Map([...all.values()].map(({ alertId, episodeId }) => [alertId, episodeId]));
			const runs = runsOf([...all.values()], one.rule, extents.get(one.key));
			if (runs.every((run) => !isNear(run, one.change, one.rule) || isWhole(run, one)))
				found.set(one.key, { runs, before });
			else open.push([one.key, one.change]);
		}
	}
	return found;
}

interface Looked extends Span {
	key: string;
	change: Change;
	rule: Rule;
}

/** Returns whether a change can affect this run: the run and the change are at most one gap apart. */
export const isNear = (run: Run, change: Span, { gap }: Rule): boolean =>
	run.to + gap >= change.from && run.from - gap <= change.to;

/**
 * Returns whether the run was read to both its ends. A run that begins before or ends after the stretch that was read
 * belongs to a large episode, whose ends are known.
 */
const isWhole = (run: Run, { from, to, rule: { gap } }: Looked): boolean =>
	(run.from < from || run.from - gap >= from) && (run.to > to || run.to + gap <= to);

/** Returns the parts of a stretch of time in which no large episode lies. */
function outside({ from, to }: Span, extents: readonly Extent[] = []): Span[] {
	const parts: Span[] = [];
	let next = from;
	for (const extent of [...extents].sort((a, b) => a.from - b.from)) {
		if (extent.from > next) parts.push({ from: next, to: extent.from - 1 });
		next = Math.max(next, extent.to + 1);
	}
	if (next <= to) parts.push({ from: next, to });
	return parts;
}

async function readExtents(
	client: pg.ClientBase,
	supplierId: number,
	looked: readonly Looked[]
): Promise<Map<string, Extent[]>> {
	const { rows } = await client.query<{ id: bigint; key: string; run_from: Date; run_to: Date }>(
		EXTENTS([
			supplierId,
			looked.map((one) => one.key),
			new Date(Math.min(...looked.map((one) => one.from))),
			new Date(Math.max(...looked.map((one) => one.to)))
		])
	);
	const spans = new Map(looked.map((one) => [one.key, one]));
	const extents = new Map<string, Extent[]>();
	for (const row of rows) {
		const extent = { episodeId: row.id, from: row.run_from.getTime(), to: row.run_to.getTime() };
		const span = spans.get(row.key)!;
		if (extent.to < span.from || extent.from > span.to) continue;
		const own = extents.get(row.key);
		if (own) own.push(extent);
		else extents.set(row.key, [extent]);
	}
	return extents;
}

async function readMembers(
	client: pg.ClientBase,
	supplierId: number,
	spans: ReadonlyArray<Span & { key: string }>
): Promise<Map<string, PlacedMember[]>> {
	const { rows } = await client.query<{
		place: number;
		alert_id: bigint;
		device_id: string;
		at: Date;
		episode_id: bigint | null;
	}>(
		MEMBERS([
			supplierId,
			spans.map((span) => span.key),
			spans.map((span) => new Date(span.from)),
			spans.map((span) => new Date(span.to))
		])
	);
	const members = new Map<string, PlacedMember[]>();
	for (const row of rows) {
		const { key } = spans[row.place - 1]!;
		let own = members.get(key);
		if (!own) members.set(key, (own = []));
		own.push({
			alertId: row.alert_id,
			deviceId: row.device_id,
			at: row.at.getTime(),
			episodeId: row.episode_id
		});
	}
	return members;
}

// The large episodes of a stretch of time are few, and the keys are many. So one statement reads the large episodes of
// all keys.
const EXTENTS = positionalStatement(
	'extents-of-episodes',
	`
select id, key, run_from, run_to from episode
where supplier_id = $1 and run_from is not null and run_to >= $3 and run_from <= $4 and key = any($2::text[])`
);

// Do not add bounds on ids, though they would keep the statement out of the partitions of other weeks. With bounds, a
// plan made for a small table may read the members of all keys by id, and PostgreSQL keeps this plan.
const MEMBERS = positionalStatement(
	'members-of-runs',
	`
select w.place::int, m.alert_id, m.device_id, m.at, m.episode_id
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) with ordinality as w(key, since, until, place)
cross join lateral (
	select alert_id, device_id, at, episode_id from episode_member
	where supplier_id = $1 and key = w.key and at between w.since and w.until offset 0
) m`
);

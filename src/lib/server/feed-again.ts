// Explanations that have changed, in the place of those that stand: one statement for a whole batch under the counters of
// the feeds. What has changed is found out before, so that most of what is looked at again locks nothing.
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import type pg from 'pg';
import { LOCK, columnsOf, framesOf, type Written } from './feed-first.ts';
import type { FeedRow, Frame, Standing } from './feed.ts';

/** An explanation, and what stands in its place; nothing where the Supplier does not have the Alert yet. */
export interface Again {
	row: FeedRow;
	standing: Standing | null;
}

/** Those of these explanations that read otherwise than what stands. */
export async function findChanged(client: pg.ClientBase, rows: readonly FeedRow[]): Promise<Again[]> {
	if (rows.length === 0) return [];
	const { rows: found } = await client.query<Standing & { place: number; same: boolean }>({
		name: 'standing-explanations',
		text: STANDING,
		values: [
			rows.map((row) => row.supplierId),
			rows.map((row) => row.alertId),
			`[${rows.map((row) => JSON.stringify(row.body)).join(',')}]`
		]
	});
	const byPlace = new Map(found.map((one) => [one.place - 1, one]));
	return rows.flatMap((row, i) => {
		const standing = byPlace.get(i) ?? null;
		return standing?.same ? [] : { row, standing };
	});
}

/**
 * Replaces explanations that stand, within the caller's transaction, and returns the frames to push after its commit. All
 * of it is sent before this returns: send the commit next. An Alert that was decided or joined an episode since it was
 * read is left as it is; `behind` is the doorbell that has those explained once more.
 */
export async function writeAgain(
	client: pg.ClientBase,
	again: ReadonlyArray<Again & { standing: Standing }>
): Promise<{ frames: Frame[]; behind: bigint | null }> {
	const rows = again.map(({ row }) => row);
	const [, { rows: written }] = await Promise.all([
		client.query({ ...LOCK, values: [[...new Set(rows.map((row) => row.supplierId))]] }),
		client.query<Written & { behind: bigint | null }>({
			name: 'write-explanations-again',
			text: REWRITE,
			values: [
				...columnsOf(rows),
				again.map(({ standing }) => standing.version),
				again.map(
					({ row, standing: { decision } }) =>
						decision !== null && contradictionOf(decision, basisOf(row.body)) !== null
				)
			]
		})
	]);
	const placed = written.filter(({ place }) => place !== null);
	const frames = framesOf(rows, placed, (i) => {
		const { version, decision, episode_id } = again[i]!.standing;
		return { version: version + 1, decision, episode_id };
	});
	return { frames, behind: written[0]?.behind ?? null };
}

const STANDING = `
select i.place::int as place, s.body = b.body as same, s.version, s.seq, s.decision, s.episode_id
from unnest($1::smallint[], $2::bigint[]) with ordinality as i(supplier_id, alert_id, place)
join jsonb_array_elements($3::jsonb) with ordinality as b(body, place) using (place)
cross join lateral (
	select body, version, seq, decision, episode_id from supplier_alert
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s`;

const REWRITE = `
with input as (
	select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
		$9::text[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::timestamptz[], $15::integer[], $16::boolean[])
		with ordinality as t(supplier_id, alert_id, explanation, code, category, device_id, hub_id, users, roles, effective_at,
			settles_at, table_version, due_at, version, contradicted, place)
), standing as (
	select i.*, row_number() over (partition by supplier_id order by place) as rank from input i
	where exists (
		select from supplier_alert s where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.version = i.version
	)
), heads as (
	update feed_head h set seq = h.seq + n.size from (select supplier_id, count(*) as size from standing group by supplier_id) n
	where h.supplier_id = n.supplier_id returning h.supplier_id, h.seq - n.size as before
), bodies as (
	select body, place from jsonb_array_elements($14::jsonb) with ordinality as b(body, place)
), placed as (
	select s.*, b.body, h.before + s.rank as seq from standing s join heads h using (supplier_id) join bodies b using (place)
), explained as (
	update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = p.seq, explanation = p.explanation,
		device_id = p.device_id, hub_id = p.hub_id, category = p.category, users = p.users::text[], roles = p.roles::text[],
		effective_at = p.effective_at, settles_at = p.settles_at, table_version = p.table_version, body = p.body,
		due_at = p.due_at, contradicted = p.contradicted
	from placed p
	where s.supplier_id = p.supplier_id and s.alert_id = p.alert_id
), entered as (
	insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from placed
), behind as (
	insert into doorbell (job, ids)
	select 'correlate-again', array_agg(distinct alert_id) from input where place not in (select place from standing)
	having count(*) > 0 returning id
)
select place::int as place, seq, null::bigint as behind from placed
union all select null, null, id from behind order by seq nulls first`;

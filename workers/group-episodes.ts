// group-episodes: follows every Supplier's feed, behind the hot path, and puts the Alerts that are one matter together.
// What it finds depends on the set of Alerts alone (src/lib/domain/episode.ts); each pass looks at what changed.
import type pg from 'pg';
import { ruleOf, runsOf } from '#lib/domain/episode.ts';
import {
	joinEpisodes,
	membersOf,
	openEpisode,
	placeMembers,
	writeKeys,
	type Span
} from '#lib/server/episode-store.ts';
import type { Frame } from '#lib/server/feed.ts';

const FOLLOWER = 'group-episodes';
const MOST = 1000;
/** A matter that goes on for longer is looked at in parts (ms). */
const REACH = 24 * 3_600_000;

export interface GroupDeps {
	pool: pg.Pool;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** Groups what is new in the feeds. Of several workers one does it. Returns how many Alerts it has looked at. */
export async function groupEpisodes({ pool, publish }: GroupDeps): Promise<number> {
	const { rows: suppliers } = await pool.query<{ id: number }>(
		`select h.supplier_id as id from feed_head h
		 left join feed_cursor c on c.supplier_id = h.supplier_id and c.follower = $1
		 where h.seq > coalesce(c.seq, 0)`,
		[FOLLOWER]
	);
	let count = 0;
	for (const { id } of suppliers) {
		for (;;) {
			const done = await step(pool, id);
			if (done.frame) await publish([done.frame]);
			count += done.looked;
			if (done.looked < MOST) break;
		}
	}
	return count;
}

async function step(pool: pg.Pool, supplierId: number): Promise<{ looked: number; frame: Frame | null }> {
	const client = await pool.connect();
	try {
		await client.query('begin');
		const changed = await takeChanges(client, supplierId);
		const frame = changed.length > 0 ? await regroup(client, supplierId, changed) : null;
		await client.query('commit');
		return { looked: changed.length, frame };
	} catch (error) {
		await client.query('rollback').catch(() => {}); // a session that is gone has rolled back
		throw error;
	} finally {
		client.release();
	}
}

/** The Alerts of the next feed entries; moves the cursor past them. Another worker at it: none. */
async function takeChanges(client: pg.PoolClient, supplierId: number): Promise<bigint[]> {
	await client.query(
		'insert into feed_cursor (follower, supplier_id) values ($1, $2) on conflict do nothing',
		[FOLLOWER, supplierId]
	);
	const { rows: cursors } = await client.query<{ seq: bigint }>(
		'select seq from feed_cursor where follower = $1 and supplier_id = $2 for update skip locked',
		[FOLLOWER, supplierId]
	);
	if (!cursors[0]) return [];
	const { rows } = await client.query<{ seq: bigint; alert_id: bigint }>(
		'select seq, alert_id from feed where supplier_id = $1 and seq > $2 order by seq limit $3',
		[supplierId, cursors[0].seq, MOST]
	);
	const last = rows.at(-1);
	if (!last) return [];
	await client.query('update feed_cursor set seq = $3 where follower = $1 and supplier_id = $2', [
		FOLLOWER,
		supplierId,
		last.seq
	]);
	return [...new Set(rows.map((row) => row.alert_id))];
}

async function regroup(client: pg.PoolClient, supplierId: number, ids: bigint[]): Promise<Frame | null> {
	const spans = await writeKeys(client, supplierId, ids);
	const touched = new Set<bigint>(ids);
	const episodes = new Set<bigint>();
	for (const [key, span] of spans) await settleKey(client, supplierId, key, span, touched, episodes);
	const frame = await joinEpisodes(client, supplierId, [...touched], episodes);
	// What this has written into the feed is its own doing: nothing there is new to it.
	if (frame)
		await client.query(
			'update feed_cursor set seq = $3 where follower = $1 and supplier_id = $2 and seq = $4',
			[FOLLOWER, supplierId, frame.to, frame.from - 1]
		);
	return frame;
}

/** Finds the runs of one key around what changed, and gives each its episode; the others lose theirs. */
async function settleKey(
	client: pg.PoolClient,
	supplierId: number,
	key: string,
	{ from, to }: Span,
	touched: Set<bigint>,
	episodes: Set<bigint>
): Promise<void> {
	const rule = ruleOf(key);
	const members = await membersOf(client, supplierId, key, { from: from - REACH, to: to + REACH });
	const before = new Map(members.map((member) => [member.alertId, member.episodeId]));
	const taken = new Set<bigint>();
	for (const run of runsOf(members, rule)) {
		const known = run.members.map((m) => before.get(m.alertId)).filter((id) => id != null);
		for (const id of known) episodes.add(id);
		// Of two runs that an Alert in between has left, the older one keeps the episode.
		const own = known.filter((id) => !taken.has(id));
		let id: bigint | null = null;
		if (run.counts)
			id =
				own.length > 0
					? own.reduce((a, b) => (a < b ? a : b))
					: await openEpisode(client, supplierId, key, rule.kind, run);
		if (id !== null) episodes.add(id);
		if (id !== null) taken.add(id);
		const moved = run.members.filter((m) => before.get(m.alertId) !== id).map((m) => m.alertId);
		if (moved.length === 0) continue;
		await placeMembers(client, supplierId, key, moved, id);
		for (const alertId of moved) touched.add(alertId);
	}
}

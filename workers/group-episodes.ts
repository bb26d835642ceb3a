// group-episodes: follows every Supplier's feed, behind the hot path, and puts the Alerts that are one matter together.
// What it finds depends on the set of Alerts alone (src/lib/domain/episode.ts); each pass looks at what changed.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { ruleOf, runsOf } from '#lib/domain/episode.ts';
import {
	joinEpisodes,
	membersOf,
	openEpisodes,
	placeMembers,
	writeKeys,
	type Opening,
	type Place,
	type Span
} from '#lib/server/episode-store.ts';
import type { Frame } from '#lib/server/feed.ts';

const FOLLOWER = 'group-episodes';
const MOST = 1000;
/** A matter that goes on for longer is looked at in parts (ms). */
const REACH = 24 * 3_600_000;
/** So long (ms) what is new may wait for Alerts that wait to be explained. */
const PATIENCE = 2000;

export interface GroupDeps {
	pool: pg.Pool;
	publish(frames: readonly Frame[]): Promise<void>;
	/** Whether Alerts wait to be explained: grouping can wait a little. */
	isPressed(): Promise<boolean>;
}

/** Groups what is new in the feeds. Of several workers one does it. Returns how many Alerts it has looked at. */
export async function groupEpisodes({ pool, publish, isPressed }: GroupDeps): Promise<number> {
	const { rows: suppliers } = await pool.query<{ id: number; late: boolean }>(
		`select h.supplier_id as id, coalesce((
			select f.at < now() - make_interval(secs => $2) from feed f
			where f.supplier_id = h.supplier_id and f.seq > coalesce(c.seq, 0) order by f.seq limit 1
		 ), true) as late
		 from feed_head h left join feed_cursor c on c.supplier_id = h.supplier_id and c.follower = $1
		 where h.seq > coalesce(c.seq, 0)`,
		[FOLLOWER, PATIENCE / 1000]
	);
	const pressed = suppliers.some(({ late }) => !late) && (await isPressed());
	let count = 0;
	for (const { id, late } of suppliers) {
		if (pressed && !late) continue;
		for (;;) {
			const began = performance.now();
			const done = await step(pool, id);
			if (done.frame) await publish([done.frame]);
			count += done.looked;
			// Under pressure it takes a quarter of its time, and the feeds go on between.
			if (await isPressed()) await pause(3 * (performance.now() - began));
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
	const { moved, episodes } = await settleKeys(client, supplierId, spans);
	const frame = await joinEpisodes(client, supplierId, [...new Set([...ids, ...moved])], episodes);
	// What this has written into the feed is its own doing: nothing there is new to it.
	if (frame)
		await client.query(
			'update feed_cursor set seq = $3 where follower = $1 and supplier_id = $2 and seq = $4',
			[FOLLOWER, supplierId, frame.to, frame.from - 1]
		);
	return frame;
}

/**
 * Finds the runs of each key around what changed, and gives each its episode; the others lose theirs. Returns the
 * Alerts that moved, and the episodes that were there.
 */
async function settleKeys(
	client: pg.PoolClient,
	supplierId: number,
	spans: ReadonlyMap<string, Span>
): Promise<{ moved: bigint[]; episodes: Set<bigint> }> {
	const episodes = new Set<bigint>();
	const places: Place[] = [];
	const openings: Array<Opening & { members: Place[] }> = [];
	const members = spans.size > 0 ? await membersOf(client, supplierId, spans, REACH) : null;
	for (const [key, span] of spans) {
		const rule = ruleOf(key);
		const stored = members?.get(key) ?? [];
		const before = new Map(stored.map((member) => [member.alertId, member.episodeId]));
		const taken = new Set<bigint>();
		for (const run of runsOf(stored, rule)) {
			const known = run.members.map((m) => before.get(m.alertId)).filter((id) => id != null);
			// Of two runs that an Alert in between has left, the older one keeps the episode.
			const own = known.filter((id) => !taken.has(id));
			const id = run.counts && own.length > 0 ? own.reduce((a, b) => (a < b ? a : b)) : null;
			if (id !== null) taken.add(id);
			// A run that nothing has come near is as it was.
			if (run.to + rule.gap < span.from || run.from - rule.gap > span.to) continue;
			for (const one of known) episodes.add(one);
			const opens = run.counts && id === null;
			const moved = run.members
				.filter((m) => opens || before.get(m.alertId) !== id)
				.map((m): Place => ({ key, alertId: m.alertId, episodeId: id }));
			places.push(...moved);
			if (opens) openings.push({ key, kind: rule.kind, from: run.from, to: run.to, members: moved });
		}
	}
	if (openings.length > 0) {
		const ids = await openEpisodes(client, supplierId, openings);
		for (const [i, opening] of openings.entries())
			for (const place of opening.members) place.episodeId = ids[i]!;
	}
	if (places.length > 0) await placeMembers(client, supplierId, places);
	return { moved: places.map((place) => place.alertId), episodes };
}

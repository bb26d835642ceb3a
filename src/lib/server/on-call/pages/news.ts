// Reads what has changed in the feed of a Supplier since on-call last read it: the facts of each changed Alert that the
// routes read.
import type pg from 'pg';
import type { RouteFacts } from '#lib/domain/on-call/route.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { moveCursor } from '#lib/server/feed/feed-cursor.ts';
import { statement } from '#lib/server/postgres/statement.ts';

const FOLLOWER = 'on-call';

/** A changed Alert, with the facts that the routes read. */
export interface ChangedAlert extends Omit<RouteFacts, 'devices'> {
	id: bigint;
	deviceId: string;
	hubId: string | null;
	episodeId: bigint | null;
}

export interface News {
	alerts: ChangedAlert[];
	/** The ids of Alerts that the Supplier may no longer see. */
	gone: bigint[];
	/** Whether the feed may have further entries. */
	more: boolean;
}

interface Row {
	seq: bigint;
	alert_id: bigint;
	version: number | null;
	device_id: string;
	hub_id: string | null;
	code: string;
	category: string;
	explanation: ExplanationKind;
	priority: number;
	area: string | null;
	contradicted: boolean;
	decided: boolean;
	episode_id: bigint | null;
}

/** Reads the next entries of the feed, at most `most`, and moves the cursor past them. */
export async function takeNews(
	client: pg.ClientBase,
	supplierId: number,
	seq: bigint,
	most: number
): Promise<News> {
	const { rows } = await client.query<Row>(NEWS({ supplierId, seq, most }));
	const last = rows.at(-1);
	if (!last) return { alerts: [], gone: [], more: false };
	await moveCursor(client, FOLLOWER, supplierId, last.seq);
	const byAlert = new Map(rows.map((row) => [row.alert_id, row]));
	const current = [...byAlert.values()];
	return {
		alerts: current.filter((row) => row.version !== null).map(toChangedAlert),
		gone: current.filter((row) => row.version === null).map((row) => row.alert_id),
		more: rows.length === most
	};
}

const toChangedAlert = (row: Row): ChangedAlert => ({
	id: row.alert_id,
	deviceId: row.device_id,
	hubId: row.hub_id,
	code: row.code,
	category: row.category,
	explanation: row.explanation,
	priority: row.priority,
	area: row.area,
	contradicted: row.contradicted,
	decided: row.decided,
	episodeId: row.episode_id
});

const FACTS = `s.version, s.device_id, s.hub_id, s.code, s.category, s.explanation, s.priority, s.body->>'area' as area,
	 s.contradicted, s.decision is not null as decided, s.episode_id`;

const NEWS = statement(
	'news-for-on-call',
	`select f.seq, f.alert_id, ${FACTS}
	from (
		select seq, alert_id from feed where supplier_id = :supplierId and seq > :seq order by seq limit :most
	) f
	left join lateral (
		select * from supplier_alert where supplier_id = :supplierId and alert_id = f.alert_id limit 1
	) s on true
	order by f.seq`
);

/** Reads the facts of one Alert; `null`: the Supplier has no such Alert. */
export async function readChangedAlert(
	client: pg.ClientBase,
	supplierId: number,
	alertId: string | bigint
): Promise<ChangedAlert | null> {
	const { rows } = await client.query<Row>(ONE({ supplierId, alertId }));
	return rows[0] ? toChangedAlert(rows[0]) : null;
}

const ONE = statement(
	'facts-for-on-call',
	`select 0::bigint as seq, s.alert_id, ${FACTS} from supplier_alert s where supplier_id = :supplierId and alert_id = :alertId::bigint`
);

/** Reads the newest Alert of an episode that waits for a decision; `null`: none does. */
export async function readOpenMember(
	client: pg.ClientBase,
	supplierId: number,
	episodeId: string | bigint
): Promise<ChangedAlert | null> {
	const { rows } = await client.query<Row>(MEMBER({ supplierId, episodeId }));
	return rows[0] ? toChangedAlert(rows[0]) : null;
}

const MEMBER = statement(
	'open-member-for-on-call',
	`select 0::bigint as seq, s.alert_id, ${FACTS} from supplier_alert s
	where supplier_id = :supplierId and episode_id = :episodeId::bigint and (decision is null or contradicted)
	order by alert_id desc limit 1`
);

/** The cursor of a Supplier without routes and pages moves to the end of the feed at most once in this time, in ms. */
const SKIP_EVERY_MS = 5000;

/**
 * Returns a function that returns the Suppliers whose feed has unread entries, and which have routes or pages. For all
 * other Suppliers, it moves the cursor to the end of the feed from time to time, so that a new route does not page about
 * the past.
 */
export function createFeedWatch(pool: pg.Pool): () => Promise<number[]> {
	let skippedAt = -Infinity;
	return async () => {
		const { rows } = await pool.query<{ id: number; follows: boolean }>(UNREAD({ follower: FOLLOWER }));
		const others = rows.filter((row) => !row.follows).map((row) => row.id);
		if (others.length > 0 && performance.now() - skippedAt > SKIP_EVERY_MS) {
			skippedAt = performance.now();
			await pool.query(SKIP({ follower: FOLLOWER, ids: others }));
		}
		return rows.filter((row) => row.follows).map((row) => row.id);
	};
}

const FOLLOWS = `(exists (select from on_call_route r where r.supplier_id = h.supplier_id and r.enabled)
	or exists (select from page p where p.supplier_id = h.supplier_id and p.state <> 'resolved'))`;

const UNREAD = statement(
	'feeds-for-on-call',
	`select h.supplier_id as id, ${FOLLOWS} as follows
	from feed_head h left join feed_cursor c on c.follower = :follower and c.supplier_id = h.supplier_id
	where h.seq > coalesce(c.seq, 0)`
);

// A route that was saved since the read above keeps the cursor where it is.
const SKIP = statement(
	'skip-feeds-for-on-call',
	`insert into feed_cursor as c (follower, supplier_id, seq)
	select :follower, h.supplier_id, h.seq from feed_head h where h.supplier_id = any(:ids::smallint[]) and not ${FOLLOWS}
	on conflict (follower, supplier_id) do update set seq = greatest(c.seq, excluded.seq)`
);

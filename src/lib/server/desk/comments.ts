// Writes and reads comments. A comment is insert-only. New evidence, a repeat or a new grouping never removes one, because
// comments are rows of their own. A comment on an Alert also raises the count that lists show.
import type pg from 'pg';
import { MOST_COMMENTS, type Comment, type CommentSubject } from '#lib/domain/desk/comment.ts';
import { publishChanged, type PublishDeps } from '#lib/server/decisions/publish-changed.ts';
import { insertEntries, lockFeeds, takeNumbers } from '#lib/server/feed/feed-entries.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { isShown } from '#lib/server/episodes/episodes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import type { Actor } from './desk-changes.ts';

/** What a comment is about. */
export interface Subject {
	subject: CommentSubject;
	id: string;
}

interface CommentRow {
	id: bigint;
	subject: CommentSubject;
	subject_id: string;
	text: string;
	written_by: string;
	written_at: Date;
}

export type Comments = ReturnType<typeof createComments>;

export function createComments(deps: PublishDeps & { pool: pg.Pool }) {
	const { pool } = deps;
	return {
		/** Stores a comment; `null`: this Supplier has no such Alert, episode or Device. */
		async write(
			supplierId: number,
			{ subject, id }: Subject,
			{ text, by, channel }: Actor & { text: string }
		): Promise<Comment | null> {
			const written = await asSupplier(pool, supplierId, async (client) => {
				// Before the row is read, because the comment on an Alert changes the Alert.
				if (subject === 'alert') await lockFeeds(client, [supplierId]);
				if (!(await exists(client, supplierId, { subject, id }))) return null;
				const { rows } = await client.query<CommentRow>(
					WRITE({ supplierId, subject, id, text, by: by.name, byId: by.id, channel })
				);
				const seq = subject === 'alert' ? await countOnAlert(client, supplierId, id) : null;
				return { comment: toComment(rows[0]!), seq };
			});
			if (!written) return null;
			const { comment, seq } = written;
			if (seq !== null) await publishChanged(deps, supplierId, { done: [id], from: seq, to: seq });
			return comment;
		},

		/** Reads the comments on a subject, oldest first; `null`: this Supplier has no such subject. */
		of: (supplierId: number, { subject, id }: Subject): Promise<Comment[] | null> =>
			asSupplier(pool, supplierId, async (client) =>
				(await exists(client, supplierId, { subject, id }))
					? read(client, supplierId, [{ subject, id }])
					: null
			),

		/**
		 * Reads the comments on an Alert, on its episode and on its Device, oldest first; `null`: this Supplier has no
		 * such Alert.
		 */
		around: (supplierId: number, alertId: string): Promise<Comment[] | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<{ device_id: string; episode_id: bigint | null }>(
					ALERT({ supplierId, id: alertId })
				);
				const [alert] = rows;
				if (!alert) return null;
				const subjects: Subject[] = [
					{ subject: 'alert', id: alertId },
					{ subject: 'device', id: alert.device_id }
				];
				if (alert.episode_id !== null) subjects.push({ subject: 'episode', id: alert.episode_id.toString() });
				return read(client, supplierId, subjects);
			})
	};
}

async function read(
	client: pg.ClientBase,
	supplierId: number,
	subjects: readonly Subject[]
): Promise<Comment[]> {
	const { rows } = await client.query<CommentRow>(
		READ({
			supplierId,
			subjects: subjects.map(({ subject }) => subject),
			ids: subjects.map(({ id }) => id),
			limit: MOST_COMMENTS
		})
	);
	return rows.map(toComment).reverse();
}

const toComment = (row: CommentRow): Comment => ({
	id: row.id.toString(),
	subject: row.subject,
	subjectId: row.subject_id,
	text: row.text,
	by: row.written_by,
	at: row.written_at.toISOString()
});

/** Returns whether the Supplier has the subject: its Alert or episode, or a Device of which it has or had the tenure. */
async function exists(client: pg.ClientBase, supplierId: number, { subject, id }: Subject): Promise<boolean> {
	const { rows } = await client.query(
		subject === 'alert'
			? ALERT({ supplierId, id })
			: subject === 'episode'
				? EPISODE({ supplierId, id })
				: DEVICE({ supplierId, device: euiToBytes(id) })
	);
	return rows.length > 0;
}

/** Counts a further comment on the Alert, as its next version. Returns the feed number. The feed must be locked. */
async function countOnAlert(client: pg.ClientBase, supplierId: number, id: string): Promise<number> {
	const { from: seq } = await takeNumbers(client, supplierId, 1);
	await client.query(COUNT({ supplierId, id, seq }));
	return seq;
}

const ALERT = query(
	'select device_id, episode_id from supplier_alert where supplier_id = :supplierId and alert_id = :id::bigint'
);

const EPISODE = query(
	`select from episode e where supplier_id = :supplierId and id = :id::bigint and ${isShown('e')}`
);

const DEVICE = query(
	'select from tenure where supplier_id = :supplierId and device_id = :device and superseded_at is null limit 1'
);

const WRITE = query(`
insert into comment (supplier_id, subject, subject_id, text, written_by, written_by_id, channel)
values (:supplierId, :subject, :id, :text, :by, :byId, :channel) returning *`);

const READ = query(`
select * from comment where supplier_id = :supplierId
	and (subject, subject_id) in (select * from unnest(:subjects::text[], :ids::text[])) order by id desc limit :limit`);

// The Alert says nothing new, so a decision on the version before is no conflict.
const COUNT = query(`
with input as (
	select :id::bigint as alert_id, :seq::bigint as seq
), entered as (
	${insertEntries('input', ':supplierId::smallint')}
)
update supplier_alert s set version = version + 1, seq = i.seq, comments = comments + 1
from input i where s.supplier_id = :supplierId::smallint and s.alert_id = i.alert_id`);

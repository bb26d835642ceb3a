// Writes the events of pages and their deliveries, within the transaction of the change. So a change that is committed
// is also sent, whatever ends the process in between.
import type pg from 'pg';
import type { PageEventType } from '#lib/domain/on-call/page.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import type { AfterCommit } from './after-commit.ts';
import type { Actor, PageRow } from './page-rows.ts';
import type { Receiver } from './receivers.ts';

interface Happened {
	type: PageEventType;
	/** Why the event happened, in words. */
	why: string;
	/** `null`: Causeway itself. */
	actor: Actor | null;
}

/** Writes an event that nobody gets: it is only part of the history of the page. */
export const writeHistory = (client: pg.ClientBase, page: PageRow, happened: Happened): Promise<bigint> =>
	insertEvent(client, page, happened);

/** Writes an event for everybody who has got the page before. */
export async function tellReceivers(
	client: pg.ClientBase,
	page: PageRow,
	happened: Happened,
	after: AfterCommit
): Promise<void> {
	const eventId = await insertEvent(client, page, happened);
	const { rows } = await client.query<{ id: bigint }>(
		TELL_ALL({ pageId: page.id, eventId, step: page.step })
	);
	after.deliveries.push(...rows);
}

/**
 * Writes the event of a step. Receivers that get the page for the first time get it as opened, and the others as
 * updated.
 */
export async function tellStep(
	client: pg.ClientBase,
	page: PageRow,
	receivers: readonly Receiver[],
	why: string,
	actor: Actor | null,
	after: AfterCommit
): Promise<void> {
	const { rows: told } = await client.query<{ channel: string; recipient_key: string }>(
		TOLD({ pageId: page.id })
	);
	const keys = new Set(told.map((row) => `${row.channel}\n${row.recipient_key}`));
	const isNew = (receiver: Receiver): boolean => !keys.has(`${receiver.channel}\n${keyOf(receiver)}`);
	for (const [type, some] of [
		['opened', receivers.filter(isNew)],
		['updated', receivers.filter((receiver) => !isNew(receiver))]
	] as const) {
		if (some.length === 0) continue;
		const eventId = await insertEvent(client, page, { type, why, actor });
		const { rows } = await client.query<{ id: bigint }>(
			TELL({
				supplierId: page.supplier_id,
				pageId: page.id,
				eventId,
				step: page.step,
				channels: some.map(({ channel }) => channel),
				kinds: some.map(({ kind }) => kind),
				recipients: some.map(({ recipient }) => recipient && JSON.stringify(recipient)),
				keys: some.map(keyOf)
			})
		);
		after.deliveries.push(...rows);
	}
}

const keyOf = ({ recipient }: Receiver): string => recipient?.userId ?? '';

async function insertEvent(
	client: pg.ClientBase,
	page: PageRow,
	{ type, why, actor }: Happened
): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(
		EVENT({
			supplierId: page.supplier_id,
			pageId: page.id,
			type,
			why,
			actor: actor && JSON.stringify(actor),
			state: page.state,
			content: JSON.stringify(page.content)
		})
	);
	return rows[0]!.id;
}

const EVENT = statement(
	'insert-page-event',
	`insert into page_event (supplier_id, page_id, type, why, actor, state, content)
	values (:supplierId, :pageId, :type, :why, :actor::jsonb, :state, :content::jsonb) returning id`
);

const TOLD = statement(
	'told-of-page',
	'select distinct channel, recipient_key from delivery where page_id = :pageId'
);

const TELL = statement(
	'tell-step',
	`insert into delivery (supplier_id, page_id, event_id, step, channel, kind, recipient, recipient_key)
	select :supplierId::smallint, :pageId::bigint, :eventId::bigint, :step::int, channel, kind, recipient, key
	from unnest(:channels::text[], :kinds::text[], :recipients::jsonb[], :keys::text[]) as t(channel, kind, recipient, key)
	returning id`
);

const TELL_ALL = statement(
	'tell-receivers',
	`insert into delivery (supplier_id, page_id, event_id, step, channel, kind, recipient, recipient_key)
	select distinct on (channel, recipient_key) supplier_id, page_id, :eventId::bigint, :step::int, channel, kind, recipient,
		recipient_key
	from delivery where page_id = :pageId order by channel, recipient_key, id desc
	returning id`
);

// Shelves Alerts for a time and takes them off the shelf. A shelved Alert is still undecided. Each change is a row of
// `desk_action`, which is insert-only.
import type pg from 'pg';
import { shelfBasisOf, shelfEnd, shelfOf, type ShelfTime } from '#lib/domain/desk/shelving.ts';
import {
	changeExactly,
	type AlertVersion,
	type Changed,
	type StoredAlert
} from '#lib/server/decisions/exact-change.ts';
import { insertEntries } from '#lib/server/feed/feed-entries.ts';
import type { StoredShelf } from '#lib/server/feed/feed.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { changeAlerts, changeMembers, type Actor, type DeskDeps, type DeskOutcome } from './desk-changes.ts';
import { readShiftHours } from './shift-hours.ts';

/** A shelving. `end`: when it ends (epoch ms); `null`: at the limit of each Alert. */
export interface RequestedShelving extends Actor {
	/** `null`: the Alerts return from the shelf. */
	shelf: { time: ShelfTime; at: number; end: number | null } | null;
	note: string | null;
}

/** What a client asks for. */
export interface ShelvingRequest extends Actor {
	for: ShelfTime | null;
	note: string | null;
}

export type Shelving = ReturnType<typeof createShelving>;

export function createShelving(deps: DeskDeps) {
	const record = async (
		client: pg.ClientBase,
		supplierId: number,
		items: readonly AlertVersion[],
		request: ShelvingRequest
	): Promise<Changed> =>
		recordShelving(client, supplierId, items, await fixShelf(client, supplierId, request));
	return {
		/** Shelves each Alert of the request that still has the version that the person saw. */
		shelve: (
			supplierId: number,
			items: readonly AlertVersion[],
			request: ShelvingRequest
		): Promise<DeskOutcome> =>
			changeAlerts(deps, supplierId, items, (client, alerts) => record(client, supplierId, alerts, request)),

		/** Shelves the undecided members of an episode that the person saw; `null`: there is no such episode. */
		shelveEpisode: (
			supplierId: number,
			episode: { episode: string; version: number },
			request: ShelvingRequest
		): Promise<DeskOutcome | null> =>
			changeMembers(deps, supplierId, episode, (client, members) =>
				record(client, supplierId, members, request)
			)
	};
}

/** Fixes the end of a shelving by the time `at` (epoch ms) and by the shifts of the Supplier. */
export async function fixShelf(
	client: pg.ClientBase,
	supplierId: number,
	{ for: time, note, by, channel }: ShelvingRequest,
	at = Date.now()
): Promise<RequestedShelving> {
	const actor = { note, by, channel };
	if (time === null) return { ...actor, shelf: null };
	const end = shelfEnd(time, at, await readShiftHours(client, supplierId));
	return { ...actor, shelf: { time, at, end } };
}

/** Shelves Alerts within the caller's transaction. The caller publishes the changed Alerts after the commit. */
export function recordShelving(
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	{ shelf, note, by, channel }: RequestedShelving
): Promise<Changed> {
	const limitOf = ({ body }: StoredAlert) => shelf && shelfOf(body, shelf);
	return changeExactly(client, supplierId, items, {
		refusal(alert) {
			if (!shelf) return alert.shelved_until ? null : 'The Alert is not shelved.';
			if (alert.decision && !alert.contradicted)
				return 'The Alert is decided; reopen it before you shelve it.';
			const limit = limitOf(alert);
			return limit && 'refused' in limit ? limit.refused : null;
		},
		async write(alerts) {
			const rows = alerts.map((alert): ShelfRow => {
				const limit = limitOf(alert);
				return {
					id: alert.id,
					seq: alert.seq,
					until: limit && 'until' in limit ? new Date(limit.until) : null,
					shelved: shelf && {
						by: by.name,
						at: new Date(shelf.at).toISOString(),
						note,
						basis: shelfBasisOf(alert.body)
					}
				};
			});
			await client.query(
				RECORD({ ...ROWS.values(rows), supplierId, note, by: by.name, byId: by.id, channel })
			);
		}
	});
}

interface ShelfRow {
	id: string;
	seq: number;
	/** `null`: the Alert returns from the shelf. */
	until: Date | null;
	shelved: StoredShelf | null;
}

const ROWS = columns<ShelfRow>({
	alert_id: ['bigint', ({ id }) => id],
	seq: ['bigint', ({ seq }) => seq],
	until: ['timestamptz', ({ until }) => until],
	shelved: ['jsonb', ({ shelved }) => shelved && JSON.stringify(shelved)]
});

const RECORD = query(`
with input as (
	select * from ${ROWS.from}
), changed as (
	update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = i.seq, shelved = i.shelved,
		shelved_until = i.until
	from input i where s.supplier_id = :supplierId::smallint and s.alert_id = i.alert_id
	returning s.alert_id, s.version, s.shelved_until as until
), entered as (
	${insertEntries('input', ':supplierId::smallint')}
)
insert into desk_action (supplier_id, alert_id, version, kind, why, until, note, done_by, done_by_id, channel)
select :supplierId::smallint, alert_id, version, case when until is null then 'returned' else 'shelved' end,
	case when until is null then 'person' end, until, :note::text, :by::text, :byId::text, :channel::text
from changed`);

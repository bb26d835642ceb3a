// Assigns Alerts to people who may decide. An assignment says who looks at an Alert; everybody may still decide it.
import type pg from 'pg';
import type { Assignee } from '#lib/domain/desk/assignment.ts';
import { findDeciders } from '#lib/server/access/deciders.ts';
import { changeExactly, type AlertVersion, type Changed } from '#lib/server/decisions/exact-change.ts';
import { insertEntries } from '#lib/server/feed/feed-entries.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { changeAlerts, changeMembers, type Actor, type DeskDeps, type DeskOutcome } from './desk-changes.ts';

/** `assignee: null`: the assignment ends. */
export interface RequestedAssignment extends Actor {
	assignee: Assignee | null;
}

export type Assignments = ReturnType<typeof createAssignments>;

export const createAssignments = (deps: DeskDeps) => ({
	/** Returns the people to whom Alerts can be assigned. */
	people: (supplierId: number): Promise<Assignee[]> =>
		asSupplier(deps.pool, supplierId, (client) => findDeciders(client, supplierId)),

	/** Assigns each Alert of the request that still has the version that the person saw. */
	assign: (
		supplierId: number,
		items: readonly AlertVersion[],
		request: RequestedAssignment
	): Promise<DeskOutcome> =>
		changeAlerts(deps, supplierId, items, (client, alerts) =>
			recordAssignment(client, supplierId, alerts, request)
		),

	/** Assigns the undecided members of an episode that the person saw; `null`: there is no such episode. */
	assignEpisode: (
		supplierId: number,
		episode: { episode: string; version: number },
		request: RequestedAssignment
	): Promise<DeskOutcome | null> =>
		changeMembers(deps, supplierId, episode, (client, members) =>
			recordAssignment(client, supplierId, members, request)
		)
});

/** Assigns Alerts within the caller's transaction. The caller publishes the changed Alerts after the commit. */
export const recordAssignment = (
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	{ assignee, by, channel }: RequestedAssignment
): Promise<Changed> =>
	changeExactly(client, supplierId, items, {
		async write(alerts) {
			await client.query(
				RECORD({
					...ROWS.values(alerts),
					supplierId,
					assignee: assignee && JSON.stringify(assignee),
					by: by.name,
					byId: by.id,
					channel
				})
			);
		}
	});

const ROWS = columns<{ id: string; seq: number }>({
	alert_id: ['bigint', ({ id }) => id],
	seq: ['bigint', ({ seq }) => seq]
});

const RECORD = query(`
with input as (
	select * from ${ROWS.from}
), changed as (
	update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = i.seq, assignee = :assignee::jsonb
	from input i where s.supplier_id = :supplierId::smallint and s.alert_id = i.alert_id
	returning s.alert_id, s.version
), entered as (
	${insertEntries('input', ':supplierId::smallint')}
)
insert into desk_action (supplier_id, alert_id, version, kind, assignee, done_by, done_by_id, channel)
select :supplierId::smallint, alert_id, version, 'assigned', :assignee::jsonb, :by::text, :byId::text, :channel::text
from changed`);

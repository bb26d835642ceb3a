// Records people's decisions. The table `decision` is insert-only. Each row says who decided which version of an Alert,
// when and why, and what the explanation was. `supplier_alert` has the current decision. The machine never changes the
// decision of a person; it takes back only decisions of standing decisions (standing-decisions/). A decision takes the
// Alert off the shelf.
import type pg from 'pg';
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf } from '#lib/domain/contradiction.ts';
import type { Decision, Verdict } from '#lib/domain/decision.ts';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { markEpisode, membersToDecide } from '#lib/server/episodes/episodes.ts';
import { insertEntries } from '#lib/server/feed/feed-entries.ts';
import { noteOverruled } from '#lib/server/standing-decisions/overruled.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { changeExactly, type AlertVersion, type Changed, type Conflict } from './exact-change.ts';
import { publishChanged, type PublishDeps } from './publish-changed.ts';

/** What a person decides, and by which way. */
export interface RequestedDecision {
	/** The verdict; `null`: the request reopens the Alerts. */
	verdict: Verdict | null;
	reason: string | null;
	note: string | null;
	by: { id: string; name: string };
	/** The way by which the person decided. */
	channel: AnswerChannel;
}

export interface DecisionRequest extends RequestedDecision {
	items: readonly AlertVersion[];
}

export interface EpisodeDecisionRequest extends RequestedDecision {
	episode: string;
	/** The version of the episode that the person saw. Members that joined later are not decided. */
	version: number;
}

export interface DecisionOutcome {
	done: Alert[];
	/** The Alerts that another person or new evidence changed before this decision. */
	conflicts: Conflict[];
}

export type Decisions = ReturnType<typeof createDecisions>;

export function createDecisions(deps: PublishDeps & { pool: pg.Pool }) {
	const { pool } = deps;
	const published = async (supplierId: number, recorded: Changed): Promise<DecisionOutcome> => ({
		done: await publishChanged(deps, supplierId, recorded, { decided: true }),
		conflicts: recorded.conflicts
	});
	return {
		/** Decides each Alert of the request that still has the version that the person saw. */
		async decide(supplierId: number, { items, ...verdict }: DecisionRequest): Promise<DecisionOutcome> {
			const recorded = await asSupplier(pool, supplierId, (client) =>
				recordDecisions(client, supplierId, items, verdict)
			);
			return published(supplierId, recorded);
		},

		/**
		 * Decides the members of an episode that the person saw. If no member waits for a decision any more, all
		 * members are conflicts. Returns `null` if this Supplier has no such episode.
		 */
		async decideEpisode(
			supplierId: number,
			{ episode, version, ...verdict }: EpisodeDecisionRequest
		): Promise<DecisionOutcome | null> {
			const recorded = await asSupplier(pool, supplierId, async (client) => {
				const reopen = verdict.verdict === null;
				const members = await membersToDecide(client, supplierId, { episode, version, reopen });
				if (!members) return null;
				const { waiting, others } = members;
				const outcome = await recordDecisions(client, supplierId, waiting, verdict);
				if (waiting.length === 0 && !reopen) outcome.conflicts = others;
				// The episode takes a decision only if at least one member took the decision. Reopening an episode also
				// succeeds if all its members are open.
				if (outcome.done.length > 0 || (reopen && outcome.conflicts.length === 0))
					await markEpisode(client, supplierId, episode, decisionOf(verdict));
				return outcome;
			});
			return recorded && published(supplierId, recorded);
		}
	};
}

const decisionOf = ({ verdict, reason, note, by }: RequestedDecision): Decision | null =>
	verdict && { verdict, reason: reason ?? '', note, by: by.name, at: new Date().toISOString() };

/** Records decisions within the caller's transaction. The caller publishes the changed Alerts after the commit. */
export const recordDecisions = (
	client: pg.ClientBase,
	supplierId: number,
	items: readonly AlertVersion[],
	request: RequestedDecision
): Promise<Changed> =>
	changeExactly(client, supplierId, items, {
		async write(alerts) {
			const { verdict, reason, note, by, channel } = request;
			const decision = decisionOf(request);
			const decided = alerts.map(({ id, seq, body }): DecidedAlert => ({
				id,
				seq,
				decision: decision && { ...decision, basis: basisOf(body) }
			}));
			// Before the decision is written, because the stored decision says which standing decision decided the Alert.
			const overruled = alerts.filter(
				({ decision: before }) => before?.standing !== undefined && before.verdict !== verdict
			);
			await noteOverruled(
				client,
				supplierId,
				overruled.map(({ id }) => id),
				by.name,
				new Date()
			);
			await client.query(
				RECORD({
					...DECIDED.values(decided),
					supplierId,
					verdict,
					reason,
					note,
					by: by.name,
					byId: by.id,
					at: decision?.at ?? new Date(),
					channel
				})
			);
		}
	});

interface DecidedAlert {
	id: string;
	seq: number;
	decision: Decision | null;
}

const DECIDED = columns<DecidedAlert>({
	alert_id: ['bigint', ({ id }) => id],
	seq: ['bigint', ({ seq }) => seq],
	decision: ['jsonb', ({ decision }) => decision && JSON.stringify(decision)]
});

const RECORD = query(`
with input as (
	select * from ${DECIDED.from}
), before as (
	select s.alert_id, s.version, s.explanation, s.decision, s.shelved_until is not null as was_shelved from supplier_alert s
	where s.supplier_id = :supplierId::smallint and s.alert_id in (select alert_id from input)
), decided as (
	update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = i.seq, decision = i.decision,
		contradicted = false, withdrawn = null, shelved = null, shelved_until = null
	from input i where s.supplier_id = :supplierId::smallint and s.alert_id = i.alert_id
), entered as (
	${insertEntries('input', ':supplierId::smallint')}
), returned as (
	insert into desk_action (supplier_id, alert_id, version, kind, why, done_by, done_by_id, done_at, channel)
	select :supplierId::smallint, alert_id, version + 1, 'returned', 'decision', :by::text, :byId::text, :at::timestamptz, :channel::text
	from before where was_shelved
)
insert into decision (supplier_id, alert_id, version, verdict, reason, note, decided_by, decided_by_id, decided_at, explanation, previous, channel)
select :supplierId::smallint, alert_id, version, :verdict::text, :reason::text, :note::text, :by::text, :byId::text, :at::timestamptz,
	explanation, decision, :channel::text
from before`);

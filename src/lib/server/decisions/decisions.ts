// Records people's decisions. The table `decision` is insert-only. Each row says who decided which version of an Alert,
// when and why, and what the explanation was. `supplier_alert` has the current decision, which the machine never
// changes.
import type pg from 'pg';
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf } from '#lib/domain/contradiction.ts';
import type { Decision, Verdict } from '#lib/domain/decision.ts';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { markEpisode, membersToDecide } from '#lib/server/episodes/episodes.ts';
import type { AlertReader } from '#lib/server/feed/alert-reader.ts';
import { insertEntries, lockFeeds, takeNumbers } from '#lib/server/feed/feed-entries.ts';
import type { AlertBody } from '#lib/server/feed/feed.ts';
import type { LiveMessage } from '#lib/server/live/live-channel.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

export interface DecisionRequest {
	items: ReadonlyArray<{ id: string; version: number }>;
	/** The verdict; `null`: the request reopens the Alerts. */
	verdict: Verdict | null;
	reason: string | null;
	note: string | null;
	by: { id: string; name: string };
	/** The way by which the person decided. */
	channel: AnswerChannel;
}

export interface EpisodeDecisionRequest extends Omit<DecisionRequest, 'items'> {
	episode: string;
	/** The version of the episode that the person saw. Members that joined later are not decided. */
	version: number;
}

export interface DecisionOutcome {
	done: Alert[];
	/**
	 * The Alerts that another person or new evidence changed before this decision. `version`: the current version of
	 * the Alert; `null`: this Supplier has no such Alert.
	 */
	conflicts: Array<{ id: string; version: number | null }>;
}

export type Decisions = ReturnType<typeof createDecisions>;

const ALERTS_PER_FRAME = 500;

export function createDecisions(deps: {
	pool: pg.Pool;
	alerts: AlertReader;
	publish(messages: LiveMessage[]): Promise<void>;
}) {
	const { pool, alerts, publish } = deps;
	return {
		/** Decides each Alert of the request that still has the version that the person saw. */
		async decide(supplierId: number, request: DecisionRequest): Promise<DecisionOutcome> {
			const recorded = await asSupplier(pool, supplierId, (client) =>
				recordDecisions(client, supplierId, request)
			);
			return { done: await publishDecisions(supplierId, recorded), conflicts: recorded.conflicts };
		},

		/**
		 * Decides the members of an episode that the person saw. If no member waits for a decision any more, all
		 * members are conflicts. Returns `null` if this Supplier has no such episode.
		 */
		async decideEpisode(
			supplierId: number,
			{ episode, version, ...request }: EpisodeDecisionRequest
		): Promise<DecisionOutcome | null> {
			const recorded = await asSupplier(pool, supplierId, async (client) => {
				const reopen = request.verdict === null;
				const members = await membersToDecide(client, supplierId, { episode, version, reopen });
				if (!members) return null;
				const { waiting, others } = members;
				const outcome: Recorded =
					waiting.length > 0
						? await recordDecisions(client, supplierId, { ...request, items: waiting })
						: { ...NOTHING_RECORDED, conflicts: reopen ? [] : others };
				// The episode takes a decision only if at least one member took the decision. Reopening an episode also
				// succeeds if all its members are open.
				if (outcome.done.length > 0 || (reopen && outcome.conflicts.length === 0))
					await markEpisode(client, supplierId, episode, decisionOf(request));
				return outcome;
			});
			if (!recorded) return null;
			return { done: await publishDecisions(supplierId, recorded), conflicts: recorded.conflicts };
		}
	};

	/** Publishes the decided Alerts in frames that a browser handles easily. Returns the Alerts. */
	async function publishDecisions(supplierId: number, { done, from, to }: Recorded): Promise<Alert[]> {
		const decided = await alerts.many(supplierId, done);
		for (let i = 0; i < decided.length; i += ALERTS_PER_FRAME) {
			const part = decided.slice(i, i + ALERTS_PER_FRAME);
			const last = i + ALERTS_PER_FRAME < decided.length ? from + i + part.length - 1 : to;
			const items = part.map(({ id, version, decision }) => ({ id, version, decision }));
			await publish([
				{
					event: 'alert:changed',
					supplierId,
					data: { from: from + i, to: last, items: part, retracted: [] }
				},
				{ event: 'decision:recorded', supplierId, data: { items } }
			]);
		}
		return decided;
	}
}

const decisionOf = ({ verdict, reason, note, by }: Omit<DecisionRequest, 'items'>): Decision | null =>
	verdict && { verdict, reason: reason ?? '', note, by: by.name, at: new Date().toISOString() };

interface Recorded {
	/** The ids of the decided Alerts. */
	done: string[];
	conflicts: DecisionOutcome['conflicts'];
	/** The first feed number of the decided Alerts; `to` is the last. */
	from: number;
	to: number;
}

const NOTHING_RECORDED: Recorded = { done: [], conflicts: [], from: 0, to: 0 };

async function recordDecisions(
	client: pg.ClientBase,
	supplierId: number,
	{ items, verdict, reason, note, by, channel }: DecisionRequest
): Promise<Recorded> {
	await lockFeeds(client, [supplierId]); // before any row is read, as the workers do
	const { rows } = await client.query<StoredVersion>(
		STORED({ supplierId, ids: items.map((item) => item.id) })
	);
	const stored = new Map(rows.map((row) => [row.alert_id.toString(), row]));
	// The person may have seen an older version if only the episode of the Alert has changed since.
	const done = items.filter((item) => {
		const alert = stored.get(item.id);
		return alert && item.version >= alert.said_version && item.version <= alert.version;
	});
	const conflicts = items
		.filter((item) => !done.includes(item))
		.map((item) => ({ id: item.id, version: stored.get(item.id)?.version ?? null }));
	if (done.length === 0) return { ...NOTHING_RECORDED, conflicts };

	const { from, to } = await takeNumbers(client, supplierId, done.length);
	const at = new Date();
	const decided = done.map((item, i): DecidedAlert => {
		const basis = basisOf(stored.get(item.id)!.body);
		const decision = verdict && {
			verdict,
			reason: reason ?? '',
			note,
			by: by.name,
			at: at.toISOString(),
			basis
		};
		return { id: item.id, seq: from + i, decision };
	});
	await client.query(
		RECORD({
			...DECIDED.values(decided),
			supplierId,
			verdict,
			reason,
			note,
			by: by.name,
			byId: by.id,
			at,
			channel
		})
	);
	return { done: done.map((item) => item.id), conflicts, from, to };
}

interface StoredVersion {
	alert_id: bigint;
	version: number;
	/** The version in which the explanation or the decision last changed. Later versions changed only the episode. */
	said_version: number;
	body: AlertBody;
}

const STORED = query(`
select alert_id, version, said_version, body from supplier_alert
where supplier_id = :supplierId and alert_id = any(:ids::bigint[])`);

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
	select s.alert_id, s.version, s.explanation, s.decision from supplier_alert s
	where s.supplier_id = :supplierId::smallint and s.alert_id in (select alert_id from input)
), decided as (
	update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = i.seq, decision = i.decision,
		contradicted = false
	from input i where s.supplier_id = :supplierId::smallint and s.alert_id = i.alert_id
), entered as (
	${insertEntries('input', { supplierId: ':supplierId::smallint' })}
)
insert into decision (supplier_id, alert_id, version, verdict, reason, note, decided_by, decided_by_id, decided_at, explanation, previous, channel)
select :supplierId::smallint, alert_id, version, :verdict::text, :reason::text, :note::text, :by::text, :byId::text, :at::timestamptz,
	explanation, decision, :channel::text
from before`);

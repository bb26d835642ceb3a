// Decisions: recorded once, with who, when, why, on which version, and what the machine had said. Insert-only beside
// the current one; the machine never rewrites them.
import { sql } from 'kysely';
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf } from '#lib/domain/contradiction.ts';
import type { Decision, Verdict } from '#lib/domain/decision.ts';
import type { AlertReader } from '#lib/server/feed/alert-reader.ts';
import { asSupplier, type Database, type Tx } from '#lib/server/postgres/database.ts';
import { markEpisode, membersToDecide } from '#lib/server/episodes/episodes.ts';
import type { AlertBody } from '#lib/server/feed/feed.ts';
import type { LiveMessage } from '#lib/server/live/live-channel.ts';

export interface DecisionRequest {
	items: ReadonlyArray<{ id: string; version: number }>;
	/** `null` reopens. */
	verdict: Verdict | null;
	reason: string | null;
	note: string | null;
	by: { id: string; name: string };
}

export interface EpisodeDecisionRequest extends Omit<DecisionRequest, 'items'> {
	episode: string;
	/** The version of the episode that the person saw: members that joined later are left alone. */
	version: number;
}

export interface DecisionOutcome {
	done: Alert[];
	/** Somebody, or new evidence, was faster. `version: null`: there is no such Alert for this Supplier. */
	conflicts: Array<{ id: string; version: number | null }>;
}

export type Decisions = ReturnType<typeof createDecisions>;

export function createDecisions(deps: {
	db: Database;
	alerts: AlertReader;
	publish(messages: LiveMessage[]): Promise<void>;
}) {
	const { db, alerts, publish } = deps;
	return {
		/** Decides each item whose version is still the one that the person saw. */
		async decide(supplierId: number, request: DecisionRequest): Promise<DecisionOutcome> {
			const { done, conflicts, from, to } = await asSupplier(db, supplierId, (tx) =>
				record(tx, supplierId, request)
			);
			return { done: await tell(supplierId, done, from, to), conflicts };
		},

		/**
		 * Decides the members of an episode that the person saw. Where none waits any more, all of them are conflicts.
		 * `null`: there is no such episode for this Supplier.
		 */
		async decideEpisode(
			supplierId: number,
			{ episode, version, ...request }: EpisodeDecisionRequest
		): Promise<DecisionOutcome | null> {
			const recorded = await asSupplier(db, supplierId, async (tx) => {
				const reopen = request.verdict === null;
				const members = await membersToDecide(tx, supplierId, { episode, version, reopen });
				if (!members) return null;
				const { waiting, others } = members;
				const outcome =
					waiting.length > 0
						? await record(tx, supplierId, { ...request, items: waiting })
						: { ...NOTHING, conflicts: reopen ? [] : others };
				// Where no member took it, it is no decision on the whole; a whole that is open is open.
				if (outcome.done.length > 0 || (reopen && outcome.conflicts.length === 0))
					await markEpisode(tx, supplierId, episode, decisionOf(request));
				return outcome;
			});
			if (!recorded) return null;
			const { done, conflicts, from, to } = recorded;
			return { done: await tell(supplierId, done, from, to), conflicts };
		}
	};

	/** Pushes what was decided, in frames that a browser takes easily. */
	async function tell(supplierId: number, ids: string[], from: number, to: number): Promise<Alert[]> {
		const decided = await alerts.many(supplierId, ids);
		for (let i = 0; i < decided.length; i += FRAME) {
			const part = decided.slice(i, i + FRAME);
			const last = i + FRAME < decided.length ? from + i + part.length - 1 : to;
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

const FRAME = 500;
const NOTHING = { done: [], conflicts: [], from: 0, to: 0 };

async function record(tx: Tx, supplierId: number, { items, verdict, reason, note, by }: DecisionRequest) {
	await sql`select next_feed_seq(${supplierId}::smallint, 0)`.execute(tx); // the same lock, first, as the workers take
	const rows = await tx
		.selectFrom('supplier_alert')
		.select(['alert_id', 'version', 'said_version', 'body'])
		.where('supplier_id', '=', supplierId)
		.where(sql<boolean>`alert_id = any(${items.map((item) => item.id)}::bigint[])`)
		.execute();
	const standing = new Map(rows.map((row) => [row.alert_id.toString(), row]));
	// A version since in which only its episode changed is no news to the person.
	const done = items.filter((item) => {
		const now = standing.get(item.id);
		return now && item.version >= now.said_version && item.version <= now.version;
	});
	const conflicts = items
		.filter((item) => !done.includes(item))
		.map((item) => ({ id: item.id, version: standing.get(item.id)?.version ?? null }));
	if (done.length === 0) return { done: [], conflicts, from: 0, to: 0 };

	const seqs = await sql<{
		to: bigint;
	}>`select next_feed_seq(${supplierId}::smallint, ${done.length}) as to`.execute(tx);
	const to = Number(seqs.rows[0]!.to);
	const from = to - done.length + 1;
	const at = new Date();
	const decisions = done.map((item): Decision | null => {
		const basis = basisOf(standing.get(item.id)!.body as AlertBody);
		return verdict && { verdict, reason: reason ?? '', note, by: by.name, at: at.toISOString(), basis };
	});
	await sql`
		with input as (
			select * from unnest(${done.map((item) => item.id)}::bigint[], ${done.map((_, i) => from + i)}::bigint[], ${decisions.map((d) => d && JSON.stringify(d))}::jsonb[])
				as t(alert_id, seq, decision)
		), before as (
			select s.alert_id, s.version, s.explanation, s.decision from supplier_alert s
			where s.supplier_id = ${supplierId} and s.alert_id in (select alert_id from input)
		), decided as (
			update supplier_alert s set version = s.version + 1, said_version = s.version + 1, seq = i.seq, decision = i.decision,
				contradicted = false
			from input i where s.supplier_id = ${supplierId} and s.alert_id = i.alert_id
		), told as (
			insert into feed (supplier_id, seq, alert_id) select ${supplierId}, seq, alert_id from input
		)
		insert into decision (supplier_id, alert_id, version, verdict, reason, note, decided_by, decided_by_id, decided_at, explanation, previous)
		select ${supplierId}, alert_id, version, ${verdict}, ${reason}, ${note}, ${by.name}, ${by.id}, ${at}, explanation, decision from before`.execute(
		tx
	);
	return { done: done.map((item) => item.id), conflicts, from, to };
}

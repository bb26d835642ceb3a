// Decisions: recorded once, with who, when, why, on which version, and what the machine had said. Insert-only beside
// the current one; the machine never rewrites them.
import { sql } from 'kysely';
import type { Alert } from '#lib/domain/alert.ts';
import { basisOf } from '#lib/domain/contradiction.ts';
import type { Decision, Verdict } from '#lib/domain/decision.ts';
import type { AlertReader } from './alert-reader.ts';
import { asSupplier, type Database, type Tx } from './database.ts';
import type { AlertBody } from './feed.ts';
import type { LiveMessage } from './live-channel.ts';

export interface DecisionRequest {
	items: ReadonlyArray<{ id: string; version: number }>;
	/** `null` reopens. */
	verdict: Verdict | null;
	reason: string | null;
	note: string | null;
	by: { id: string; name: string };
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
			const decided = (await Promise.all(done.map((id) => alerts.one(supplierId, id)))).filter(
				(alert) => alert !== null
			);
			if (decided.length > 0) {
				const items = decided.map(({ id, version, decision }) => ({ id, version, decision }));
				await publish([
					{ event: 'alert:changed', supplierId, data: { from, to, items: decided } },
					{ event: 'decision:recorded', supplierId, data: { items } }
				]);
			}
			return { done: decided, conflicts };
		}
	};
}

async function record(tx: Tx, supplierId: number, { items, verdict, reason, note, by }: DecisionRequest) {
	await sql`select next_feed_seq(${supplierId}::smallint, 0)`.execute(tx); // the same lock, first, as the workers take
	const ids = items.map((item) => BigInt(item.id));
	const rows = await tx
		.selectFrom('supplier_alert')
		.select(['alert_id', 'version', 'explanation', 'decision', 'body'])
		.where('supplier_id', '=', supplierId)
		.where('alert_id', 'in', ids)
		.execute();
	const standing = new Map(rows.map((row) => [row.alert_id.toString(), row]));
	const done = items.filter((item) => standing.get(item.id)?.version === item.version);
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
	for (const [i, item] of done.entries()) {
		const before = standing.get(item.id)!;
		const basis = basisOf(before.body as AlertBody);
		const decision: Decision | null =
			verdict === null
				? null
				: { verdict, reason: reason ?? '', note, by: by.name, at: at.toISOString(), basis };
		const seq = BigInt(from + i);
		const alertId = BigInt(item.id);
		await tx
			.updateTable('supplier_alert')
			.set({
				version: item.version + 1,
				seq,
				decision: (decision && JSON.stringify(decision)) as never,
				contradicted: false
			})
			.where('supplier_id', '=', supplierId)
			.where('alert_id', '=', alertId)
			.execute();
		await tx.insertInto('feed').values({ supplier_id: supplierId, seq, alert_id: alertId }).execute();
		await tx
			.insertInto('decision')
			.values({
				supplier_id: supplierId,
				alert_id: alertId,
				version: item.version,
				verdict,
				reason,
				note,
				decided_by: by.name,
				decided_by_id: by.id,
				decided_at: at,
				explanation: before.explanation,
				previous: (before.decision && JSON.stringify(before.decision)) as never
			})
			.execute();
	}
	return { done: done.map((item) => item.id), conflicts, from, to };
}

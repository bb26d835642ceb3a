// Writes explanations when a Supplier gains or loses an Alert because a tenure was corrected.
import { doubtKeys } from '#lib/server/runs/run-doubts.ts';
import type pg from 'pg';
import type { Decision } from '#lib/domain/decision.ts';
import { explanationInput, replacedBy, WRITTEN } from '#lib/server/feed/explanation-rows.ts';
import { insertEntries, lockFeeds, takeNumbers } from '#lib/server/feed/feed-entries.ts';
import { toAlert, UNTOUCHED, type ExplanationRow, type Frame } from '#lib/server/feed/feed.ts';
import { returnsByEvidence, shelfAfter, takeOffShelf } from '#lib/server/feed/shelf-rows.ts';
import { recordStanding, STANDING_COLUMNS, stateAfter } from '#lib/server/feed/standing-rows.ts';
import { findChanged } from '#lib/server/feed/stored-explanations.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { settleStanding, type SettleDeps } from '#lib/server/standing-decisions/settle.ts';
import { carryOver, lastRetracted, retract, type AlertView } from './retraction.ts';

/**
 * Writes explanations within the caller's transaction: inserts new explanations, replaces stored explanations that
 * differ, and retracts `lost`. `lost`: Alerts that their Suppliers may no longer see. Returns the frames to push after
 * the commit. Each Supplier's feed stays locked until the commit. Batches in which no Supplier gains or loses an Alert
 * use the faster insert-explanations.ts and replace-explanations.ts.
 */
export async function writeViewerChanges(
	client: pg.ClientBase,
	deps: SettleDeps,
	rows: readonly ExplanationRow[],
	lost: readonly AlertView[]
): Promise<Frame[]> {
	const frames: Frame[] = [];
	// Every writer handles the Suppliers in the same order, so that two writers cannot deadlock.
	const suppliers = [...new Set([...rows, ...lost].map((row) => row.supplierId))].sort((a, b) => a - b);
	for (const supplierId of suppliers) {
		const own = rows.filter((row) => row.supplierId === supplierId);
		const gone = lost.filter((view) => view.supplierId === supplierId);
		const frame = await writeFor(client, deps, supplierId, own, gone);
		if (frame) frames.push(frame);
	}
	return frames;
}

async function writeFor(
	client: pg.ClientBase,
	deps: SettleDeps,
	supplierId: number,
	rows: readonly ExplanationRow[],
	lost: readonly AlertView[]
): Promise<Frame | undefined> {
	await lockFeeds(client, [supplierId]);
	const changed = await findChanged(client, rows);
	const back = await lastRetracted(
		client,
		supplierId,
		changed.flatMap(({ row, isBack }) => (isBack ? row.alertId : []))
	);
	const count = changed.length + lost.length;
	if (count === 0) return undefined;

	const { from, to } = await takeNumbers(client, supplierId, count);
	// The feed is locked, so no standing decision ends between this read and the commit.
	const settled = await settleStanding(
		client,
		deps,
		changed.map(({ row, stored }) => ({ row, stored, before: stored ?? back.get(row.alertId) ?? null }))
	);
	const written = settled.map(({ row, stored, before }, i): WrittenExplanation => {
		const state = stateAfter(
			{ decision: before?.decision ?? null, withdrawn: stored?.withdrawn ?? null },
			row.standing
		);
		const version = (before?.version ?? 0) + 1;
		const item = toAlert(row.body, {
			...state,
			version,
			seq: from + i,
			episode_id: stored?.episode_id ?? null,
			assignee: before?.assignee ?? null,
			comments: before?.comments ?? 0,
			...shelfAfter(stored ?? UNTOUCHED, row)
		});
		const returns = stored !== null && returnsByEvidence(stored, row);
		return { ...row, ...state, before: Math.max(1, version - 1), seq: from + i, item, returns };
	});
	const gone = lost.map(({ alertId }, i) => ({ alertId, seq: from + written.length + i }));
	await retract(client, supplierId, gone);
	if (written.length > 0) {
		await client.query(WRITE(INPUT.values(written)));
		await carryOver(client, supplierId, back);
		await takeOffShelf(
			client,
			supplierId,
			written.filter(({ returns }) => returns).map(({ alertId }) => alertId)
		);
	}
	return {
		supplierId,
		from,
		to,
		items: written.map(({ item }) => item),
		retracted: gone.map(({ alertId, seq }) => ({ id: alertId.toString(), seq }))
	};
}

interface WrittenExplanation extends ExplanationRow {
	seq: number;
	/** The version before the change. */
	before: number;
	decision: Decision | null;
	/** The standing decision whose decision later evidence took back; `null`: none. */
	withdrawn: number | null;
	/** Whether the Alert returns from the shelf, because new evidence changes what the person saw. */
	returns: boolean;
	/** The Alert as its Supplier reads it after the commit. */
	item: Frame['items'][number];
}

const INPUT = explanationInput<WrittenExplanation>({
	seq: ['bigint', (row) => row.seq],
	contradicted: ['boolean', ({ item }) => item.notice !== null],
	decision: ['jsonb', ({ decision }) => decision && JSON.stringify(decision)],
	withdrawn: ['integer', (row) => row.withdrawn],
	before: ['integer', (row) => row.before],
	...STANDING_COLUMNS
});

const WRITE = statement(
	'write-viewer-changes',
	`
with input as (${INPUT.sql}
), doubted as (
	${doubtKeys(`(
		select supplier_id, effective_at, keys from input
		union all
		select s.* from input i cross join lateral (
			select supplier_id, effective_at, keys from supplier_alert
			where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
		) s
	) each`)}
), explained as (
	insert into supplier_alert as s (${WRITTEN}, contradicted, decision, withdrawn)
	select ${WRITTEN}, contradicted, decision, withdrawn from input
	on conflict (supplier_id, alert_id) do update set ${replacedBy('excluded')},
		decision = excluded.decision, withdrawn = excluded.withdrawn
), ${recordStanding('input')}
${insertEntries('input')}`
);

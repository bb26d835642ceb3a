// Writes the explanations of one batch into the feeds, and commits together with the last statement. So the feeds stay
// locked only while PostgreSQL works, and never while this process is busy. A batch in which a Supplier gains or loses
// an Alert is the exception: it locks the feeds over several statements (retraction/viewer-changes.ts).
import type pg from 'pg';
import { counterOf } from '#lib/domain/command-reference.ts';
import { isReport, type AlertContext } from '#lib/server/evidence/alert-context.ts';
import { placeAlerts, writePlaced, type Placing } from '#lib/server/episodes/place-alerts.ts';
import type { RunIndex } from '#lib/server/runs/run-index.ts';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import { NO_CHANGE, type ExplanationRow, type FeedChange } from '#lib/server/feed/feed.ts';
import { insertExplanations } from '#lib/server/feed/insert-explanations.ts';
import { replaceExplanations } from '#lib/server/feed/replace-explanations.ts';
import { findChanged, isStored } from '#lib/server/feed/stored-explanations.ts';
import { addDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { CommitWith } from '#lib/server/postgres/transaction.ts';
import { findLostViews } from '#lib/server/retraction/retraction.ts';
import { settleStanding, type SettleDeps } from '#lib/server/standing-decisions/settle.ts';
import { writeViewerChanges } from '#lib/server/retraction/viewer-changes.ts';

/** Writes the first explanations of a batch into the feeds, and commits the transaction. */
export async function writeFirst(
	client: pg.ClientBase,
	commitWith: CommitWith,
	context: AlertContext,
	placing: Placing<ExplanationRow>
): Promise<FeedChange> {
	const { rows } = placing;
	const doorbell = await askOtherReports(client, context);
	const { written, moved } = await commitWith(async () => {
		const [, change] = await Promise.all([
			lockFeeds(client, suppliersOf(rows)),
			writePlaced(client, placing, () => insertExplanations(client, rows))
		]);
		return change;
	});
	placing.end();
	return { frames: [...written.frames, ...moved], doorbell };
}

/**
 * Writes the explanations that differ from the stored explanations, with what standing decisions do to their Alerts. A
 * batch without changes locks no feed.
 */
export async function writeChanged(
	client: pg.ClientBase,
	commitWith: CommitWith,
	deps: SettleDeps & { runs: RunIndex },
	alertIds: readonly bigint[],
	rows: readonly ExplanationRow[]
): Promise<FeedChange> {
	const [lost, changed] = await Promise.all([
		findLostViews(client, alertIds, rows),
		findChanged(client, rows)
	]);
	const changedRows = changed.map(({ row }) => row);
	if (lost.length > 0 || changed.some(({ isBack }) => isBack))
		return { frames: await writeViewerChanges(client, deps, changedRows, lost), doorbell: null };
	if (changed.length === 0) return NO_CHANGE;

	const settled = await settleStanding(
		client,
		deps,
		changed.map((change) => ({ ...change, before: change.stored }))
	);
	const placing = await placeAlerts(
		deps.runs,
		settled.map(({ row }) => row)
	);
	const placed = settled.map((change, i) => ({ ...change, row: placing.rows[i]! }));
	const stored = placed.flatMap((change) => (isStored(change) ? [change] : []));
	// A Service Request may arrive so early that the job `correlate-again` explains its Alert before the first
	// explanation is stored.
	const first = placed.flatMap((change) => (isStored(change) ? [] : change.row));
	const { written, moved } = await commitWith(async () => {
		const [, done] = await Promise.all([
			lockFeeds(client, suppliersOf(changedRows)),
			writePlaced(client, placing, () =>
				Promise.all([
					replaceExplanations(client, stored),
					insertExplanations(client, first, { newerEvidence: true })
				])
			)
		]);
		return done;
	});
	placing.end();
	const [replaced, inserted] = written;
	return {
		frames: [...replaced.frames, ...inserted.frames, ...moved],
		doorbell: replaced.doorbell ?? inserted.doorbell
	};
}

const suppliersOf = (rows: readonly ExplanationRow[]): number[] => rows.map((row) => row.supplierId);

/**
 * Inserts a doorbell for the other Alerts that report on the same commands, because their explanations count the
 * reports of this batch too. Returns the id of the doorbell; `null`: there are no such Alerts.
 */
async function askOtherReports(
	client: pg.ClientBase,
	{ alerts, reports }: AlertContext
): Promise<bigint | null> {
	const batch = new Set(alerts.map((alert) => alert.id));
	const commands = new Set(
		alerts.filter(isReport).map((alert) => `${alert.deviceId} ${counterOf(alert.reference)}`)
	);
	const others = [...reports].flatMap(([deviceId, list]) =>
		list.filter(
			(report) => !batch.has(report.alertId) && commands.has(`${deviceId} ${counterOf(report.reference)}`)
		)
	);
	return others.length === 0
		? null
		: addDoorbell(
				client,
				'correlate-again',
				others.map((report) => report.alertId)
			);
}

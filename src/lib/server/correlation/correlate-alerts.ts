// Explains the Alerts of the waiting doorbells for each Supplier that may see them. The job `correlate-alerts` explains
// Alerts for the first time. The job `correlate-again` explains Alerts again after new evidence. One batch is one
// transaction.
import type pg from 'pg';
import { isSampled } from '#lib/domain/learned-evidence.ts';
import { placeAlerts, runKeysOf } from '#lib/server/episodes/place-alerts.ts';
import type { RunIndex } from '#lib/server/runs/run-index.ts';
import { loadContext, type AlertContext } from '#lib/server/evidence/alert-context.ts';
import { mayKnow } from '#lib/server/evidence/home-view.ts';
import { NO_CHANGE, type ExplanationRow, type FeedChange, type Frame } from '#lib/server/feed/feed.ts';
import { keepUnseen } from '#lib/server/installation/unseen-alerts.ts';
import { endDoorbells, takeDoorbells } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { learnLater, type Sampling } from '#lib/server/learning/learned-counts.ts';
import type { LearnedPatternCache } from '#lib/server/learning/learned-patterns.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { instantOfId } from '#lib/server/postgres/record-id.ts';
import { inTransaction, type CommitWith } from '#lib/server/postgres/transaction.ts';
import { decideFirst } from '#lib/server/standing-decisions/settle.ts';
import type { StandingRuleCache } from '#lib/server/standing-decisions/standing-rules.ts';
import { observeCorrelationDelay } from '#lib/server/process/worker-metrics.ts';
import { storedBody } from '#lib/server/feed/stored-body.ts';
import { alertBody } from './alert-body.ts';
import { explainAlerts, type ExplainDeps, type Explained } from './explain-alerts.ts';
import { writeChanged, writeFirst } from './write-explanations.ts';

export interface CorrelateDeps extends Omit<ExplainDeps, 'learned'> {
	pool: pg.Pool;
	learned: LearnedPatternCache;
	enqueue: Enqueue;
	sampling: Sampling;
	runs: RunIndex;
	standing: StandingRuleCache;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** SQL: takes a lock that keeps learned patterns unchanged until the transaction ends. */
const LEARNED = `pg_advisory_xact_lock_shared(${LOCKS.learned})`;
/** SQL: takes a lock that makes a correction of tenures wait until the transaction ends. */
const FIRST = `pg_advisory_xact_lock_shared(${LOCKS.firstExplanations})`;

/**
 * Explains one batch: the Alerts of the most urgent waiting doorbells, together about 500 ids. Calls `runAnother` if
 * other doorbells wait. Returns the number of entries that the batch added to the feeds.
 */
export async function correlateAlerts(
	deps: CorrelateDeps,
	job: 'correlate-alerts' | 'correlate-again',
	runAnother: () => void
): Promise<number> {
	const isFirst = job === 'correlate-alerts';
	let alertIds: readonly bigint[] = [];
	const change = await inTransaction(
		deps.pool,
		async (client, commitWith) => {
			const doorbells = await takeDoorbells(client, job);
			if (doorbells.more) runAnother();
			if (doorbells.ids.length === 0) return NO_CHANGE;
			const batch = { alertIds: doorbells.recordIds, doorbells: doorbells.ids };
			alertIds = batch.alertIds;
			return isFirst
				? explainFirst(client, commitWith, deps, batch)
				: explainAgain(client, commitWith, deps, batch);
		},
		{ first: isFirst ? `${LEARNED}, ${FIRST}` : LEARNED }
	);
	if (isFirst) for (const id of alertIds) observeCorrelationDelay((Date.now() - instantOfId(id)) / 1000);
	return announce(deps, change);
}

/**
 * Explains again the Alerts that `take` returns within the transaction, without doorbells. Returns the number of
 * entries added to the feeds, or `null` if `take` returned `null`.
 */
export async function correlateTaken(
	deps: CorrelateDeps,
	take: (client: pg.ClientBase) => Promise<bigint[] | null>
): Promise<number | null> {
	const change = await inTransaction(
		deps.pool,
		async (client, commitWith) => {
			const alertIds = await take(client);
			if (alertIds === null) return null;
			return alertIds.length === 0
				? NO_CHANGE
				: explainAgain(client, commitWith, deps, { alertIds, doorbells: [] });
		},
		{ first: LEARNED }
	);
	return change && announce(deps, change);
}

/**
 * Publishes a change after its commit: pushes the frames, and enqueues the job for Alerts that must be explained once
 * more. Returns the number of entries in the frames.
 */
async function announce(
	{ enqueue, publish }: CorrelateDeps,
	{ frames, doorbell }: FeedChange
): Promise<number> {
	if (doorbell !== null) enqueue('correlate-again', doorbell);
	await publish(frames);
	return frames.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

interface Batch {
	alertIds: bigint[];
	/** The doorbells that named these Alerts. The transaction deletes these doorbells. */
	doorbells: bigint[];
}

/**
 * Explains the Alerts of a batch for the first time. If a Service Request arrives during the transaction, its own job
 * has these Alerts explained again afterwards.
 */
async function explainFirst(
	client: pg.PoolClient,
	commitWith: CommitWith,
	deps: CorrelateDeps,
	batch: Batch
): Promise<FeedChange> {
	const [{ context, explained }, standing] = await Promise.all([
		explain(client, deps, batch),
		deps.standing.read(client)
	]);
	const rows = explained.map((one) => rowOf(context, one));
	const [, placing] = await Promise.all([
		finishBatch(client, deps, batch, context, explained),
		placeAlerts(deps.runs, decideFirst(rows, standing, deps.table, Date.now()))
	]);
	return writeFirst(client, commitWith, context, placing);
}

async function explainAgain(
	client: pg.PoolClient,
	commitWith: CommitWith,
	deps: CorrelateDeps,
	batch: Batch
): Promise<FeedChange> {
	// Two batches must not explain the same Alert in the wrong order, because the later batch has the later evidence.
	await client.query(LOCK_ALERTS({ alertIds: batch.alertIds }));
	const { context, explained } = await explain(client, deps, batch);
	const rows = explained.map((one) => rowOf(context, one));
	const [, change] = await Promise.all([
		finishBatch(client, deps, batch, context, explained),
		writeChanged(client, commitWith, deps, batch.alertIds, rows)
	]);
	return change;
}

const LOCK_ALERTS = statement(
	'lock-alerts',
	'select pg_advisory_xact_lock(id) from (select unnest(:alertIds::bigint[]) as id order by 1) ordered'
);

async function explain(
	client: pg.PoolClient,
	deps: CorrelateDeps,
	{ alertIds }: Batch
): Promise<{ context: AlertContext; explained: Explained[] }> {
	const [context, learned] = await Promise.all([loadContext(client, alertIds), deps.learned.read(client)]);
	return { context, explained: await explainAlerts(client, { ...deps, learned }, context, Date.now()) };
}

/**
 * Deletes the doorbells of the batch, makes the Alerts of sampled homes due for counting as learned evidence, and keeps
 * the table of Alerts that no Supplier sees.
 */
async function finishBatch(
	client: pg.PoolClient,
	{ sampling }: CorrelateDeps,
	{ doorbells }: Batch,
	{ alerts, inventory }: AlertContext,
	explained: readonly Explained[]
): Promise<void> {
	const sampled = alerts.filter((alert) =>
		isSampled(inventory.sampledHomeOf(alert.deviceId), sampling.share)
	);
	await Promise.all([
		keepUnseen(client, alerts, seenIds(alerts, explained)),
		learnLater(
			client,
			sampled.map((alert) => alert.id)
		),
		doorbells.length > 0 && endDoorbells(client, doorbells)
	]);
}

/** Returns the Alerts that a Supplier sees. A Supplier with its own copy of a message sees that copy. */
const seenIds = (alerts: AlertContext['alerts'], explained: readonly Explained[]): Set<bigint> =>
	new Set([
		...explained.map(({ alert }) => alert.id),
		...alerts.flatMap(({ id, ownCopies }) => (ownCopies.length > 0 ? id : []))
	]);

function rowOf({ inventory }: AlertContext, { alert, supplierId, explanation }: Explained): ExplanationRow {
	const { dueAt, tableVersion, facts } = explanation;
	const body = alertBody(alert, explanation);
	const device = inventory.viewOf(supplierId).devices.get(alert.deviceId);
	const { model = null, firmware = null } = device && mayKnow(device, supplierId) ? device : {};
	return {
		supplierId,
		alertId: alert.id,
		body,
		storedBody: storedBody(body, facts, alert),
		dueAt,
		tableVersion,
		keys: runKeysOf(supplierId, { ...body, model, firmware, imageHash: alert.imageHash })
	};
}

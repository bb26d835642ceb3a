// correlate-alerts, correlate-again: explains the Alerts of the doorbells that wait, for each Supplier entitled to see them.
// `correlate-alerts` explains for the first time, `correlate-again` after new evidence. One batch is one transaction.
import type pg from 'pg';
import { isSampled } from '#lib/domain/learned-evidence.ts';
import { keysOf } from '#lib/server/episodes/episode-keys.ts';
import type { LargeEpisodes } from '#lib/server/episodes/large-episodes.ts';
import { loadContext, type AlertContext } from '#lib/server/evidence/alert-context.ts';
import {
	NO_CHANGE,
	type AlertBody,
	type EpisodeGuess,
	type ExplanationRow,
	type FeedChange,
	type Frame
} from '#lib/server/feed/feed.ts';
import { endDoorbells, takeDoorbells } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { learnLater, type Sampling } from '#lib/server/learning/learned-counts.ts';
import type { LearnedPatternCache } from '#lib/server/learning/learned-patterns.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction, type CommitWith } from '#lib/server/postgres/transaction.ts';
import { alertBody } from './alert-body.ts';
import { explainAlerts, type ExplainDeps, type Explained } from './explain-alerts.ts';
import { writeChanged, writeFirst } from './write-explanations.ts';

export interface CorrelateDeps extends Omit<ExplainDeps, 'learned'> {
	pool: pg.Pool;
	learned: LearnedPatternCache;
	enqueue: Enqueue;
	sampling: Sampling;
	largeEpisodes: Pick<LargeEpisodes, 'guess'>;
	publish(frames: readonly Frame[]): Promise<void>;
}

/** Learned patterns stay as they are until the transaction ends. */
const LEARNED = `pg_advisory_xact_lock_shared(${LOCKS.learned})`;
/** A correction of tenures waits until the transaction ends. */
const FIRST = `pg_advisory_xact_lock_shared(${LOCKS.firstExplanations})`;

/**
 * Explains one batch: the Alerts of the most urgent doorbells that wait, some hundred. Calls `runAnother` where doorbells are
 * left. Returns how many entries the feeds have of it.
 */
export async function correlateAlerts(
	deps: CorrelateDeps,
	job: 'correlate-alerts' | 'correlate-again',
	runAnother: () => void
): Promise<number> {
	const isFirst = job === 'correlate-alerts';
	const change = await inTransaction(
		deps.pool,
		async (client, commitWith) => {
			const doorbells = await takeDoorbells(client, job);
			if (doorbells.more) runAnother();
			if (doorbells.ids.length === 0) return NO_CHANGE;
			const batch = { alertIds: doorbells.recordIds, doorbells: doorbells.ids };
			return isFirst
				? explainFirst(client, commitWith, deps, batch)
				: explainAgain(client, commitWith, deps, batch);
		},
		{ first: isFirst ? `${LEARNED}, ${FIRST}` : LEARNED }
	);
	return announce(deps, change);
}

/**
 * Explains Alerts again without doorbells: the Alerts that `take` returns within the transaction. Returns how many entries the
 * feeds have of it, or `null` where `take` returned `null`.
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

/** After the commit: enqueues the Alerts that have to be explained once more, and pushes the frames. */
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
	/** The doorbells that named these Alerts; they end with the transaction. */
	doorbells: bigint[];
}

/** A Service Request that comes now is not an obstacle: it has these Alerts explained again, after this transaction. */
async function explainFirst(
	client: pg.PoolClient,
	commitWith: CommitWith,
	deps: CorrelateDeps,
	batch: Batch
): Promise<FeedChange> {
	const { context, explained } = await explain(client, deps, batch);
	const rows = explained.map((one) => {
		const row = rowOf(one);
		return { ...row, joins: guessEpisode(deps, context, one, row.body) };
	});
	const [, change] = await Promise.all([
		finishBatch(client, deps, batch, context),
		writeFirst(client, commitWith, context, rows)
	]);
	return change;
}

async function explainAgain(
	client: pg.PoolClient,
	commitWith: CommitWith,
	deps: CorrelateDeps,
	batch: Batch
): Promise<FeedChange> {
	// Two batches must not overtake each other on one Alert: the later batch has the later evidence.
	await client.query(LOCK_ALERTS({ alertIds: batch.alertIds }));
	const { context, explained } = await explain(client, deps, batch);
	const rows = explained.map(rowOf);
	const [, change] = await Promise.all([
		finishBatch(client, deps, batch, context),
		writeChanged(client, commitWith, batch.alertIds, rows)
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

/** Ends the doorbells, and has the Alerts of the sampled homes counted for learned evidence. */
async function finishBatch(
	client: pg.PoolClient,
	{ sampling }: CorrelateDeps,
	{ doorbells }: Batch,
	{ alerts }: AlertContext
): Promise<void> {
	const sampled = alerts.filter((alert) => isSampled(alert.hubId ?? alert.deviceId, sampling.share));
	await Promise.all([
		learnLater(
			client,
			sampled.map((alert) => alert.id)
		),
		doorbells.length > 0 && endDoorbells(client, doorbells)
	]);
}

const rowOf = ({ alert, supplierId, explanation }: Explained): ExplanationRow => ({
	supplierId,
	alertId: alert.id,
	body: alertBody(alert, explanation),
	settlesAt: explanation.settlesAt,
	dueAt: explanation.dueAt,
	tableVersion: explanation.tableVersion
});

/** The large episode that the Alert joins at once. Grouping decides about all other episodes a moment later. */
function guessEpisode(
	{ largeEpisodes }: CorrelateDeps,
	{ devices }: AlertContext,
	{ alert, supplierId }: Explained,
	body: AlertBody
): EpisodeGuess | null {
	const { model = null, firmware = null } = devices.get(alert.deviceId) ?? {};
	const keys = keysOf({ ...body, model, firmware, imageHash: alert.imageHash });
	return largeEpisodes.guess(supplierId, keys, alert.effectiveAt);
}

// correlate-alerts, correlate-again: explains the Alerts of the doorbells that wait, for each Supplier entitled to them,
// for the first time or again; one transaction a round.
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { counterOf } from '#lib/domain/command-reference.ts';
import type { Explanation } from '#lib/domain/correlation/correlate.ts';
import { isSampled } from '#lib/domain/learned-evidence.ts';
import { onSession } from '#lib/server/postgres/database.ts';
import { takeDoorbells, type Bells } from '#lib/server/jobs/doorbells.ts';
import { keysOf } from '#lib/server/episodes/episode-keys.ts';
import {
	isReport,
	loadSurroundings,
	type StoredAlert,
	type Surroundings
} from '#lib/server/evidence/evidence-store.ts';
import { writeAgain } from '#lib/server/feed/replace-explanations.ts';
import { isoOf, lockFeeds } from '#lib/server/feed/explanation-columns.ts';
import type { AlertBody, FeedRow, Frame, Joins } from '#lib/server/feed/feed.ts';
import { writeFeed } from '#lib/server/retraction/viewer-changes.ts';
import { writeFirst } from '#lib/server/feed/insert-explanations.ts';
import { findChanged, hasStanding } from '#lib/server/feed/stored-explanations.ts';
import type { LargeEpisodes } from '#lib/server/episodes/large-episodes.ts';
import { learnLater, type Sampling } from '#lib/server/learning/learned-counts.ts';
import type { FollowLearned } from '#lib/server/learning/learned-patterns.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';
import { findLost } from '#lib/server/retraction/retraction.ts';
import { explainAlerts, type ExplainDeps } from './explain-alerts.ts';

export interface CorrelateDeps extends Omit<ExplainDeps, 'learned'> {
	pool: pg.Pool;
	learned: FollowLearned;
	ring: Ring;
	sampling: Sampling;
	largeEpisodes: Pick<LargeEpisodes, 'guess'>;
	publish(frames: readonly Frame[]): Promise<void>;
}

/**
 * One round of a job: the most urgent doorbells that wait, as many as make some hundred Alerts; `more` where others are
 * left. Returns how many entries the feeds have of it.
 */
export async function correlateAlerts(
	deps: CorrelateDeps,
	job: 'correlate-alerts' | 'correlate-again',
	more: () => void
): Promise<number> {
	const again = job === 'correlate-again';
	const work = await onSession(deps.pool, async (client) => {
		const [, bells] = await Promise.all([
			// With the locks: neither what is learned nor tenures change under the Alerts that are explained by them.
			client.query(`begin; ${again ? KNOWN : FIRST}`),
			takeDoorbells(client, job)
		]);
		if (bells.more) more();
		if (bells.ids.length > 0) return explain(client, deps, bells, again);
		await client.query('commit');
		return NOTHING;
	});
	return tell(deps, work);
}

export interface Work {
	frames: Frame[];
	/** The doorbell of Alerts that are to be explained again because of these. */
	others: bigint | null;
}

/** Tells of what was explained, after its commit. Returns how many entries the feeds have of it. */
export async function tell({ ring, publish }: CorrelateDeps, { frames, others }: Work): Promise<number> {
	if (others !== null) ring('correlate-again', others);
	await publish(frames);
	return frames.reduce((sum, { from, to }) => sum + to - from + 1, 0);
}

const NOTHING: Work = { frames: [], others: null };
/** Until the end of the transaction what is offered stays as it is. */
export const KNOWN = `select pg_advisory_xact_lock_shared(${LOCKS.learned})`;
const FIRST = `${KNOWN}, pg_advisory_xact_lock_shared(${LOCKS.firstExplanations})`;

/** Explains these Alerts (`records`), ends their doorbells (`ids`), and commits. */
export async function explain(
	client: pg.PoolClient,
	deps: CorrelateDeps,
	bells: Pick<Bells, 'ids' | 'records'>,
	again: boolean
): Promise<Work> {
	const ids = bells.records;
	// Two correlations of one Alert must not overtake each other: the later one has seen the later evidence.
	if (again)
		await client.query(
			'select pg_advisory_xact_lock(id) from (select unnest($1::bigint[]) as id order by 1) locked',
			[ids]
		);
	const [around, learned] = await Promise.all([loadSurroundings(client, ids), deps.learned.read(client)]);
	const explained = await explainAlerts(client, { ...deps, learned }, around, Date.now());
	const rows = explained.map(({ alert, supplierId, explanation }): FeedRow => {
		const body = bodyOf(alert, explanation);
		return {
			supplierId,
			alertId: alert.id,
			body,
			settlesAt: explanation.settlesAt,
			dueAt: explanation.dueAt,
			tableVersion: explanation.tableVersion,
			joins: again ? null : guessEpisode(deps, around, alert, supplierId, body)
		};
	});
	const [, , work] = await Promise.all([
		learnLater(
			client,
			around.alerts.filter((a) => isSampled(a.hubId ?? a.deviceId, deps.sampling.share)).map((a) => a.id)
		),
		client.query({
			name: 'end-doorbells',
			text: 'delete from doorbell where id = any($1)',
			values: [bells.ids]
		}),
		again ? lookAgain(client, ids, rows) : lookFirst(client, around, rows)
	]);
	return work;
}

/** The large episode that it joins at once; of all others grouping decides a moment later. */
function guessEpisode(
	{ largeEpisodes }: CorrelateDeps,
	{ devices }: Surroundings,
	{ imageHash, deviceId, effectiveAt }: StoredAlert,
	supplierId: number,
	body: AlertBody
): Joins | null {
	const { model = null, firmware = null } = devices.get(deviceId) ?? {};
	return largeEpisodes.guess(supplierId, keysOf({ ...body, model, firmware, imageHash }), effectiveAt);
}

async function lookAgain(
	client: pg.PoolClient,
	ids: readonly bigint[],
	rows: readonly FeedRow[]
): Promise<Work> {
	const [lost, changed] = await Promise.all([findLost(client, ids, rows), findChanged(client, rows)]);
	const due = changed.map(({ row }) => row);
	if (lost.length === 0 && !changed.some(({ isBack }) => isBack)) {
		if (changed.length === 0) {
			await client.query('commit');
			return NOTHING;
		}
		const known = changed.filter(hasStanding);
		// A Service Request may come so early that the Alert is looked at again before it was explained at all.
		const fresh = changed.flatMap((one) => (hasStanding(one) ? [] : one.row));
		const [, again, first] = await Promise.all([
			lockFeeds(client, due),
			writeAgain(client, known),
			writeFirst(client, fresh, { again: true }),
			client.query('commit')
		]);
		return { frames: [...again.frames, ...first.frames], others: again.behind ?? first.behind };
	}
	const frames = await writeFeed(client, due, lost);
	await client.query('commit');
	return { frames, others: null };
}

async function lookFirst(
	client: pg.PoolClient,
	around: Surroundings,
	rows: readonly FeedRow[]
): Promise<Work> {
	const others = await askOtherReports(client, around);
	// Sent together: the feeds are held for as long as PostgreSQL takes, and never while this process is busy.
	const [, { frames }] = await Promise.all([
		lockFeeds(client, rows),
		writeFirst(client, rows),
		client.query('commit')
	]);
	return { frames, others };
}

/** The other Alerts of the same command count this one too: a doorbell has them explained again. */
async function askOtherReports(
	client: pg.PoolClient,
	{ alerts, reports }: Surroundings
): Promise<bigint | null> {
	const here = new Set(alerts.map((alert) => alert.id));
	const counters = new Set(
		alerts.filter(isReport).map((alert) => `${alert.deviceId} ${counterOf(alert.reference)}`)
	);
	const others = [...reports].flatMap(([deviceId, list]) =>
		list.filter((r) => !here.has(r.alertId) && counters.has(`${deviceId} ${counterOf(r.reference)}`))
	);
	if (others.length === 0) return null;
	const { rows } = await client.query<{ id: bigint }>(
		`insert into doorbell (job, ids) values ('correlate-again', $1) returning id`,
		[[...new Set(others.map((report) => report.alertId))]]
	);
	return rows[0]!.id;
}

function bodyOf(alert: StoredAlert, explanation: Explanation): AlertBody {
	const { code, name, category, priority } = describeAlert(alert);
	const outcome = explanation.commandOutcome?.state;
	const isNews = outcome === 'partly-failed' || outcome === 'incomplete';
	const inScope = explanation.kind !== 'out-of-scope';
	return {
		id: alert.id.toString(),
		messageId: alert.messageId,
		deviceId: alert.deviceId,
		deviceType: inScope ? alert.deviceType : null,
		hubId: inScope ? alert.hubId : null,
		area: inScope ? alert.area : null,
		kind: alert.kind,
		code,
		name,
		category,
		priority: isNews ? Math.min(priority, 2) : priority,
		raisedAt: isoOf(alert.raisedAt),
		receivedAt: isoOf(alert.receivedAt)!,
		effectiveAt: isoOf(alert.effectiveAt)!,
		clockStatus: alert.clockStatus,
		occurrences: alert.throttledCount ?? 1,
		throttled: alert.throttledCount !== null,
		reference: alert.reference,
		explanation: explanation.kind,
		summary: explanation.summary,
		guidance: explanation.guidance,
		notes: explanation.notes,
		commandOutcome: explanation.commandOutcome,
		forward: explanation.forward,
		candidates: explanation.candidates,
		excluded: explanation.excluded
	};
}

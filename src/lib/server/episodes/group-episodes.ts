// Groups Alerts into episodes (job group-episodes, started by a timer). Grouping reads the feed of each Supplier after
// the Alerts have been explained. The result depends only on the set of Alerts (src/lib/domain/episode.ts), though each
// pass reads only the changes. A large episode is counted by difference, and is read in full from time to time.
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import type { Frame } from '#lib/server/feed/feed.ts';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { dueForLook, findStrays, finishLook, settleInFull, unlessChanged, type Due } from './episode-look.ts';
import { settleAlerts } from './episode-settle.ts';
import { joinEpisodes } from './episode-store.ts';
import { inTurn, suppliersWithNews, takeNews, type News } from './episode-turn.ts';

/**
 * The greatest number of feed entries, or of Alerts, that one step of grouping handles, so that its locks are short.
 */
const ALERTS_PER_STEP = 500;
/** While many Alerts wait to be explained, new feed entries wait at most this long for grouping, in ms. */
const LONGEST_WAIT_MS = 2000;

/** The settings of grouping for large episodes. */
export interface GroupOptions {
	/** The least number of members of a large episode. A pass does not read the members of a large episode. */
	large: number;
	/** A changed large episode is read in full when it has not changed again for this time, in ms. */
	quietMs: number;
	/** A changed large episode is read in full at the latest this time after its first change, in ms. */
	everyMs: number;
	/** The share of the time (0 to 1) that full reads may take. */
	share: number;
}
const USUAL: GroupOptions = { large: 20, quietMs: 30_000, everyMs: 600_000, share: 1 / 20 };

export interface GroupDeps {
	pool: pg.Pool;
	publish(frames: readonly Frame[]): Promise<void>;
	/** The backlog. While many Alerts wait to be explained (`isPressed`), grouping pauses. */
	backlog: Pick<Backlog, 'isPressed'>;
	options?: Partial<GroupOptions>;
}

/**
 * Creates the job of grouping. Each call of the job groups the new Alerts of all feeds, and returns the number of
 * Alerts that were read.
 */
export function createGrouping(deps: GroupDeps): () => Promise<number> {
	const { pool, publish, backlog } = deps;
	const options = { ...USUAL, ...deps.options };
	/**
	 * The time (`performance.now`) until which no full read starts, so that full reads take no more than their share of
	 * the time.
	 */
	let fullLooksRestUntil = -Infinity;

	return async () => {
		const suppliers = await suppliersWithNews(pool, LONGEST_WAIT_MS);
		const pressed = suppliers.some(({ late }) => !late) && backlog.isPressed;
		let count = 0;
		for (const { id, late } of suppliers) {
			if (pressed && !late) continue;
			for (;;) {
				const startedAt = performance.now();
				const done = await step(pool, id, options);
				if (done.frame) await publish([done.frame]);
				count += done.looked;
				// Under pressure, grouping works a quarter of the time, so that other writers of the feeds can go on.
				if (backlog.isPressed) await pause(3 * (performance.now() - startedAt));
				if (!done.more) break;
			}
		}
		await lookInFull();
		return count;
	};

	async function lookInFull(): Promise<void> {
		if (performance.now() < fullLooksRestUntil) return;
		for (const due of await dueForLook(pool, options)) {
			const startedAt = performance.now();
			if (!(await look(pool, due, options, publish))) continue;
			const endedAt = performance.now();
			fullLooksRestUntil = endedAt + (endedAt - startedAt) * (1 / options.share - 1);
			if (options.share < 1) return;
		}
	}
}

async function step(
	pool: pg.Pool,
	supplierId: number,
	options: GroupOptions
): Promise<{ looked: number; more: boolean; frame: Frame | null }> {
	const done = await inTurn(pool, supplierId, async (client, seq) => {
		const news = await takeNews(client, supplierId, seq, ALERTS_PER_STEP);
		const { ids, more } = news;
		const frame = ids.length > 0 ? await regroup(client, supplierId, news, options) : null;
		return { looked: ids.length, more, frame };
	});
	return done ?? { looked: 0, more: false, frame: null };
}

async function regroup(
	client: pg.ClientBase,
	supplierId: number,
	news: News,
	{ large }: GroupOptions
): Promise<Frame | null> {
	const { moved, ...settled } = await settleAlerts(client, supplierId, news, large);
	const stays = (id: bigint): boolean => news.untouched.has(id) && settled.joined.has(id);
	const touched = new Set([...news.ids.filter((id) => !stays(id)), ...moved]);
	return joinEpisodes(client, supplierId, { touched: [...touched], ...settled });
}

/**
 * Reads a large episode in full, in several transactions. If a transaction fails, or another worker groups the
 * Supplier, the episode stays due, and a later call repeats the whole read. Returns whether the episode was read.
 */
async function look(
	pool: pg.Pool,
	due: Due,
	{ large }: GroupOptions,
	publish: GroupDeps['publish']
): Promise<boolean> {
	const { supplierId } = due;
	const settled = await inTurn(pool, supplierId, (client) => settleInFull(client, due, large));
	if (!settled) return false;
	const { look: found, frame: first } = settled;
	if (first) await publish([first]);
	const strays = await findStrays(pool, found);
	for (let i = 0; i < strays.length; i += ALERTS_PER_STEP) {
		const touched = strays.slice(i, i + ALERTS_PER_STEP);
		const frame = await inTurn(pool, supplierId, (client) =>
			unlessChanged(client, found, () =>
				joinEpisodes(client, supplierId, { touched, episodes: [], grown: [], seen: [], joined: new Map() })
			)
		);
		if (frame) await publish([frame]);
	}
	await inTurn(pool, supplierId, (client) => finishLook(client, found));
	return true;
}

// Writes explained Alerts straight into the database, and groups them with the worker's own function. Tests see which
// episodes result from any set of Alerts in any order, and need not wait for explanations.
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { cacheStandingRules } from '#lib/server/standing-decisions/standing-rules.ts';
import type pg from 'pg';
import { KEY_NAMES, groupKeys, nameOf, ruleOf, runsOf, type Member } from '#lib/domain/episode.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { replaceExplanations } from '#lib/server/feed/replace-explanations.ts';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import { insertExplanations } from '#lib/server/feed/insert-explanations.ts';
import { findChanged, isStored } from '#lib/server/feed/stored-explanations.ts';
import type { AlertBody } from '#lib/server/feed/feed.ts';
import { writeViewerChanges } from '#lib/server/retraction/viewer-changes.ts';
import { followLargeEpisodes } from '#lib/server/episodes/large-episodes.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { createGrouping, type GroupOptions } from '#lib/server/episodes/group-episodes.ts';
import type { System } from './system.ts';

const START = Date.parse('2026-11-05T00:00:00.000Z');
const SUPPLIER = 1;
const standing = { standing: cacheStandingRules(), table: causeTable };
const MODEL = { model: 'Storm 9', firmware: '2.10' };

/** An Alert to write. All Alerts have the same code, and all Devices the same model and firmware. */
export interface AlertSpec {
	/** The place of the Alert's id among all ids. */
	n: number;
	/** The number of the Device. Two Devices with numbers 2n and 2n + 1 have the same hub. */
	device: number;
	atSeconds: number;
	/** The User whose Service Request explains the Alert. `null`: the Alert is unexplained. */
	userId: string | null;
	/** `true`: the Alert names a firmware image. */
	hasImage?: boolean;
	priority?: number;
	/** The number of events that the Alert stands for, if the DCC throttled. */
	throttledCount?: number | undefined;
}

/** All episodes of the database, and the runs of Alerts by key from which the episodes are made. */
export interface Outcome {
	episodes: Array<{ key: string; members: number; alerts: string[] | null }>;
	runs: unknown[];
}

const now = Date.now();
const FIRST_ID = firstIdAt(now - (now % 86_400_000));
const idOf = (n: number): bigint => FIRST_ID + BigInt(n);
const euiOf = (device: number): string =>
	(0x1000 + device).toString(16).toUpperCase().padStart(16, '0').match(/../g)!.join('-');

const hubOf = (device: number): string => euiOf(9000 + (device >> 1));

/**
 * Returns the episodes that the rule of the domain makes of all these Alerts at once. Each text is the key and
 * the Alerts of an episode.
 */
export function episodesByRule(list: readonly AlertSpec[]): string[] {
	let rest = list.map((alert) => ({ alert, keys: keysOf(alert) }));
	const episodes: string[] = [];
	for (const name of KEY_NAMES) {
		const membersByKey = new Map<string, Member[]>();
		for (const { alert, keys } of rest)
			for (const key of keys.filter((candidate) => nameOf(candidate) === name))
				membersByKey.set(key, [...(membersByKey.get(key) ?? []), memberOf(alert)]);
		const grouped = new Set<bigint>();
		for (const [key, members] of membersByKey)
			for (const run of runsOf(members, ruleOf(key)).filter(({ counts }) => counts)) {
				const ids = run.members.map((member) => member.alertId);
				ids.forEach((id) => grouped.add(id));
				episodes.push(`${key}: ${ids.toSorted().join(' ')}`);
			}
		rest = rest.filter(({ alert }) => !grouped.has(idOf(alert.n)));
	}
	return episodes.sort();
}

/** Returns the episodes of the database, in the form of `episodesByRule`. */
export const episodesFound = ({ episodes }: Outcome): string[] =>
	episodes.map(({ key, alerts }) => `${key}: ${alerts!.map(BigInt).toSorted().join(' ')}`).sort();

const memberOf = ({ n, device, atSeconds }: AlertSpec): Member => ({
	alertId: idOf(n),
	deviceId: euiOf(device),
	at: START + atSeconds * 1000
});

const keysOf = ({ device, userId, hasImage }: AlertSpec): string[] =>
	groupKeys({
		deviceId: euiOf(device),
		hubId: hubOf(device),
		area: null,
		...MODEL,
		imageHash: hasImage ? 'AB' : null,
		code: '8F3E',
		explanation: userId ? 'likely' : 'unexplained',
		suspect: userId ? { userId, serviceReferenceVariant: '11.3' } : null
	});

/** Opens a connection of the worker that writes and groups Alerts of `devices` Devices. */
export function grouped(system: System, devices: number) {
	const { pool, close } = openDatabase(system.databaseUrl, 'causeway_worker', 3, { pipeline: true });
	const { database } = system;
	let largeEpisodes = followLargeEpisodes(pool);
	const guess = (alert: AlertSpec) =>
		largeEpisodes.guess(SUPPLIER, keysOf(alert), START + alert.atSeconds * 1000);

	const rowOf = ({ n, device, atSeconds, userId, priority = 3, throttledCount }: AlertSpec) => {
		const body = {
			code: '8F3E',
			name: 'Something',
			category: 'security',
			deviceId: euiOf(device),
			hubId: hubOf(device),
			area: null,
			explanation: userId ? 'likely' : 'unexplained',
			candidates: userId
				? [
						{
							userId,
							userRole: 'IS',
							userName: null,
							own: true,
							name: 'Update',
							serviceReferenceVariant: '11.3'
						}
					]
				: [],
			effectiveAt: new Date(START + atSeconds * 1000).toISOString(),
			occurrences: throttledCount ?? 1,
			throttled: throttledCount !== undefined,
			priority
		} as unknown as AlertBody;
		return {
			supplierId: SUPPLIER,
			alertId: idOf(n),
			body,
			storedBody: body,
			dueAt: null,
			tableVersion: 'test'
		};
	};

	return {
		pool,
		close,
		rowOf,
		async insertDevices(): Promise<void> {
			await database.query(
				`insert into device (device_id, device_type, model, firmware)
				 select decode(replace(id, '-', ''), 'hex'), 'ESME', $2, $3 from unnest($1::text[]) as id`,
				[Array.from({ length: devices }, (_, i) => euiOf(i)), MODEL.model, MODEL.firmware]
			);
		},
		/** Inserts Alerts together with their first explanations. */
		async insertAlerts(list: readonly AlertSpec[]): Promise<void> {
			await database.query(
				`insert into alert (id, message_id, device_id, kind, code, received_at, effective_at, clock_status, image_hash)
				 select id, id::text, device, 'device', '8F3E', at, at, 'reliable', image
				 from unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::text[]) as t(id, device, at, image)`,
				[
					list.map((alert) => idOf(alert.n)),
					list.map((alert) => euiToBytes(euiOf(alert.device))),
					list.map((alert) => new Date(START + alert.atSeconds * 1000)),
					list.map((alert) => (alert.hasImage ? 'AB' : null))
				]
			);
			// A worker's memory of large episodes may be out of date, so this function refreshes the memory before some batches only.
			if (list[0]!.n % 3 === 0) await largeEpisodes.refresh();
			const rows = list.map((alert) => ({ ...rowOf(alert), joins: guess(alert) }));
			await inTransaction(pool, async (client) => {
				await lockFeeds(client, [SUPPLIER]);
				await insertExplanations(client, rows);
			});
		},
		/** Writes the explanations of Alerts again, as the worker does after late evidence. */
		explainAgain: (list: readonly AlertSpec[]): Promise<void> =>
			inTransaction(pool, async (client) => {
				const changed = await findChanged(client, list.map(rowOf));
				await lockFeeds(client, [SUPPLIER]);
				if (changed.every(isStored)) await replaceExplanations(client, changed);
				else await writeViewerChanges(client, standing, list.map(rowOf), []);
			}),
		/** Takes Alerts away from the Supplier, as the worker does after a corrected tenure. */
		retract: (list: readonly AlertSpec[]): Promise<unknown> =>
			inTransaction(pool, (client) =>
				writeViewerChanges(
					client,
					standing,
					[],
					list.map((alert) => ({ supplierId: SUPPLIER, alertId: idOf(alert.n) }))
				)
			),
		/** Groups the new Alerts, and returns the number of handled Alerts. `from`: another pool, to count the rows read. */
		group: (options: Partial<GroupOptions>, from: pg.Pool = pool): Promise<number> =>
			createGrouping({ pool: from, publish: async () => {}, backlog: { isPressed: false }, options })(),
		/** Returns the number of episodes that wait for a full look. */
		async episodesDueForFullLook(): Promise<number> {
			const { rows } = await database.query<{ count: number }>(
				'select count(*)::int as count from episode where unsure_since is not null'
			);
			return rows[0]!.count;
		},
		/** Returns the episodes and the runs, without ids and versions. */
		async outcome(): Promise<Outcome> {
			const { rows: episodes } = await database.query<Outcome['episodes'][number]>(
				`select key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority, s.alerts
				 from episode e cross join lateral (
					select array_agg(alert_id order by alert_id) as alerts from supplier_alert where episode_id = e.id
				 ) s where members > 0 or s.alerts is not null order by key, first_at, s.alerts`
			);
			const { rows: runs } = await database.query(
				`select key, episode_id is null as alone, array_agg(alert_id order by alert_id) as alerts
				 from episode_member group by key, episode_id order by key, 2, 3`
			);
			return { episodes, runs };
		},
		/** Returns the number of Alerts that joined an episode together with their first explanation. */
		async joinedAtOnce(): Promise<number> {
			const { rows } = await database.query<{ count: number }>(
				'select count(*)::int as count from feed where joins'
			);
			return rows[0]!.count;
		},
		/** Deletes all episodes, so that the next grouping begins with the first Alert. */
		async deleteEpisodes(): Promise<void> {
			largeEpisodes = followLargeEpisodes(pool);
			await database.query(`
				update supplier_alert set episode_id = null, episode_version = null;
				delete from episode_member; delete from episode; update feed_cursor set seq = 0`);
		}
	};
}

// Alerts put into the record as explained, and grouped by the worker's own function: how episodes come out of any set of
// Alerts in any order, without waiting for explanations.
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
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { createGrouping, type GroupOptions } from '#lib/server/episodes/group-episodes.ts';
import type { System } from './system.ts';

export const BASE = Date.parse('2026-11-05T00:00:00.000Z');
const SUPPLIER = 1;
const MODEL = { model: 'Storm 9', firmware: '2.10' };

export interface Told {
	n: number;
	device: number;
	/** Seconds. */
	at: number;
	/** A User whose request explains it; `null`: none does. */
	user: string | null;
	image?: boolean;
	priority?: number;
	throttled?: number | undefined;
}

export interface Outcome {
	episodes: Array<{ key: string; members: number; alerts: string[] | null }>;
	runs: unknown[];
}

const now = Date.now();
const FIRST = firstIdAt(now - (now % 86_400_000));
const idOf = (n: number): bigint => FIRST + BigInt(n);
const euiOf = (device: number): string =>
	(0x1000 + device).toString(16).toUpperCase().padStart(16, '0').match(/../g)!.join('-');

const hubOf = (device: number): string => euiOf(9000 + (device >> 1));

/** Which Alerts are one matter by the rule itself, all of them known at once: the key and the Alerts of each episode. */
export function byTheRule(list: readonly Told[]): string[] {
	let rest = list.map((told) => ({ told, keys: keysOf(told) }));
	const episodes: string[] = [];
	for (const name of KEY_NAMES) {
		const members = new Map<string, Member[]>();
		for (const { told, keys } of rest)
			for (const key of keys.filter((one) => nameOf(one) === name))
				members.set(key, [...(members.get(key) ?? []), memberOf(told)]);
		const found = new Set<bigint>();
		for (const [key, own] of members)
			for (const run of runsOf(own, ruleOf(key)).filter(({ counts }) => counts)) {
				const ids = run.members.map((member) => member.alertId);
				ids.forEach((id) => found.add(id));
				episodes.push(`${key}: ${ids.toSorted().join(' ')}`);
			}
		rest = rest.filter(({ told }) => !found.has(idOf(told.n)));
	}
	return episodes.sort();
}

/** The same, as it was found. */
export const asGrouped = ({ episodes }: Outcome): string[] =>
	episodes.map(({ key, alerts }) => `${key}: ${alerts!.map(BigInt).toSorted().join(' ')}`).sort();

const memberOf = ({ n, device, at }: Told): Member => ({
	alertId: idOf(n),
	deviceId: euiOf(device),
	at: BASE + at * 1000
});

const keysOf = ({ device, user, image }: Told): string[] =>
	groupKeys({
		deviceId: euiOf(device),
		hubId: hubOf(device),
		area: null,
		...MODEL,
		imageHash: image ? 'AB' : null,
		code: '8F3E',
		explanation: user ? 'likely' : 'unexplained',
		suspect: user ? { userId: user, serviceReferenceVariant: '11.3' } : null
	});

export function grouped(system: System, devices: number) {
	const { pool, close } = openDatabase(system.databaseUrl, 'causeway_worker', 3, { pipeline: true });
	const { record } = system;
	let large = followLargeEpisodes(pool);
	const guess = (told: Told) => large.guess(SUPPLIER, keysOf(told), BASE + told.at * 1000);

	const rowOf = (told: Told) => {
		const { device, at, user, priority = 3, throttled } = told;
		const body = {
			code: '8F3E',
			name: 'Something',
			category: 'security',
			deviceId: euiOf(device),
			hubId: hubOf(device),
			area: null,
			explanation: user ? 'likely' : 'unexplained',
			candidates: user
				? [
						{
							userId: user,
							userRole: 'IS',
							userName: null,
							own: true,
							name: 'Update',
							serviceReferenceVariant: '11.3'
						}
					]
				: [],
			effectiveAt: new Date(BASE + at * 1000).toISOString(),
			occurrences: throttled ?? 1,
			throttled: throttled !== undefined,
			priority
		} as unknown as AlertBody;
		return {
			supplierId: SUPPLIER,
			alertId: idOf(told.n),
			body,
			settlesAt: null,
			dueAt: null,
			tableVersion: 'test'
		};
	};

	const within = async (work: (client: pg.ClientBase) => Promise<unknown>): Promise<void> => {
		const client = await pool.connect();
		try {
			await client.query('begin');
			await work(client);
			await client.query('commit');
		} finally {
			client.release();
		}
	};

	return {
		pool,
		close,
		rowOf,
		async inventory(): Promise<void> {
			await record.query(
				`insert into device (device_id, device_type, model, firmware)
				 select decode(replace(id, '-', ''), 'hex'), 'ESME', $2, $3 from unnest($1::text[]) as id`,
				[Array.from({ length: devices }, (_, i) => euiOf(i)), MODEL.model, MODEL.firmware]
			);
		},
		async arrive(list: readonly Told[]): Promise<void> {
			await record.query(
				`insert into alert (id, message_id, device_id, kind, code, received_at, effective_at, clock_status, image_hash)
				 select id, id::text, device, 'device', '8F3E', at, at, 'reliable', image
				 from unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::text[]) as t(id, device, at, image)`,
				[
					list.map((told) => idOf(told.n)),
					list.map((told) => euiToBytes(euiOf(told.device))),
					list.map((told) => new Date(BASE + told.at * 1000)),
					list.map((told) => (told.image ? 'AB' : null))
				]
			);
			// As the worker does it: what it remembers of large episodes may be old.
			if (list[0]!.n % 3 === 0) await large.refresh();
			const rows = list.map((told) => ({ ...rowOf(told), joins: guess(told) }));
			await within(async (client) => {
				await lockFeeds(client, [SUPPLIER]);
				await insertExplanations(client, rows);
			});
		},
		explainAnew: (list: readonly Told[]): Promise<void> =>
			within(async (client) => {
				const changed = await findChanged(client, list.map(rowOf));
				await lockFeeds(client, [SUPPLIER]);
				if (changed.every(isStored)) await replaceExplanations(client, changed);
				else await writeViewerChanges(client, list.map(rowOf), []);
			}),
		retract: (list: readonly Told[]): Promise<void> =>
			within((client) =>
				writeViewerChanges(
					client,
					[],
					list.map((told) => ({ supplierId: SUPPLIER, alertId: idOf(told.n) }))
				)
			),
		group: (options: Partial<GroupOptions>, from: pg.Pool = pool): Promise<number> =>
			createGrouping({ pool: from, publish: async () => {}, backlog: { isPressed: false }, options })(),
		async unsure(): Promise<number> {
			const { rows } = await record.query<{ count: number }>(
				'select count(*)::int as count from episode where unsure_since is not null'
			);
			return rows[0]!.count;
		},
		/** Episodes and the runs of keys, whatever their ids and versions. */
		async outcome(): Promise<Outcome> {
			const { rows: episodes } = await record.query<Outcome['episodes'][number]>(
				`select key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority, s.alerts
				 from episode e cross join lateral (
					select array_agg(alert_id order by alert_id) as alerts from supplier_alert where episode_id = e.id
				 ) s where members > 0 or s.alerts is not null order by key, first_at, s.alerts`
			);
			const { rows: runs } = await record.query(
				`select key, episode_id is null as alone, array_agg(alert_id order by alert_id) as alerts
				 from episode_member group by key, episode_id order by key, 2, 3`
			);
			return { episodes, runs };
		},
		/** How many Alerts have joined an episode with their first explanation. */
		async joined(): Promise<number> {
			const { rows } = await record.query<{ count: number }>(
				'select count(*)::int as count from feed where joins'
			);
			return rows[0]!.count;
		},
		async wipe(): Promise<void> {
			large = followLargeEpisodes(pool);
			await record.query(`
				update supplier_alert set episode_id = null, episode_version = null;
				delete from episode_member; delete from episode; update feed_cursor set seq = 0`);
		}
	};
}

// One decision for the members of an episode, and what becomes of it where somebody else was faster.
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Episode } from '#lib/domain/episode.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem();
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const at = (seconds: number): string =>
	new Date(Date.parse('2026-11-05T10:00:00.000Z') + seconds * 1000).toISOString();
const episode = async (id: string): Promise<Episode> =>
	(await system.get('brightwell', `/episodes/${id}`)).body;
const membersOf = (deviceId: string) => system.alerts('brightwell', `?device=${deviceId}&sort=oldest`);

/** Holds the counter of every feed, as a writer does until its commit. */
async function holdFeed() {
	const client = new pg.Client({ connectionString: system.databaseUrl });
	await client.connect();
	await client.query('begin');
	await client.query('select from feed_head for update');
	return {
		release: () => client.query('commit'),
		[Symbol.asyncDispose]: () => client.end()
	};
}

describe('a decision on an episode', () => {
	const verdict = { verdict: 'actionable', reason: 'visit' };

	async function repeated() {
		const deviceId = newDeviceId();
		const raised = (s: number) => anAlert(deviceId, { code: '8F35', raisedAt: at(s), receivedAt: at(s + 5) });
		await system.post('/devices', [aDevice(deviceId)]);
		await system.post('/alerts', [raised(0), raised(60)]);
		const found = await eventually(async () => {
			const [id, other] = (await membersOf(deviceId)).map((alert) => alert.episodeId);
			expect(id).toBeTruthy();
			expect(other).toBe(id);
			return episode(id!);
		});
		const items = (await membersOf(deviceId)).map(({ id, version }) => ({ id, version }));
		const [each, whole] = [
			() =>
				system.call('POST', '/decisions', 'brightwell', { items, verdict: 'ignorable', reason: 'repeat' }),
			() =>
				system.call('POST', '/decisions', 'brightwell', {
					episode: found.id,
					version: found.version,
					...verdict
				})
		];
		/** The members as they stand now. */
		const conflicts = async () => (await membersOf(deviceId)).map(({ id, version }) => ({ id, version }));
		return { found, items, each, whole, conflicts };
	}

	it('is none where every member was decided before, and names them', async () => {
		const { found, each, whole, conflicts } = await repeated();
		await each();
		expect((await whole()).body).toEqual({ done: [], conflicts: await conflicts() });
		expect(await episode(found.id)).toMatchObject({ decision: null, open: 0 });
	});

	it('is none where every member is decided at the same moment, a little earlier', async () => {
		const { found, each, whole, conflicts } = await repeated();
		// Both wait for the Supplier's feed, the one on the members in front.
		const waiting = (count: number) =>
			eventually(async () => {
				const { rows } = await system.record.query<{ count: number }>(
					`select count(*)::int as count from pg_stat_activity
					 where datname = current_database() and wait_event_type = 'Lock' and query like '%next_feed_seq%'`
				);
				expect(rows[0]!.count).toBe(count);
			});
		await using holder = await holdFeed();
		const first = each();
		await waiting(1);
		const second = whole();
		await waiting(2);
		await holder.release();
		expect((await first).body.done).toHaveLength(2);
		expect((await second).body).toEqual({ done: [], conflicts: await conflicts() });
		expect(await episode(found.id)).toMatchObject({ decision: null, open: 0 });
	});

	it('stands where one member took it; sent again it changes nothing', async () => {
		const { found, items, whole } = await repeated();
		await system.call('POST', '/decisions', 'brightwell', {
			items: items.slice(0, 1),
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect((await whole()).body).toEqual({ done: [items[1]!.id], conflicts: [] });
		const decided = await episode(found.id);
		expect(decided).toMatchObject({ decision: verdict, open: 0 });
		expect((await whole()).body).toMatchObject({ done: [], conflicts: [{}, {}] });
		expect(await episode(found.id)).toEqual(decided);
	});

	it('taken back, is taken back for the episode too', async () => {
		const { found, whole } = await repeated();
		await whole();
		const { version } = await episode(found.id);
		const reopened = await system.call('POST', '/decisions', 'brightwell', {
			episode: found.id,
			version,
			verdict: null
		});
		expect(reopened.body.done).toHaveLength(2);
		expect(await episode(found.id)).toMatchObject({ decision: null, open: 2 });
	});
});

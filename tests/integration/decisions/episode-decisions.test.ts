// Tests one decision for all members of an episode, and its outcome if another person decided members before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Episode } from '#lib/domain/episode.ts';
import { holdFeed } from '../../support/held-lock.ts';
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

describe('a decision on an episode', () => {
	const verdict = { verdict: 'actionable', reason: 'visit' };

	/** Makes an episode of two Alerts, and the calls that decide the Alerts one by one or the episode as a whole. */
	async function anEpisode() {
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
		const [decideEach, decideEpisode] = [
			() =>
				system.call('POST', '/decisions', 'brightwell', { items, verdict: 'ignorable', reason: 'repeat' }),
			() =>
				system.call('POST', '/decisions', 'brightwell', {
					episode: found.id,
					version: found.version,
					...verdict
				})
		];
		/** Returns the members in their current versions, in the form of conflicts. */
		const currentMembers = async () =>
			(await membersOf(deviceId)).map(({ id, version }) => ({ id, version }));
		return { found, items, decideEach, decideEpisode, currentMembers };
	}

	it('is not stored if every member was decided before, and the answer names the members', async () => {
		const { found, decideEach, decideEpisode, currentMembers } = await anEpisode();
		await decideEach();
		expect((await decideEpisode()).body).toEqual({ done: [], conflicts: await currentMembers() });
		expect(await episode(found.id)).toMatchObject({ decision: null, open: 0 });
	});

	it('is not stored if another call decides every member a moment earlier', async () => {
		const { found, decideEach, decideEpisode, currentMembers } = await anEpisode();
		// Both calls wait for the lock of the Supplier's feed. The call that decides the members is the first in the queue.
		const waiting = (count: number) =>
			eventually(async () => {
				const { rows } = await system.database.query<{ count: number }>(
					`select count(*)::int as count from pg_stat_activity
					 where datname = current_database() and wait_event_type = 'Lock' and query like '%next_feed_seq%'`
				);
				expect(rows[0]!.count).toBe(count);
			});
		await using feed = await holdFeed(system, 'brightwell');
		const first = decideEach();
		await waiting(1);
		const second = decideEpisode();
		await waiting(2);
		await feed.release();
		expect((await first).body.done).toHaveLength(2);
		expect((await second).body).toEqual({ done: [], conflicts: await currentMembers() });
		expect(await episode(found.id)).toMatchObject({ decision: null, open: 0 });
	});

	it('is stored if one member accepts it, and changes nothing if it is sent again', async () => {
		const { found, items, decideEpisode } = await anEpisode();
		await system.call('POST', '/decisions', 'brightwell', {
			items: items.slice(0, 1),
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect((await decideEpisode()).body).toEqual({ done: [items[1]!.id], conflicts: [] });
		const decided = await episode(found.id);
		expect(decided).toMatchObject({ decision: verdict, open: 0 });
		expect((await decideEpisode()).body).toMatchObject({ done: [], conflicts: [{}, {}] });
		expect(await episode(found.id)).toEqual(decided);
	});

	it('is taken back for the episode and for its members', async () => {
		const { found, decideEpisode } = await anEpisode();
		await decideEpisode();
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

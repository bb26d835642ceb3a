// Tests the state of the feeds: what each Supplier sees of arrivals, and the warnings of a feed that has stopped.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import type { Feeds } from '#lib/domain/feed-state.ts';
import { HALDEN_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let installationKey: string;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	installationKey = await addApiKey(system.database, null, ['read']);
});
afterAll(() => system?.[Symbol.asyncDispose]());

const feeds = async (key: string): Promise<Feeds> => (await system.get(key, '/feeds')).body;
/** Returns the kinds that arrived, as `kind from owner`. */
const heard = async (key: string): Promise<string[]> =>
	(await feeds(key)).feeds.map(({ kind, supplier }) => `${kind} from ${supplier ?? 'installation'}`).sort();

describe('an installation', () => {
	it('has heard nothing before the first record, and says that it has no completeness source', async () => {
		const empty = { feeds: [], warnings: [], silentAfterSeconds: 900 };
		expect(await feeds('brightwell')).toMatchObject({ ...empty, completeness: { items: [] } });
		expect(await feeds(installationKey)).toMatchObject(empty);
	});

	it('notes for a Supplier what concerns its tenure or its User IDs, and nothing of another', async () => {
		const before = Date.now();
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const all = ['alert from installation', 'device from installation', 'service-request from installation'];
		await eventually(async () => expect(await heard('brightwell')).toEqual(all));
		expect(await heard(installationKey)).toEqual(all);
		expect(await heard('halden')).toEqual([]);
		for (const { lastAt } of (await feeds('brightwell')).feeds)
			expect(Date.parse(lastAt)).toBeGreaterThanOrEqual(before);

		await system.post('/service-requests', aRequest(deviceId, { userId: HALDEN_USER_ID }));
		await eventually(async () =>
			expect(await heard('halden')).toEqual(['service-request from installation'])
		);
	});

	it('keeps what a Supplier sends with its own key from every other Supplier', async () => {
		const before = await feeds('brightwell');
		const deviceId = newDeviceId();
		const device = aDevice(deviceId, {
			tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z', to: null }]
		});
		expect((await system.call('POST', '/devices', 'halden', device)).body.accepted).toBe(1);
		expect((await system.call('POST', '/alerts', 'halden', anAlert(deviceId))).body.accepted).toBe(1);
		await eventually(async () =>
			expect(await heard('halden')).toEqual([
				'alert from halden',
				'device from halden',
				'service-request from installation'
			])
		);
		expect(await heard(installationKey)).toEqual(
			expect.arrayContaining(['alert from halden', 'device from halden'])
		);
		expect(await feeds('brightwell')).toEqual(before);
	});

	it('does not count a record that it refused', async () => {
		await system.database.query('delete from feed_heard');
		const foreign = newDeviceId();
		expect((await system.call('POST', '/alerts', 'brightwell', anAlert(foreign))).status).toBe(400);
		await system.post('/devices', aDevice(newDeviceId()));
		await eventually(async () => expect(await heard('brightwell')).toEqual(['device from installation']));
	});
});

describe('a feed that has stopped', () => {
	it('is a warning for its readers: a silent source, a source behind, and Alerts that used to come', async () => {
		const mark = (source: string, minutes: number) =>
			system.post('/service-requests/completeness', {
				source,
				completeUntil: new Date(Date.now() - minutes * 60_000).toISOString()
			});
		expect((await mark('sat', 1)).status).toBe(204);
		await eventually(async () => expect((await feeds('brightwell')).completeness.items).toHaveLength(1));
		expect((await feeds('brightwell')).warnings).toEqual([]);
		await mark('sat', 20);
		await eventually(async () =>
			expect((await feeds('brightwell')).warnings).toEqual([
				'The completeness source sat of the installation is 20 min behind.'
			])
		);
		await system.database.query(
			`update completeness_source set reported_at = now() - interval '16 minutes', complete_until = now() - interval '17 minutes'`
		);
		await system.database.query(
			`insert into feed_heard (supplier_id, kind, own, last_at, longest_gap_seconds)
			 select id, kind, false, now() - interval '16 minutes', 30 from supplier, unnest(array['alert', 'service-request']) kind
			 where slug = 'brightwell'`
		);
		await eventually(async () =>
			expect((await feeds('brightwell')).warnings).toEqual([
				'The completeness source sat of the installation has not reported for 16 min.',
				'No Service Requests from the feed of the installation for 16 min.',
				'No Alerts from the feed of the installation for 16 min.'
			])
		);
		expect((await feeds('halden')).warnings).toHaveLength(1);
	});

	it('is no warning while its pauses are usually as long', async () => {
		await system.database.query(`update feed_heard set longest_gap_seconds = 600 where kind = 'alert'`);
		await eventually(async () =>
			expect((await feeds('brightwell')).warnings).not.toContainEqual(expect.stringContaining('No Alerts'))
		);
	});

	it('learns the longest pause from the arrivals', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.database.query(
			`update feed_heard set last_at = now() - interval '2 hours', longest_gap_seconds = 60 where kind = 'alert'`
		);
		await system.post('/alerts', anAlert(deviceId));
		await eventually(async () => {
			const alerts = (await feeds('brightwell')).feeds.find(({ kind }) => kind === 'alert')!;
			expect(alerts.silentAfterSeconds).toBeGreaterThanOrEqual(14_400);
			expect(alerts.silentAfterSeconds).toBeLessThan(14_500);
		});
	});
});

// Tests that the database drops old records in whole weeks, once the retention time has ended.
import { expect, it } from 'vitest';
import { keepPartitions } from '#lib/server/postgres/keep-partitions.ts';
import { anAlert, newDeviceId } from '../../support/records.ts';
import { startSystem } from '../../support/system.ts';

const DAY_MS = 86_400_000;

it('drops a week of records when its retention time has ended, and no record before', async () => {
	await using system = await startSystem({ worker: false });
	await system.post('/alerts', anAlert(newDeviceId()));
	const storedAlerts = async () =>
		Number((await system.database.query('select count(*) from alert')).rows[0].count);
	await keepPartitions(system.databaseUrl, 100, Date.now() + 99 * DAY_MS);
	expect(await storedAlerts()).toBe(1);
	const dropped = await keepPartitions(system.databaseUrl, 100, Date.now() + 108 * DAY_MS);
	expect(dropped).toContainEqual(expect.stringMatching(/^alert_\d{8}$/));
	expect(await storedAlerts()).toBe(0);
});

it('deletes the notes of refused writes when their retention time has ended', async () => {
	await using system = await startSystem({ worker: false });
	const refused = await system.call('POST', '/alerts', 'brightwell', anAlert(newDeviceId()));
	expect(refused.status).toBe(400);
	const notes = async () =>
		Number((await system.database.query('select count(*) from refused_write')).rows[0].count);
	await keepPartitions(system.databaseUrl, 100, Date.now() + 99 * DAY_MS);
	expect(await notes()).toBe(1);
	await keepPartitions(system.databaseUrl, 100, Date.now() + 101 * DAY_MS);
	expect(await notes()).toBe(0);
});

// Tests the list of episodes: its filters, its orders, its pages, and the numbers of decided members.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Episode } from '#lib/domain/episode.ts';
import { aDevice, november, newDeviceId, raised } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
/** Devices that repeat a code. The first episode begins first, and ends last. */
const [long, small, urgent] = [newDeviceId(), newDeviceId(), newDeviceId()];

const list = async (query = ''): Promise<{ items: Episode[]; nextCursor: string | null }> =>
	(await system.get('brightwell', `/episodes${query}`)).body;
const devicesOf = ({ items }: { items: readonly Episode[] }) => items.map(({ facts }) => facts.deviceId);

/** Sends repeated Alerts of a Device, and waits for their episode. */
async function repeat(deviceId: string, code: string, times: readonly string[]): Promise<void> {
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post(
		'/alerts',
		times.map((time) => raised(deviceId, code, november(5, time)))
	);
	await eventually(async () => {
		const found = (await list('?limit=500')).items.find(({ facts }) => facts.deviceId === deviceId);
		expect(found?.members).toBe(times.length);
	});
}

beforeAll(async () => {
	system = await startSystem();
	await repeat(long, '8F0C', ['10:00:00.000', '10:30:00.000', '11:00:00.000']);
	await repeat(small, '8F0C', ['09:00:00.000', '09:10:00.000']);
	await repeat(urgent, '8F3F', ['08:00:00.000', '08:10:00.000']);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('the list of episodes', () => {
	it('has four orders', async () => {
		expect(devicesOf(await list())).toEqual([urgent, small, long]);
		expect(devicesOf(await list('?sort=newest'))).toEqual([urgent, small, long]);
		expect(devicesOf(await list('?sort=latest'))).toEqual([long, small, urgent]);
		expect(devicesOf(await list('?sort=largest'))).toEqual([long, urgent, small]);
		expect(devicesOf(await list('?sort=urgent'))).toEqual([urgent, small, long]);
	});

	it.each(['newest', 'latest', 'largest', 'urgent'])(
		'is read page by page without a gap or a repeat, in the order %s',
		async (sort) => {
			const whole = devicesOf(await list(`?sort=${sort}`));
			const read: string[] = [];
			for (let cursor: string | null = ''; cursor !== null;) {
				const page = await list(`?sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`);
				read.push(...devicesOf(page));
				cursor = page.nextCursor;
			}
			expect(read).toEqual(whole);
		}
	);

	it('is filtered by the code of the first Alert, and by the kind', async () => {
		expect(devicesOf(await list('?code=8f3f'))).toEqual([urgent]);
		expect(devicesOf(await list('?kind=repeat&code=8F0C'))).toEqual([small, long]);
		expect(devicesOf(await list('?kind=campaign'))).toEqual([]);
	});

	it('counts the members that people decided one by one, and leaves the decided episode out on request', async () => {
		const alerts = await system.alerts('brightwell', `?device=${long}`);
		const decide = async (count: number, verdict: string) => {
			const items = alerts.splice(0, count).map(({ id, version }) => ({ id, version }));
			const body = { items, verdict, reason: verdict === 'actionable' ? 'visit' : 'information' };
			expect((await system.call('POST', '/decisions', 'brightwell', body)).body.conflicts).toEqual([]);
		};
		await decide(1, 'actionable');
		const [found] = (await list('?sort=largest')).items;
		expect(found).toMatchObject({ open: 2, decided: { actionable: 1, ignorable: 0 } });
		await decide(2, 'ignorable');
		const [decided] = (await list('?sort=largest')).items;
		expect(decided).toMatchObject({ open: 0, decided: { actionable: 1, ignorable: 2 } });
		expect(devicesOf(await list('?open=true'))).toEqual([urgent, small]);
	});

	it('refuses an order, a kind, a code or a cursor that does not exist', async () => {
		for (const query of [
			'sort=upwards',
			'kind=flood',
			'code=;',
			'cursor=x',
			'cursor=1.2.3',
			'cursor=1.9999999999999999999'
		])
			expect((await system.get('brightwell', `/episodes?${query}`)).status).toBe(400);
	});
});

// Tests what a Supplier reads of a User as a sender: its requests by SRV, outcome and day, and the Alerts that followed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sinceOf, type Sender } from '#lib/domain/sender.ts';
import { createSenderReader } from '#lib/server/feed/sender-reader.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import {
	BRIGHTWELL_USER_ID,
	NORTH_GRID_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

const CHANGE = '2026-11-04T00:00:00.000Z';
const PERIOD = 'days=7&until=2026-11-06T00:00:00.000Z';
const HOME_WATT = '90-B3-D5-1F-30-03-00-01';
const NOBODY = '90-B3-D5-1F-30-09-00-09';

let system: System;
const [first, second, theirs, changed] = [newDeviceId(), newDeviceId(), newDeviceId(), newDeviceId()];

beforeAll(async () => {
	system = await startSystem({
		completeUntil: '2026-11-06T00:00:00.000Z',
		settings: { ROLE_ONLY: 'OU' }
	});
	await system.post('/devices', [
		aDevice(first),
		aDevice(second),
		aDevice(theirs, { tenures: suppliedBy('halden') }),
		aDevice(changed, { tenures: suppliedBy('halden', [CHANGE, 'brightwell']) })
	]);
	const at = (requestedAt: string, responseCode: string | null, fields: object = {}) => ({
		requestedAt,
		responseCode,
		...fields
	});
	const { status, body } = await system.post('/service-requests', [
		aRequest(first),
		aRequest(first, at('2026-11-05T01:00:00.000Z', 'I0')),
		aRequest(second, at('2026-11-03T23:59:59.999Z', 'E1', { serviceReferenceVariant: '4.10' })),
		aRequest(second, at('2026-11-04T00:00:00.000Z', 'E55', { serviceReferenceVariant: '4.10' })),
		aRequest(second, at('2026-10-29T23:59:59.999Z', 'I0')),
		aRequest(changed, at('2026-11-03T23:00:00.000Z', 'I0')),
		aRequest(changed, at('2026-11-04T01:00:00.000Z', null)),
		aRequest(theirs),
		aRequest(first, { userId: HOME_WATT, userRole: 'OU', userName: 'HomeWatt' }),
		aRequest(
			theirs,
			at('2026-11-05T03:00:00.000Z', 'I0', {
				userId: BRIGHTWELL_USER_ID,
				userRole: 'IS',
				userName: 'Brightwell'
			})
		)
	]);
	expect([status, body.rejected]).toEqual([202, []]);
	await system.post('/alerts', [anAlert(first), anAlert(second, { code: '8F35' }), anAlert(theirs)]);
	await settled(system);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const read = async (userId: string, slug = 'brightwell', query = PERIOD): Promise<Sender> =>
	(await system.get(slug, `/senders/${userId}?${query}`)).body;
const outcomes = (success: number, failure: number, noAnswer: number, neverSent: number) => ({
	success,
	failure,
	'no-answer': noAnswer,
	'never-sent': neverSent
});

describe('a User as a sender', () => {
	it('has its requests to the Devices of the Supplier, by SRV, outcome and day', async () => {
		const sender = await read(NORTH_GRID_USER_ID);
		expect(sender).toMatchObject({
			userId: NORTH_GRID_USER_ID,
			own: false,
			names: ['North Grid'],
			roles: ['ED'],
			since: '2026-10-30T00:00:00.000Z',
			until: '2026-11-06T00:00:00.000Z'
		});
		expect(sender.requests).toMatchObject({ total: 5, devices: 3, atLeast: false });
		expect(sender.requests.byVariant).toEqual([
			{
				serviceReferenceVariant: '6.5',
				userRole: 'ED',
				requests: 3,
				devices: 2,
				outcomes: outcomes(1, 0, 2, 0)
			},
			{
				serviceReferenceVariant: '4.10',
				userRole: 'ED',
				requests: 2,
				devices: 1,
				outcomes: outcomes(0, 1, 0, 1)
			}
		]);
		expect(sender.requests.byDay).toHaveLength(7);
		expect(sender.requests.byDay.slice(-3)).toEqual([
			{ day: '2026-11-03', outcomes: outcomes(0, 0, 0, 1) },
			{ day: '2026-11-04', outcomes: outcomes(0, 1, 1, 0) },
			{ day: '2026-11-05', outcomes: outcomes(1, 0, 1, 0) }
		]);
	});

	it('has the Alerts that followed, with tiers and decisions', async () => {
		const [alert] = await system.alerts('brightwell', `?device=${first}`);
		const decided = await system.call('POST', `/alerts/${alert!.id}/decision`, 'brightwell', {
			verdict: 'ignorable',
			reason: 'other-user-command',
			version: alert!.version
		});
		expect(decided.status).toBe(200);
		const { alerts } = await read(NORTH_GRID_USER_ID);
		expect(alerts).toMatchObject({ total: 1, suspect: 1, atLeast: false });
		expect(alerts.byCode).toEqual([
			{
				code: '8F30',
				name: alert!.name,
				total: 1,
				tiers: { exact: 0, strong: 1, weak: 0 },
				actionable: 0,
				ignorable: 1,
				undecided: 0
			}
		]);
	});

	it('counts one request once that the installation and the own key fed', async () => {
		const part = aRequest(first, {
			userId: BRIGHTWELL_USER_ID,
			requestedAt: '2026-11-01T10:00:00.000Z',
			responseCode: null
		});
		const before = (await read(BRIGHTWELL_USER_ID)).requests.total;
		await system.post('/service-requests', part);
		const response = { respondedAt: '2026-11-01T10:00:09.000Z', responseCode: 'I0' };
		const own = await system.call('POST', '/service-requests', 'brightwell', { ...part, ...response });
		expect([own.status, own.body.accepted]).toEqual([202, 1]);
		const { requests } = await read(BRIGHTWELL_USER_ID);
		expect(requests.total).toBe(before + 1);
		expect(requests.byDay.find(({ day }) => day === '2026-11-01')!.outcomes).toEqual(outcomes(1, 0, 0, 0));
	});

	it('says "at least" when there are more requests or Alerts than it counts', async () => {
		const { pool, close } = openDatabase(system.databaseUrl, 'causeway_web', 2);
		const { rows } = await pool.query<{ id: number }>(`select id from supplier where slug = 'brightwell'`);
		const limited = createSenderReader(pool, new Set(), { requests: 2, alerts: 1, seconds: 6, fewer: 1 });
		const sender = await limited.of(rows[0]!.id, NORTH_GRID_USER_ID, {
			days: 7,
			until: Date.parse('2026-11-06T00:00:00.000Z')
		});
		expect(sender.requests).toMatchObject({ total: 2, atLeast: true });
		expect(sender.alerts.atLeast).toBe(true);
		await close();
	});

	it('refuses a text that is no id, and a time that is too long', async () => {
		expect((await system.get('brightwell', '/senders/undisclosed')).status).toBe(404);
		expect((await system.get('brightwell', `/senders/${NORTH_GRID_USER_ID}?days=31`)).status).toBe(400);
		expect((await system.call('GET', `/senders/${NORTH_GRID_USER_ID}`, '*')).status).toBe(403);
	});

	it('begins at a whole day in UTC', () => {
		const noon = Date.parse('2026-11-05T12:00:00.000Z');
		expect(new Date(sinceOf(noon, 1)).toISOString()).toBe('2026-11-05T00:00:00.000Z');
		expect(new Date(sinceOf(Date.parse('2026-11-06T00:00:00.000Z'), 1)).toISOString()).toBe(
			'2026-11-05T00:00:00.000Z'
		);
	});
});

describe('the isolation of senders', () => {
	const withoutId = ({ userId: _, ...rest }: Sender) => rest;

	it("shows nothing of requests to another Supplier's Devices, or of before the tenure", async () => {
		const halden = await read(NORTH_GRID_USER_ID, 'halden');
		expect(halden.requests).toMatchObject({ total: 2, devices: 2 });
		expect(halden.alerts).toMatchObject({ total: 1 });
		expect(JSON.stringify(await read(NORTH_GRID_USER_ID))).not.toContain(theirs);
	});

	it('answers for a User of a role that is not disclosed as for a User that does not exist', async () => {
		const nobody = await read(NOBODY);
		expect(nobody).toMatchObject({ names: [], roles: [], requests: { total: 0 }, alerts: { total: 0 } });
		expect(withoutId(await read(HOME_WATT))).toEqual(withoutId(nobody));
	});

	it('shows the own requests always, and only to their Supplier', async () => {
		expect(await read(BRIGHTWELL_USER_ID)).toMatchObject({ own: true, requests: { total: 2 } });
		// The request went to a Device of Halden, in its tenure.
		expect(await read(BRIGHTWELL_USER_ID, 'halden')).toMatchObject({ own: false, requests: { total: 1 } });
	});
});

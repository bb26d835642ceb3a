// Tests the shelf: Alerts are put aside for a limited time, are still undecided, and return by themselves, also after a
// killed worker, and at once when new evidence changes their explanation.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { explained, ofDevice } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { aRequest } from '../../support/records.ts';
import { eventually, startSystem, type Answer, type System } from '../../support/system.ts';

let system: System;
let sam: Member;
let alex: Member;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-20T00:00:00.000Z' });
	sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
	alex = await joinAs(system, 'brightwell', 'lead', 'Alex Lead');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const shelve = (alert: Pick<Alert, 'id' | 'version'>, fields: object = {}, by = sam): Promise<Answer> =>
	by.call('POST', `/alerts/${alert.id}/shelving`, { for: '30m', version: alert.version, ...fields });
const current = async (id: string): Promise<Alert> => (await sam.call('GET', `/alerts/${id}`)).body;
const actionsOf = async (id: string) =>
	(
		await system.database.query(
			'select kind, why, done_by, note from desk_action where alert_id = $1 order by id',
			[id]
		)
	).rows;
/** Lets the time on the shelf be over now. */
const expire = (id: string) =>
	system.database.query(`update supplier_alert set shelved_until = now() where alert_id = $1`, [id]);

async function one(fields: object = {}): Promise<Alert> {
	return (await explained(system, 1, { ...fields })).alerts[0]!;
}

describe('a shelved Alert', () => {
	it('is undecided, says who shelved it until when, and has its own view', async () => {
		const alert = await one();
		const socket = await system.connect('brightwell');
		const pushed = new Promise<Alert>((done) =>
			socket.on('alert:changed', ({ items }: AlertChanged) => {
				const item = items.find(({ id, shelved }) => id === alert.id && shelved);
				if (item) done(item);
			})
		);
		const { status, body } = await shelve(alert, { note: 'waiting for North Grid' });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			version: alert.version + 1,
			decision: null,
			shelved: { by: 'Sam Controller', note: 'waiting for North Grid' }
		});
		expect(Date.parse(body.shelved.until) - Date.parse(body.shelved.at)).toBe(30 * 60_000);
		expect((await pushed).shelved).toEqual(body.shelved);
		const views = await Promise.all(
			['&shelved=true', '&shelved=false', '&shelved=any', '', '&decision=open'].map(
				async (query) => (await ofDevice(system, alert.deviceId, query)).length
			)
		);
		expect(views).toEqual([1, 0, 1, 1, 1]);
		expect((await sam.call('GET', '/desk')).body.shelved).toBeGreaterThan(0);
	});

	it('is a conflict for a person who saw it before, and of another Supplier there is none', async () => {
		const alert = await one();
		await shelve(alert);
		expect((await shelve(alert, {}, alex)).status).toBe(409);
		const decision = { verdict: 'ignorable', reason: 'information', version: alert.version };
		expect((await alex.call('POST', `/alerts/${alert.id}/decision`, decision)).status).toBe(409);
		const hal = await joinAs(system, 'halden', 'controller', 'Hal Controller');
		expect((await shelve(alert, {}, hal)).status).toBe(404);
		expect((await hal.call('GET', '/desk')).body.shelved).toBe(0);
	});

	it('returns by itself when its time is over; a person who saw it shelved can still decide it', async () => {
		const alert = await one();
		const shelved = (await shelve(alert)).body as Alert;
		await expire(alert.id);
		await eventually(async () => expect((await current(alert.id)).shelved).toBeNull());
		expect(await actionsOf(alert.id)).toMatchObject([
			{ kind: 'shelved', done_by: 'Sam Controller' },
			{ kind: 'returned', why: 'time', done_by: null }
		]);
		const decision = { verdict: 'ignorable', reason: 'information', version: shelved.version };
		expect((await alex.call('POST', `/alerts/${alert.id}/decision`, decision)).status).toBe(200);
	});

	it('returns after the worker was killed, and once, although two workers look', async () => {
		const alert = await one();
		await shelve(alert);
		await system.killWorker();
		await expire(alert.id);
		expect((await current(alert.id)).shelved).not.toBeNull();
		await Promise.all([system.startWorker(), system.startWorker()]);
		await eventually(async () => expect((await current(alert.id)).shelved).toBeNull());
		const returns = (await actionsOf(alert.id)).filter(({ kind }) => kind === 'returned');
		expect(returns).toHaveLength(1);
	});

	it('returns at once when new evidence changes its explanation', async () => {
		const alert = await one({ code: '8F30' });
		expect(alert.explanation).toBe('unexplained');
		expect((await shelve(alert, { for: 'next-change' })).status).toBe(200);
		await system.post('/service-requests', aRequest(alert.deviceId));
		await eventually(async () => {
			expect(await current(alert.id)).toMatchObject({ explanation: 'likely', shelved: null });
		});
		expect((await actionsOf(alert.id)).at(-1)).toMatchObject({ kind: 'returned', why: 'evidence' });
	});

	it('stays on the shelf when evidence leaves its explanation as it is', async () => {
		const alert = await one();
		await shelve(alert);
		await system.post('/devices', {
			deviceId: alert.deviceId,
			deviceType: 'ESME',
			area: 'SW1',
			tenures: [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: null }]
		});
		await eventually(async () => expect((await current(alert.id)).area).toBe('SW1'));
		expect((await current(alert.id)).shelved).not.toBeNull();
	});

	it('leaves the shelf by hand, and by a decision', async () => {
		const [first, second] = [await one(), await one()];
		const shelved = (await shelve(first)).body as Alert;
		expect((await shelve(shelved, { for: null })).body.shelved).toBeNull();
		expect((await actionsOf(first.id)).at(-1)).toMatchObject({ why: 'person', done_by: 'Sam Controller' });
		const { version } = (await shelve(second)).body as Alert;
		const decision = { verdict: 'ignorable', reason: 'information', version };
		const decided = (await sam.call('POST', `/alerts/${second.id}/decision`, decision)).body as Alert;
		expect(decided).toMatchObject({ shelved: null, decision: { verdict: 'ignorable' } });
		expect((await actionsOf(second.id)).at(-1)).toMatchObject({ kind: 'returned', why: 'decision' });
		expect((await shelve(decided)).status).toBe(422);
	});
});

describe('the limits of the shelf', () => {
	it('refuse physical tamper, and give priority 1 at most 30 minutes', async () => {
		const tamper = await shelve(await one({ code: '8F3F' }));
		expect([tamper.status, tamper.body.detail]).toEqual([422, expect.stringContaining('tamper')]);
		const urgent = await one({ code: '8F30' });
		expect(urgent.priority).toBe(1);
		expect((await shelve(urgent, { for: '2h' })).status).toBe(422);
		expect((await shelve(urgent, { for: '30m' })).status).toBe(200);
	});

	it('follow the shifts of the Supplier, which only those who manage may set', async () => {
		const inAnHour = new Date(Date.now() + 3_600_000).toISOString().slice(11, 16);
		const hours = { timeZone: 'UTC', starts: [inAnHour] };
		expect((await sam.call('PUT', '/shift-hours', hours)).status).toBe(403);
		expect((await alex.call('PUT', '/shift-hours', { ...hours, timeZone: 'Nowhere' })).status).toBe(400);
		expect((await alex.call('PUT', '/shift-hours', hours)).status).toBe(200);
		expect((await sam.call('GET', '/shift-hours')).body).toEqual(hours);
		const { body } = await shelve(await one(), { for: 'end-of-shift' });
		expect(body.shelved.until.slice(11, 16)).toBe(inAnHour);
	});
});

describe('shelving several Alerts', () => {
	it('shelves those that have not changed, and names conflicts and refusals one by one', async () => {
		const { alerts } = await explained(system, 2);
		const tamper = await one({ code: '8F3F' });
		const items = [...alerts, tamper].map(({ id, version }) => ({ id, version }));
		await shelve(alerts[0]!, {}, alex);
		const { status, body } = await sam.call('POST', '/shelvings', { items, for: '30m' });
		expect(status).toBe(200);
		expect(body.done).toEqual([alerts[1]!.id]);
		expect(body.conflicts).toMatchObject([{ id: alerts[0]!.id }]);
		expect(body.refused).toMatchObject([{ id: tamper.id, why: expect.stringContaining('tamper') }]);
	});

	it('shelves the open members of an episode', async () => {
		const { deviceId } = await explained(system, 4);
		const episode = await eventually(async () => {
			const [alert] = await ofDevice(system, deviceId);
			const { status, body } = await sam.call('GET', `/episodes/${alert!.episodeId}`);
			expect([status, body.members]).toEqual([200, 4]);
			return body;
		});
		const { body } = await sam.call('POST', '/shelvings', {
			episode: episode.id,
			version: episode.version,
			for: '2h'
		});
		expect(body.done).toHaveLength(4);
		expect(await ofDevice(system, deviceId, '&shelved=true')).toHaveLength(4);
	});

	it('shelves a selection', async () => {
		const { deviceId } = await explained(system, 3);
		const { body: selection } = await sam.call('POST', '/selections', { device: deviceId, shelved: 'false' });
		await sam.call('POST', '/shelvings', { selection: selection.id, for: '2h' });
		await eventually(async () => {
			const { body } = await sam.call('GET', `/selections/${selection.id}`);
			expect(body).toMatchObject({ state: 'done', done: 3, refused: 0 });
		});
		expect(await ofDevice(system, deviceId, '&shelved=true')).toHaveLength(3);
	});
});

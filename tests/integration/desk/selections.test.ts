// Tests frozen selections: a person acts on exactly the Alerts that matched, although others arrive, change or are decided
// meanwhile, and although the worker is killed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explained, ofDevice, post } from '../../support/desk.ts';
import { holdFeed } from '../../support/held-lock.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let sam: Member;
let alex: Member;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
	alex = await joinAs(system, 'brightwell', 'controller', 'Alex Controller');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const IGNORE = { verdict: 'ignorable', reason: 'information' };

const freeze = async (deviceId: string, by = sam): Promise<{ id: string; count: number }> => {
	const { status, body } = await by.call('POST', '/selections', { device: deviceId, decision: 'open' });
	expect([status, body.state]).toEqual([201, 'frozen']);
	return body;
};
const decide = (selection: string, fields: object = IGNORE, by = sam) =>
	by.call('POST', '/decisions', { selection, ...fields });
const ended = (id: string) =>
	eventually(
		async () => {
			const { body } = await sam.call('GET', `/selections/${id}`);
			expect(body.state).toBe('done');
			return body;
		},
		{ timeout: 30_000 }
	);
const decisionsOf = async (deviceId: string): Promise<number> => {
	const { rows } = await system.database.query<{ count: number }>(
		`select count(*)::int as count from decision d join supplier_alert s using (supplier_id, alert_id) where s.device_id = $1`,
		[deviceId]
	);
	return rows[0]!.count;
};

describe('a decision on a selection', () => {
	it('decides all selected Alerts in batches, and none that arrive later', async () => {
		const { deviceId } = await explained(system, 1203);
		const { id, count } = await freeze(deviceId);
		expect(count).toBe(1203);
		await post(system, deviceId, 20);
		await eventually(async () => expect(await ofDevice(system, deviceId)).toHaveLength(1223));
		expect(await decide(id)).toMatchObject({ status: 202, body: { id, count: 1203 } });
		expect(await ended(id)).toMatchObject({ done: 1203, conflicts: 0, refused: 0 });
		const decided = await ofDevice(system, deviceId, '&decision=ignorable');
		expect(decided).toHaveLength(1203);
		expect(decided[0]!.decision).toMatchObject({ ...IGNORE, by: 'Sam Controller' });
		expect(await ofDevice(system, deviceId, '&decision=open')).toHaveLength(20);
		expect(await decisionsOf(deviceId)).toBe(1203);
	});

	it('names each Alert that changed after the selection, in pages, and leaves it as it is', async () => {
		const { deviceId, alerts } = await explained(system, 600);
		const { id } = await freeze(deviceId);
		const changed = [alerts[0]!, alerts[1]!, alerts[599]!];
		for (const alert of changed) {
			const decision = { verdict: 'actionable', reason: 'no-command', version: alert.version };
			expect((await alex.call('POST', `/alerts/${alert.id}/decision`, decision)).status).toBe(200);
		}
		await decide(id);
		expect(await ended(id)).toMatchObject({ done: 597, conflicts: 3, refused: 0 });
		const first = (await sam.call('GET', `/selections/${id}/conflicts`)).body;
		const second = (await sam.call('GET', `/selections/${id}/conflicts?cursor=${first.nextCursor}`)).body;
		const named = [...first.items, ...second.items];
		expect(second.nextCursor).toBeNull();
		expect(named.map((item: { id: string }) => item.id)).toEqual(changed.map((alert) => alert.id));
		expect(named[0].version).toBeGreaterThan(alerts[0]!.version);
		expect(named[0].why).toBe('The Alert has changed since it was selected.');
		expect(await ofDevice(system, deviceId, '&decision=actionable')).toHaveLength(3);
	});

	it('is done once if it is sent again, and refuses another action', async () => {
		const { deviceId } = await explained(system, 5);
		const { id } = await freeze(deviceId);
		const statuses = (await Promise.all(Array.from({ length: 5 }, () => decide(id)))).map(
			({ status }) => status
		);
		expect(statuses).toEqual(Array(5).fill(202));
		await ended(id);
		expect(await decide(id)).toMatchObject({ status: 202, body: { state: 'done', done: 5 } });
		expect((await decide(id, { verdict: 'actionable', reason: 'no-command' })).status).toBe(409);
		expect(await decisionsOf(deviceId)).toBe(5);
	});

	it('goes on after a worker is killed within a batch, and decides nothing twice', async () => {
		const { deviceId } = await explained(system, 2000);
		const { id } = await freeze(deviceId);
		{
			await using feed = await holdFeed(system, 'brightwell');
			await decide(id);
			await eventually(async () => {
				// The worker holds the row of the batch, and waits for the lock of the feed.
				const { rows } = await system.database.query(
					'select from selection_batch where selection_id = $1 for update skip locked',
					[id]
				);
				expect(rows).toHaveLength(3);
			});
			await system.killWorker();
			await feed.release();
		}
		expect((await sam.call('GET', `/selections/${id}`)).body).toMatchObject({ state: 'running', done: 0 });
		await system.startWorker();
		expect(await ended(id)).toMatchObject({ done: 2000, conflicts: 0 });
		expect(await decisionsOf(deviceId)).toBe(2000);
	});

	it('goes on if Redis loses the job', async () => {
		const { deviceId } = await explained(system, 2);
		const { id } = await freeze(deviceId);
		await system.killWorker();
		await decide(id);
		await system.services.redis.flushDb();
		await system.startWorker();
		expect(await ended(id)).toMatchObject({ done: 2 });
	});

	it('is pushed to connected clients without a gap', async () => {
		const { deviceId } = await explained(system, 3);
		const { id } = await freeze(deviceId);
		const socket = await system.connect('brightwell');
		const seen = new Set<string>();
		socket.on('decision:recorded', ({ items }: { items: Array<{ id: string }> }) =>
			items.forEach((item) => seen.add(item.id))
		);
		await decide(id);
		await eventually(() => expect(seen.size).toBe(3));
	});
});

describe('the undoing of an action on a selection', () => {
	const undo = (id: string, by = sam) => by.call('POST', `/selections/${id}/undo`, {});

	it('reopens exactly the Alerts that the action decided, but not one that changed since', async () => {
		const { deviceId, alerts } = await explained(system, 600);
		const { id } = await freeze(deviceId);
		const [before, after] = [alerts[0]!, alerts[1]!];
		const visit = { verdict: 'actionable', reason: 'visit' };
		await alex.call('POST', `/alerts/${before.id}/decision`, { ...visit, version: before.version });
		await decide(id);
		await ended(id);
		const { version } = (await sam.call('GET', `/alerts/${after.id}`)).body;
		await alex.call('POST', `/alerts/${after.id}/decision`, { ...visit, version });
		expect((await undo(id, alex)).status).toBe(404);
		const undoing = await undo(id);
		expect(undoing).toMatchObject({ status: 202, body: { count: 599 } });
		expect(await ended(undoing.body.id)).toMatchObject({ done: 598, conflicts: 1, refused: 0 });
		expect(await ofDevice(system, deviceId, '&decision=open')).toHaveLength(598);
		expect((await ofDevice(system, deviceId, '&decision=actionable')).map((alert) => alert.id)).toEqual([
			before.id,
			after.id
		]);
	});

	it.each([
		['shelving', '/shelvings', { for: '30m' }, 'shelved=true'],
		['assignment', '/assignments', { to: 'me' }, 'assignee=me']
	])('ends a %s', async (_, path, action, filter) => {
		const { deviceId } = await explained(system, 3, { code: '8F1C' });
		const { id } = await freeze(deviceId);
		expect((await undo(id)).status).toBe(409);
		await sam.call('POST', path, { selection: id, ...action });
		const acted = await ended(id);
		const matching = async () =>
			(await sam.call('GET', `/alerts?device=${deviceId}&${filter}`)).body.items.length;
		expect(await matching()).toBe(acted.done);
		expect(acted.done).toBeGreaterThan(0);
		const undoing = await undo(id);
		expect(await ended(undoing.body.id)).toMatchObject({ done: acted.done, conflicts: 0 });
		expect(await matching()).toBe(0);
		expect((await undo(undoing.body.id)).status).toBe(409);
	});
});

describe('a selection', () => {
	it('can be used and read only by the person who made it', async () => {
		const { deviceId } = await explained(system, 1);
		const { id } = await freeze(deviceId);
		const halden = await joinAs(system, 'halden', 'controller', 'Hal Controller');
		for (const other of [alex, halden]) {
			expect((await other.call('GET', `/selections/${id}`)).status).toBe(404);
			expect((await other.call('GET', `/selections/${id}/conflicts`)).status).toBe(404);
			expect((await decide(id, IGNORE, other)).status).toBe(404);
		}
		expect(await decisionsOf(deviceId)).toBe(0);
	});

	it('has no Alert of another Supplier', async () => {
		await explained(system, 1);
		const halden = await joinAs(system, 'halden', 'lead', 'Hanna Lead');
		const { status, body } = await halden.call('POST', '/selections', {});
		expect([status, body.count]).toEqual([201, 0]);
		expect(await halden.call('POST', '/decisions', { selection: body.id, ...IGNORE })).toMatchObject({
			status: 202,
			body: { state: 'done', done: 0 }
		});
	});

	it('expires after 15 minutes if no action has started', async () => {
		const { deviceId } = await explained(system, 1);
		const { id } = await freeze(deviceId);
		await system.database.query(`update selection set expires_at = now() where id = $1`, [id]);
		expect((await decide(id)).status).toBe(410);
		expect((await sam.call('GET', `/selections/${id}`)).body.state).toBe('expired');
		expect(await decisionsOf(deviceId)).toBe(0);
	});

	it('is refused for filters that are not known, and for a person who may not decide', async () => {
		const viewer = await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
		expect((await sam.call('POST', '/selections', { devcie: 'x' })).status).toBe(400);
		expect((await viewer.call('POST', '/selections', {})).status).toBe(403);
	});
});

// Tests assignments: a person takes an Alert or gives it to another person of the same Supplier, exactly and live.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { explained, ofDevice } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
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

const assign = (alert: Pick<Alert, 'id' | 'version'>, to: string | null, by = sam): Promise<Answer> =>
	by.call('POST', `/alerts/${alert.id}/assignment`, { to, version: alert.version });
const idOf = async (name: string): Promise<string> => {
	const { body } = await sam.call('GET', '/desk/people');
	return body.items.find((person: { name: string }) => person.name === name).id;
};
const one = async (): Promise<Alert> => (await explained(system, 1)).alerts[0]!;

describe('an assignment', () => {
	it('says who looks at the Alert, reaches connected clients, and ends', async () => {
		const alert = await one();
		const socket = await system.connect('brightwell');
		const pushed = new Promise<Alert>((done) =>
			socket.on('alert:changed', ({ items }: { items: Alert[] }) => {
				const item = items.find(({ id, assignee }) => id === alert.id && assignee);
				if (item) done(item);
			})
		);
		const { status, body } = await assign(alert, 'me');
		expect([status, body.assignee.name, body.decision]).toEqual([200, 'Sam Controller', null]);
		expect((await pushed).assignee).toEqual(body.assignee);
		const given = await assign(body, await idOf('Alex Lead'));
		expect(given.body.assignee.name).toBe('Alex Lead');
		expect((await assign(given.body, null)).body.assignee).toBeNull();
		const { rows } = await system.database.query(
			`select kind, assignee->>'name' as name, done_by from desk_action where alert_id = $1 order by id`,
			[alert.id]
		);
		expect(rows.map(({ name }) => name)).toEqual(['Sam Controller', 'Alex Lead', null]);
	});

	it('is filtered by me, none and a person, and counted for the person who calls', async () => {
		const { deviceId, alerts } = await explained(system, 3);
		await assign(alerts[0]!, 'me', alex);
		await assign(alerts[1]!, 'me');
		const counts = async (by: Member) =>
			Promise.all(
				['me', 'none', await idOf('Alex Lead')].map(async (assignee) => {
					const { body } = await by.call('GET', `/alerts?device=${deviceId}&assignee=${assignee}`);
					return body.items.map(({ id }: Alert) => id);
				})
			);
		const [first, second, third] = alerts.map(({ id }) => id);
		expect(await counts(alex)).toEqual([[first], [third], [first]]);
		expect(await counts(sam)).toEqual([[second], [third], [first]]);
		expect((await alex.call('GET', '/desk')).body.mine).toBe(1);
	});

	it('is a conflict for a person who saw the Alert before', async () => {
		const alert = await one();
		const [first, second] = await Promise.all([assign(alert, 'me'), assign(alert, 'me', alex)]);
		expect([first.status, second.status].sort()).toEqual([200, 409]);
	});

	it('is refused to people who may not decide, of another Supplier, or who are a key', async () => {
		const alert = await one();
		await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
		const hal = await joinAs(system, 'halden', 'controller', 'Hal Controller');
		const { rows } = await system.database.query<{ id: string }>(
			`select id from "user" where name in ('Vic Viewer', 'Hal Controller')`
		);
		expect(rows).toHaveLength(2);
		for (const { id } of rows) expect((await assign(alert, id)).status).toBe(422);
		expect((await assign(alert, 'me', hal)).status).toBe(404);
		const byKey = await system.call('POST', `/alerts/${alert.id}/assignment`, 'brightwell', {
			to: 'me',
			version: alert.version
		});
		expect(byKey.status).toBe(403);
		const people = (await hal.call('GET', '/desk/people')).body.items;
		expect(people.map(({ name }: { name: string }) => name)).toEqual(['Hal Controller']);
	});

	it('covers several Alerts, the open members of an episode, and a selection', async () => {
		const { deviceId, alerts } = await explained(system, 4);
		const items = alerts.slice(0, 2).map(({ id, version }) => ({ id, version }));
		await assign(alerts[0]!, 'me', alex);
		const bulk = (await sam.call('POST', '/assignments', { items, to: 'me' })).body;
		expect([bulk.done, bulk.conflicts.length]).toEqual([[alerts[1]!.id], 1]);
		const episode = await eventually(async () => {
			const [alert] = await ofDevice(system, deviceId);
			const { status, body } = await sam.call('GET', `/episodes/${alert!.episodeId}`);
			expect([status, body.members]).toEqual([200, 4]);
			return body;
		});
		const whole = { episode: episode.id, version: episode.version, to: 'me' };
		expect((await sam.call('POST', '/assignments', whole)).body.done).toHaveLength(4);
		const { body: selection } = await alex.call('POST', '/selections', { device: deviceId });
		await alex.call('POST', '/assignments', { selection: selection.id, to: 'me' });
		await eventually(async () =>
			expect(await ofDevice(system, deviceId, `&assignee=${await idOf('Alex Lead')}`)).toHaveLength(4)
		);
	});
});

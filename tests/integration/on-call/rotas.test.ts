// Tests rotas over HTTP: saving, refusals, who is on call, and that one Supplier knows nothing of another's rotas.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let ben: Member;
let haldenLead: Member;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	lead = await joinAs(system, 'brightwell', 'lead', 'Ada Lead');
	ben = await joinAs(system, 'brightwell', 'on-call', 'Ben Oncall');
	haldenLead = await joinAs(system, 'halden', 'lead', 'Hal Lead');
	await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/** Ada and Ben in turn, a week each, from Monday 2 November 2026 on. */
const weekly = (people = [lead.email, ben.email]) => ({
	timeZone: 'Europe/London',
	layers: [{ people, start: '2026-11-02T09:00', handoff: 'P1W' }]
});
const put = (name: string, rota: object, who = lead) =>
	who.call('PUT', `/on-call/rotas/${encodeURIComponent(name)}`, rota);

describe('saving a rota', () => {
	it('answers with the rota, its people, and its shifts', async () => {
		const saved = await put('Meters by night', { ...weekly(), overrides: [] });
		expect(saved).toMatchObject({
			status: 200,
			body: {
				...weekly(),
				name: 'Meters by night',
				overrides: [],
				swaps: [],
				absences: [],
				people: [
					{ email: lead.email, name: 'Ada Lead', active: true },
					{ email: ben.email, name: 'Ben Oncall', active: true }
				],
				gaps: [],
				savedBy: 'Ada Lead'
			}
		});
		expect(saved.body.shifts.length).toBeGreaterThan(3);
		const read = await ben.call(
			'GET',
			'/on-call/rotas/Meters%20by%20night?from=2026-11-03T00:00:00Z&to=2026-11-10T00:00:00Z'
		);
		expect(read.body.shifts).toEqual([
			{
				person: lead.email,
				name: 'Ada Lead',
				from: '2026-11-02T09:00:00.000Z',
				to: '2026-11-09T09:00:00.000Z',
				why: 'layer',
				change: null
			},
			expect.objectContaining({ person: ben.email, from: '2026-11-09T09:00:00.000Z' })
		]);
	});

	it('keeps lists of changes that the call leaves out, and the authors of changes that it repeats', async () => {
		const override = { person: ben.email, from: '2026-11-03T18:00:00.000Z', to: '2026-11-03T22:00:00.000Z' };
		const first = (await put('kept', { ...weekly(), overrides: [override] })).body.overrides;
		expect(first).toEqual([{ ...override, id: expect.any(String), by: 'Ada Lead' }]);
		expect((await put('kept', weekly())).body.overrides).toEqual(first);
		const second = { ...override, from: '2026-11-04T18:00:00.000Z', to: '2026-11-04T22:00:00.000Z' };
		const key = await addApiKey(system.database, await supplierId('brightwell'), ['manage']);
		const both = await system.call('PUT', '/on-call/rotas/kept', key, {
			...weekly(),
			overrides: [...first, { ...second, id: 'made up', by: 'Mallory' }]
		});
		expect(both.body.overrides).toEqual([
			first[0],
			{ ...second, id: expect.any(String), by: expect.any(String) }
		]);
		expect(both.body.overrides[1].id).not.toBe('made up');
		expect(both.body.overrides[1].by).not.toBe('Mallory');
		expect((await put('kept', { ...weekly(), overrides: [] })).body.overrides).toEqual([]);
	});

	it('shows the first instant of a layer in UTC, and a local beginning as it was given', async () => {
		const layer = weekly().layers[0]!;
		const { body } = await put('beginnings', {
			...weekly(),
			layers: [layer, { ...layer, start: '2026-11-02T10:00:00+01:00' }]
		});
		expect(body.layers.map(({ start }: { start: string }) => start)).toEqual([
			'2026-11-02T09:00',
			'2026-11-02T09:00:00.000Z'
		]);
	});

	it('refuses people who cannot be on call, and names each', async () => {
		const disabled = await joinAs(system, 'brightwell', 'controller', 'Dee Disabled');
		await system.database.query(
			'update member set disabled_at = now() where user_id = (select id from "user" where email = $1)',
			[disabled.email]
		);
		const people = [
			lead.email,
			'nobody@brightwell.example',
			disabled.email,
			'vic.viewer@brightwell.example',
			haldenLead.email
		];
		const { status, body } = await put('refused', weekly(people));
		expect(status).toBe(422);
		for (const email of people.slice(1)) expect(body.detail).toContain(email);
		expect(body.detail).not.toContain(lead.email);
		expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(
			[1, 2, 3, 4].map((i) => `layers.0.people.${i}`)
		);
		expect((await lead.call('GET', '/on-call/rotas/refused')).status).toBe(404);
	});

	it('refuses hours that nobody covers, and names them in local time and in UTC, each once a week', async () => {
		const layer = {
			...weekly().layers[0]!,
			start: nextMonday(),
			restrictions: [{ days: ['MO', 'TU', 'WE', 'TH', 'FR'], from: '00:00', to: '24:00' }]
		};
		const { status, body } = await put('with gap', { timeZone: 'Europe/London', layers: [layer] });
		expect(status).toBe(422);
		expect(body.detail).toMatch(
			/^Nobody would be on call in these hours: every week, Saturday 00:00 to Monday 00:00 \(Europe\/London\), in UTC 20\d\d-\d\d-\d\d 00:00 to /
		);
		expect(body.gaps).toEqual([
			{
				from: expect.stringMatching(/T00:00:00.000Z$/),
				to: expect.stringMatching(/T00:00:00.000Z$/),
				local: 'every week, Saturday 00:00 to Monday 00:00 (Europe/London)',
				times: expect.any(Number)
			}
		]);
		expect(body.gaps[0].times).toBeGreaterThanOrEqual(8);
	});

	it('refuses a rota that does not fit its description, and names the fields', async () => {
		const { status, body } = await put('bad', { timeZone: 'Europe/Lundon', layers: [] });
		expect(status).toBe(400);
		expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['timeZone', 'layers']);
		expect((await put('.bad', weekly())).status).toBe(400);
	});

	it('is for people and keys that may manage', async () => {
		expect((await put('not mine', weekly(), ben)).body.detail).toMatch(
			/cannot change channels, rotas, routes/
		);
		const reader = await addApiKey(system.database, await supplierId('brightwell'), ['read', 'decide']);
		expect((await system.call('PUT', '/on-call/rotas/x', reader, weekly())).status).toBe(403);
	});
});

describe('who is on call', () => {
	it('is answered for one rota at any time, with the next person', async () => {
		await put('now', weekly());
		const answer = await system.get('brightwell', '/on-call/now?rota=now&at=2026-11-05T12:00:00Z');
		expect(answer).toMatchObject({
			status: 200,
			body: {
				person: lead.email,
				name: 'Ada Lead',
				until: '2026-11-09T09:00:00.000Z',
				next: {
					person: ben.email,
					name: 'Ben Oncall',
					from: '2026-11-09T09:00:00.000Z',
					until: '2026-11-16T09:00:00.000Z'
				}
			}
		});
		expect(
			(await system.get('brightwell', '/on-call/now?rota=now&at=2026-10-05T12:00:00Z')).body
		).toMatchObject({
			person: null,
			name: null,
			until: '2026-11-02T09:00:00.000Z'
		});
		const present = (await system.get('brightwell', '/on-call/now?rota=now')).body;
		expect([lead.email, ben.email]).toContain(present.person);
	});

	it('is answered for all rotas without a name, and in the list of rotas', async () => {
		await put('all', weekly([ben.email]));
		const { items } = (await system.get('brightwell', '/on-call/now')).body;
		expect(items).toContainEqual({
			rota: 'all',
			person: ben.email,
			name: 'Ben Oncall',
			until: null,
			next: null
		});
		const listed = (await system.get('brightwell', '/on-call/rotas')).body.items;
		expect(listed.find(({ name }: { name: string }) => name === 'all')).toMatchObject({
			now: { person: ben.email },
			people: [{ email: ben.email, active: true }]
		});
	});

	it('still names a person who has left, and says that the person is not active', async () => {
		const leaver = await joinAs(system, 'brightwell', 'controller', 'Lee Leaver');
		await put('left', weekly([leaver.email, ben.email]));
		await system.database.query(
			'update member set disabled_at = now() where user_id = (select id from "user" where email = $1)',
			[leaver.email]
		);
		const { body } = await system.get('brightwell', '/on-call/rotas/left');
		expect(body.people).toEqual([
			{ email: leaver.email, name: 'Lee Leaver', active: false },
			{ email: ben.email, name: 'Ben Oncall', active: true }
		]);
	});

	it('lists the people who may be on call: active people who may decide', async () => {
		const { items } = (await ben.call('GET', '/on-call/people')).body;
		expect(items).toContainEqual({ email: lead.email, name: 'Ada Lead', role: 'lead' });
		expect(items.map(({ name }: { name: string }) => name)).not.toContain('Vic Viewer');
		expect(items.map(({ name }: { name: string }) => name)).not.toContain('Hal Lead');
	});
});

describe('deleting a rota', () => {
	it('is refused while a route uses the rota, as its rota or in a step', async () => {
		await put('used', weekly());
		await put('stepped', weekly());
		const { rows } = await system.database.query<{ id: number }>(
			`insert into on_call_route (supplier_id, name, place, enabled, definition, saved_by)
			values ($1, 'storm', 1, true, $2, 'test') returning id`,
			[await supplierId('brightwell'), { rota: 'used', then: [{ rota: 'stepped' }] }]
		);
		for (const name of ['used', 'stepped']) {
			const { status, body } = await lead.call('DELETE', `/on-call/rotas/${name}`);
			expect(status).toBe(409);
			expect(body.detail).toBe('These routes use the rota: storm. Take the rota out of them first');
		}
		await system.database.query('delete from on_call_route where id = $1', [rows[0]!.id]);
		expect((await lead.call('DELETE', '/on-call/rotas/used')).status).toBe(204);
		expect((await lead.call('GET', '/on-call/rotas/used')).status).toBe(404);
		expect((await lead.call('DELETE', '/on-call/rotas/used')).status).toBe(404);
	});
});

describe('the rotas of another Supplier', () => {
	it('do not exist, and its people are unknown', async () => {
		await put('private', weekly());
		for (const [method, path] of [
			['GET', '/on-call/rotas/private'],
			['GET', '/on-call/now?rota=private'],
			['DELETE', '/on-call/rotas/private']
		] as const)
			expect((await haldenLead.call(method, path)).status).toBe(404);
		expect((await haldenLead.call('GET', '/on-call/rotas')).body.items).toEqual([]);
		expect((await haldenLead.call('GET', '/on-call/now')).body.items).toEqual([]);
		expect((await put('foreign', weekly(), haldenLead)).status).toBe(422);
		await put('private', weekly([haldenLead.email]), haldenLead);
		expect((await lead.call('GET', '/on-call/rotas/private')).body.people).toHaveLength(2);
		expect((await haldenLead.call('GET', '/on-call/rotas/private')).body.people).toHaveLength(1);
	});
});

async function supplierId(slug: string): Promise<number> {
	const { rows } = await system.database.query<{ id: number }>('select id from supplier where slug = $1', [
		slug
	]);
	return rows[0]!.id;
}

/** Returns the date of a Monday that lies one to two weeks ahead. */
function nextMonday(): string {
	const day = new Date(Date.now() + 7 * 24 * 3_600_000);
	while (day.getUTCDay() !== 1) day.setUTCDate(day.getUTCDate() + 1);
	return day.toISOString().slice(0, 10);
}

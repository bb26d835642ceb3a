// Tests saved views: private and shared, who may change them, their two counters, and that Suppliers never see each other's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SavedView, ViewCounts, ViewList } from '#lib/domain/desk/saved-view.ts';
import { explained } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let sam: Member;
let alex: Member;
let viewer: Member;
let foreigner: Member;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-20T00:00:00.000Z' });
	sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
	alex = await joinAs(system, 'brightwell', 'lead', 'Alex Lead');
	viewer = await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
	foreigner = await joinAs(system, 'halden', 'lead', 'Hal Lead');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const view = (more: Record<string, unknown> = {}) => ({
	name: 'Tamper in the north',
	base: 'needs-decision',
	filters: { code: ['8F3E'], notRole: ['own'], olderThan: '2h' },
	shared: false,
	...more
});
const save = async (by: Member, more: Record<string, unknown> = {}): Promise<SavedView> => {
	const { status, body } = await by.call('POST', '/views', view(more));
	expect(status).toBe(201);
	return body;
};
const list = async (by: Member): Promise<ViewList> => (await by.call('GET', '/views')).body;
const idsOf = async (by: Member): Promise<string[]> => (await list(by)).items.map(({ id }) => id);
const counts = async (by: Member, name: string): Promise<ViewCounts> =>
	(await by.call('GET', `/views/${name}/counts`)).body;

describe('a saved view', () => {
	it('keeps its name, its base and its filters, and only its owner sees a private one', async () => {
		const saved = await save(sam);
		expect(saved).toMatchObject({ ...view(), owner: 'Sam Controller', mayChange: true });
		expect((await list(sam)).items).toContainEqual(saved);
		expect(await idsOf(alex)).not.toContain(saved.id);
		for (const call of [
			alex.call('PUT', `/views/${saved.id}`, view()),
			alex.call('DELETE', `/views/${saved.id}`),
			alex.call('GET', `/views/${saved.id}/counts`),
			alex.call('PUT', `/views/${saved.id}/look`, { seenId: '1' })
		])
			expect((await call).status).toBe(404);
	});

	it('is seen by all people of the Supplier when it is shared, and by nobody else', async () => {
		const saved = await save(sam, { shared: true, name: 'Ours' });
		expect(await idsOf(viewer)).toContain(saved.id);
		expect((await list(viewer)).items.find(({ id }) => id === saved.id)!.mayChange).toBe(false);
		expect(await idsOf(foreigner)).not.toContain(saved.id);
		expect((await system.get('brightwell', '/views')).body.items.map(({ id }: SavedView) => id)).toContain(
			saved.id
		);
		for (const [method, path, body] of [
			['PUT', '', view()],
			['DELETE', '', undefined],
			['GET', '/counts', undefined],
			['PUT', '/look', { seenId: '1' }]
		] as const)
			expect((await foreigner.call(method, `/views/${saved.id}${path}`, body)).status).toBe(404);
		expect(await idsOf(sam)).toContain(saved.id);
	});

	it('is changed and deleted by its owner, and a shared one also by a lead', async () => {
		const saved = await save(sam, { shared: true });
		const other = await joinAs(system, 'brightwell', 'controller', 'Other Controller');
		expect((await other.call('PUT', `/views/${saved.id}`, view({ name: 'Mine now' }))).status).toBe(403);
		expect((await other.call('DELETE', `/views/${saved.id}`)).status).toBe(403);
		const changed = await alex.call('PUT', `/views/${saved.id}`, view({ name: 'Better', shared: true }));
		expect([changed.status, changed.body.name, changed.body.owner]).toEqual([
			200,
			'Better',
			'Sam Controller'
		]);
		await sam.call('PUT', `/views/${saved.id}/look`, { seenId: '5' });
		expect((await sam.call('DELETE', `/views/${saved.id}`)).status).toBe(204);
		expect(await idsOf(sam)).not.toContain(saved.id);
		expect((await list(sam)).looks.map((look) => look.view)).not.toContain(saved.id);
	});

	it('is saved privately by a viewer, who may not share it, and by no key', async () => {
		expect((await viewer.call('POST', '/views', view({ shared: true }))).status).toBe(403);
		await save(viewer);
		expect((await system.call('POST', '/views', 'brightwell', view())).status).toBe(403);
	});

	it.each([
		[{ filters: { cdoe: ['8F3E'] } }],
		[{ filters: { decision: 'any' } }],
		[{ filters: { olderThan: '2 weeks' } }],
		[{ base: 'everything' }],
		[{ name: ' ' }]
	])('is refused with %j', async (more) => {
		const { status, body } = await sam.call('POST', '/views', view(more));
		expect(status).toBe(400);
		expect(body.errors.length).toBeGreaterThan(0);
	});

	it('is refused when a person has too many', async () => {
		const many = await joinAs(system, 'brightwell', 'viewer', 'Many Views');
		for (let i = 0; i < 50; i++) await save(many, { name: `View ${i}` });
		expect((await many.call('POST', '/views', view())).status).toBe(422);
	});
});

describe('the counters of a view', () => {
	it('are the open Alerts, and those that arrived since the person last looked', async () => {
		const { deviceId, alerts } = await explained(system, 3);
		const saved = await save(sam, { filters: { device: deviceId }, base: 'all', shared: true });
		expect(await counts(sam, saved.id)).toEqual({ open: 3, new: null });
		const ids = alerts.map(({ id }) => BigInt(id)).sort((a, b) => (a < b ? -1 : 1));
		const look = (seenId: bigint, name = saved.id) =>
			sam.call('PUT', `/views/${name}/look`, { seenId: String(seenId) });
		expect((await look(ids[1]!)).status).toBe(204);
		expect(await counts(sam, saved.id)).toEqual({ open: 3, new: 1 });
		// A look from an older window takes nothing back, and each person looks alone.
		await look(ids[0]!);
		expect(await counts(sam, saved.id)).toEqual({ open: 3, new: 1 });
		expect(await counts(alex, saved.id)).toEqual({ open: 3, new: null });
		await sam.call('POST', `/alerts/${alerts[0]!.id}/decision`, {
			verdict: 'actionable',
			reason: 'visit',
			version: alerts[0]!.version
		});
		expect((await counts(sam, saved.id)).open).toBe(2);
		expect((await look(ids[2]!, 'needs-decision')).status).toBe(204);
		expect((await counts(sam, 'needs-decision')).new).toBe(0);
		expect((await list(sam)).looks).toContainEqual({
			view: saved.id,
			seenId: String(ids[1]),
			lookedAt: expect.any(String)
		});
	});

	it('belong to a view that exists', async () => {
		expect((await sam.call('GET', '/views/nothing/counts')).status).toBe(404);
		expect((await sam.call('PUT', '/views/nothing/look', { seenId: '1' })).status).toBe(404);
		expect((await sam.call('GET', '/views/999999/counts')).status).toBe(404);
	});
});

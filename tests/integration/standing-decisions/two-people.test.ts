// Tests that two different authors make a standing decision, after its preview, and what refuses it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import {
	aProposal,
	decide,
	fitting,
	inDays,
	standingOf,
	WHEN,
	type Standing
} from '../../support/standing.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let standing: Standing;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	standing = await standingOf(system);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const list = async (query = '', key = 'brightwell') =>
	(await system.get(key, `/standing-decisions${query}`)).body.items;

describe('a proposal', () => {
	it('decides nothing, and shows what it would have decided, contradictions first', async () => {
		const actionable = await decide(system, await fitting(system), 'actionable');
		const ignorable = await decide(system, await fitting(system), 'ignorable');
		const undecided = await fitting(system);
		const { id, state, preview, use } = await standing.propose();
		expect({ state, use }).toEqual({
			state: 'proposed',
			use: { matched: 0, reopened: 0, withdrawn: 0, lastMatchAt: null }
		});
		expect(preview).toMatchObject({
			days: 30,
			matched: 3,
			decidedActionable: 1,
			decidedIgnorable: 1,
			undecided: 1
		});
		expect(preview.examples.map((alert) => alert.id)).toEqual([actionable.id, undecided.id, ignorable.id]);
		expect((await fitting(system)).decision).toBeNull();
		await standing.end(id);
		expect((await standing.one(id)).state).toBe('ended');
	});

	it.each([
		['8F3F', 'likely'],
		['8F73', 'not-command'],
		['8F35', 'not-command'],
		['AD1', 'unexplained'],
		['81BD', 'exact'],
		['8F21', 'likely']
	])('is refused for %s explained as %s, and says why', async (code, explanation) => {
		const fields = { when: { code, explanation }, reason: 'information' };
		for (const path of ['', '/preview']) {
			const { status, body } = await standing.post(
				path,
				path ? { ...fields, verdict: 'ignorable' } : aProposal(fields)
			);
			expect(status).toBe(422);
			expect(body.errors).toEqual([
				{ path: 'when.code', message: expect.stringMatching(/a person decides each/i) }
			]);
		}
	});

	it.each([
		[{ expiresAt: inDays(91) }, 'expiresAt'],
		[{ expiresAt: inDays(-1) }, 'expiresAt'],
		[{ reason: 'tamper' }, 'reason'],
		[{ when: { ...WHEN, explanation: 'ambiguous' } }, 'when.explanation']
	])('is refused with a bad field (%j)', async (fields, path) => {
		const { status, body } = await standing.post('', aProposal(fields));
		expect([status, body.errors[0].path]).toEqual([400, path]);
	});
});

describe('an activation', () => {
	it('needs another author than the proposal', async () => {
		const { id, preview } = await standing.propose();
		const confirm = { confirm: preview.matched, asOf: preview.asOf };
		const own = await standing.post(`/${id}/activate`, confirm);
		expect([own.status, own.body.detail]).toEqual([403, expect.stringMatching(/another person/)]);
		const other = await standing.post(`/${id}/activate`, confirm, standing.second);
		expect(other.body).toMatchObject({
			id,
			state: 'active',
			activated: { id: expect.stringMatching(/^key:/) }
		});
		const again = await standing.post(`/${id}/activate`, confirm, standing.second);
		expect(again.status).toBe(409);
		expect((await standing.one(id)).history.map(({ kind, by }) => [kind, by === null])).toEqual([
			['proposed', false],
			['activated', false]
		]);
		await standing.end(id);
	});

	it('confirms the number of the preview, and is refused when the preview has changed since', async () => {
		const { id, preview } = await standing.propose();
		await fitting(system);
		const { status, body } = await standing.post(
			`/${id}/activate`,
			{ confirm: preview.matched },
			standing.second
		);
		expect(status).toBe(409);
		expect(body.preview.matched).toBe(preview.matched + 1);
		const { matched: confirm } = body.preview;
		expect((await standing.post(`/${id}/activate`, { confirm }, standing.second)).status).toBe(200);
		await standing.end(id);
	});

	it('leaves new Alerts out if it names the instant of the preview, for an hour', async () => {
		const { id, preview } = await standing.propose();
		await fitting(system);
		const confirm = { confirm: preview.matched, asOf: preview.asOf };
		for (const asOf of [
			new Date(Date.now() - 3_700_000).toISOString(),
			new Date(Date.now() + 60_000).toISOString()
		])
			expect((await standing.post(`/${id}/activate`, { ...confirm, asOf }, standing.second)).status).toBe(
				409
			);
		expect((await standing.post(`/${id}/activate`, confirm, standing.second)).status).toBe(200);
		await standing.end(id);
	});

	it('leaves Alerts that wait already to people', async () => {
		const waiting = await fitting(system);
		const { id } = await standing.active();
		expect((await system.get('brightwell', `/alerts/${waiting.id}`)).body.decision).toBeNull();
		await standing.end(id);
	});
});

describe('the other calls', () => {
	it('need the scope manage, and say so', async () => {
		const reader = await addApiKey(system.database, standing.supplierId, ['read', 'decide']);
		for (const path of ['', '/preview', '/1/activate', '/1/end', '/1/resume']) {
			const { status, body } = await standing.post(path, aProposal(), reader);
			expect([path, status]).toEqual([path, 403]);
			expect(body.detail).toMatch(/manage/);
		}
		expect((await system.get(reader, '/standing-decisions')).status).toBe(200);
	});

	it('list by state, and refuse a step that does not follow', async () => {
		const { id } = await standing.active();
		for (const [state, isListed] of [
			['active', true],
			['proposed', false],
			['paused', false],
			['ended', false],
			['expired', false]
		] as const)
			expect([state, (await list(`?state=${state}`)).some((one: { id: string }) => one.id === id)]).toEqual([
				state,
				isListed
			]);
		expect((await standing.post(`/${id}/resume`, { note: 'x' })).status).toBe(409);
		expect((await standing.post(`/${id}/end`, { note: '' })).status).toBe(400);
		expect((await standing.end(id)).status).toBe(200);
		expect((await standing.end(id)).status).toBe(409);
	});

	it('show nothing of another Supplier, and decide nothing of it', async () => {
		const { id, preview } = await standing.active();
		expect(await list('', 'halden')).toEqual([]);
		for (const [path, body] of [
			['end', { note: 'not ours' }],
			['resume', { note: 'not ours' }],
			['activate', { confirm: preview.matched }]
		] as const)
			expect((await standing.post(`/${id}/${path}`, body, 'halden')).status).toBe(404);
		expect((await system.get('halden', `/standing-decisions/${id}`)).status).toBe(404);
		expect((await system.get('halden', `/standing-decisions/${id}/matches`)).status).toBe(404);
		expect((await standing.post('', aProposal(), 'halden')).body.preview.matched).toBe(0);

		const deviceId = newDeviceId();
		await system.post(
			'/devices',
			aDevice(deviceId, { tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z', to: null }] })
		);
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const alert = await system.becomes('halden', deviceId, { explanation: 'likely' });
		expect(alert.decision).toBeNull();
		await standing.end(id);
	});
});

// Tests decisions on Alerts: one or several at once, taken back, and contradicted by later evidence.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('a decision', () => {
	async function anExplainedAlert(): Promise<Alert> {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		return eventually(async () => {
			const [alert] = await system.alerts('brightwell', `?device=${deviceId}`);
			expect(alert?.explanation).toBe('likely');
			return alert!;
		});
	}
	const decide = (alert: Pick<Alert, 'id' | 'version'>, fields: object = {}) =>
		system.call('POST', `/alerts/${alert.id}/decision`, 'brightwell', {
			verdict: 'ignorable',
			reason: 'other-user-command',
			version: alert.version,
			...fields
		});

	it('is stored with its note, and pushed to every connected client', async () => {
		const alert = await anExplainedAlert();
		const socket = await system.connect('brightwell');
		const pushed = new Promise((done) => socket.once('decision:recorded', done));
		const { status, body } = await decide(alert, { note: 'told North Grid' });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			id: alert.id,
			version: alert.version + 1,
			decision: { verdict: 'ignorable', reason: 'other-user-command', note: 'told North Grid' }
		});
		expect(await pushed).toMatchObject({ items: [{ id: alert.id, version: alert.version + 1 }] });
	});

	it('is stored for one of ten who decide at the same time; the others get 409', async () => {
		const alert = await anExplainedAlert();
		const statuses = (await Promise.all(Array.from({ length: 10 }, () => decide(alert))))
			.map((answer) => answer.status)
			.sort();
		expect(statuses).toEqual([200, ...Array(9).fill(409)]);
	});

	it('is taken back with the verdict null, and stays in the history', async () => {
		const alert = await anExplainedAlert();
		const decided = (await decide(alert)).body as Alert;
		const { status, body } = await decide(decided, { verdict: null, reason: null });
		expect([status, body.decision]).toEqual([200, null]);
		const { rows } = await system.database.query(
			'select verdict from decision where alert_id = $1 order by id',
			[alert.id]
		);
		expect(rows).toEqual([{ verdict: 'ignorable' }, { verdict: null }]);
	});

	it('stays as it is when new evidence changes the explanation', async () => {
		const alert = await anExplainedAlert();
		await decide(alert);
		await system.post('/service-requests', {
			requestId: alert.candidates[0]!.requestId,
			respondedAt: '2026-11-05T02:14:10.000Z',
			responseCode: 'I0'
		});
		await eventually(async () => {
			const { body } = await system.get('brightwell', `/alerts/${alert.id}`);
			expect(body).toMatchObject({ candidates: [], decision: { verdict: 'ignorable' } });
		});
	});

	it('needs a reason that belongs to its verdict, and a note if the reason asks for one', async () => {
		const alert = await anExplainedAlert();
		expect((await decide(alert, { reason: 'tamper' })).body.errors[0].path).toBe('reason');
		expect((await decide(alert, { reason: 'known-incident' })).body.errors[0].path).toBe('note');
	});

	it('decides several Alerts at once, and names those that changed since they were read', async () => {
		const [current, changed] = [await anExplainedAlert(), await anExplainedAlert()];
		const { body } = await system.call('POST', '/decisions', 'brightwell', {
			items: [
				{ id: current.id, version: current.version },
				{ id: changed.id, version: 99 }
			],
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect(body).toEqual({ done: [current.id], conflicts: [{ id: changed.id, version: changed.version }] });
	});
});

describe('evidence that contradicts a decision', () => {
	it('leaves the decision as it is, and raises a notice until a person decides again', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const { id, version } = await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
		const decided = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
			verdict: 'actionable',
			reason: 'no-command',
			version
		});
		expect(decided.body).toMatchObject({ notice: null, decision: { verdict: 'actionable' } });
		expect(await system.alerts('brightwell', `?device=${deviceId}&decision=open`)).toEqual([]);

		await system.post('/service-requests', aRequest(deviceId));
		const upgraded = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
		expect(upgraded).toMatchObject({ id, decision: decided.body.decision });
		expect(upgraded.notice).toMatch(/A Service Request explains it now/);
		for (const filter of ['open', 'contradicted'])
			expect(await system.alerts('brightwell', `?device=${deviceId}&decision=${filter}`)).toHaveLength(1);

		const decidedAgain = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
			verdict: 'ignorable',
			reason: 'other-user-command',
			version: upgraded.version
		});
		expect(decidedAgain.body).toMatchObject({ notice: null, decision: { verdict: 'ignorable' } });
		expect(await system.alerts('brightwell', `?device=${deviceId}&decision=open`)).toEqual([]);
	});
});

// Tests answers to pages and their escalation over HTTP, with a real worker and a real webhook receiver.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { UNEXPLAINED_SECURITY, setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let onCall: OnCallTest;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	onCall = await setUpOnCall(system);
});
afterAll(async () => {
	await onCall.receiver[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});
afterEach(() => onCall.clear());

describe('an answer', () => {
	const acknowledge = (id: string) =>
		system.call('POST', `/on-call/pages/${id}/acknowledge`, 'brightwell', {});

	it('acknowledges for the first of ten who answer at once, and tells the others who it was', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ state: 'open' });
		const results = await Promise.all(Array.from({ length: 10 }, () => acknowledge(page.id)));
		expect(results.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
		expect(results.find(({ status }) => status === 409)!.body.detail).toMatch(
			/ acknowledged just now by the API\.$/
		);
		await onCall.pageBecomes({ state: 'acknowledged', nextStepAt: null });
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'acknowledged']));
	});

	it('decides the Alerts of the page, with the way in the audit', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const alert = await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ state: 'open' });
		const decision = { verdict: 'actionable', reason: 'no-command', note: 'field team' };
		const answers = await Promise.all(
			[1, 2, 3].map(() => system.call('POST', `/on-call/pages/${page.id}/decision`, 'brightwell', decision))
		);
		expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
		expect(answers.find(({ status }) => status === 409)!.body.detail).toMatch(
			/ decided actionable just now by the API\.$/
		);
		const decided = (await system.get('brightwell', `/alerts/${alert.id}`)).body as Alert;
		expect(decided.decision).toMatchObject({ verdict: 'actionable', note: 'field team' });
		const { rows } = await system.database.query('select channel from decision where alert_id = $1', [
			alert.id
		]);
		expect(rows).toEqual([{ channel: 'api' }]);
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'resolved']));
	});

	it('of another Supplier finds no such page', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ state: 'open' });
		for (const [method, path] of [
			['GET', ''],
			['POST', '/acknowledge'],
			['POST', '/escalate']
		] as const) {
			const body = path === '/acknowledge' ? {} : undefined;
			expect((await system.call(method, `/on-call/pages/${page.id}${path}`, 'halden', body)).status).toBe(
				404
			);
		}
		expect((await system.get('halden', '/on-call/pages')).body.items).toEqual([]);
	});
});

describe('a page that nobody acknowledges', () => {
	const overdue = (id: string) =>
		system.database.query("update page set step_at = now() - interval '1 second' where id = $1", [id]);

	it('goes to the next, then again, then everybody, then the leads', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY, { then: [{ channel: 'bridge' }] });
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ state: 'open', step: 0 });
		for (let step = 0; step !== -1;) {
			await overdue(page.id);
			step = await eventually(async () => {
				const [now] = await onCall.pages();
				expect(now!.step).toBeGreaterThan(step);
				return now!.nextStepAt === null ? -1 : now!.step;
			});
		}
		const last = await onCall.pageBecomes({ alarm: 'unanswered', nextStepAt: null, state: 'open' });
		expect(last.events.map(({ why }) => why).join('\n')).toMatch(
			/nobody has acknowledged[^]*the leads, in the console/
		);
		expect(onCall.types()[0]).toBe('opened');
		expect(new Set(onCall.types().slice(1))).toEqual(new Set(['updated']));
	});

	it('goes on at once if no channel has reached anybody, and raises an alarm until one does', async () => {
		onCall.receiver.behave((_req, res) => void res.writeHead(404).end());
		await onCall.route('security', UNEXPLAINED_SECURITY, { then: [{ channel: 'bridge' }] });
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ alarm: 'unreached' });
		expect(page.deliveries[0]).toMatchObject({ state: 'failed', isDead: true, nextAt: null });
		const dead = (await system.get('brightwell', '/on-call/dead-letters')).body.items;
		expect(dead[0].page.id).toBe(page.id);
		onCall.receiver.behave((_req, res) => void res.writeHead(204).end());
		expect(
			(await system.call('POST', `/on-call/deliveries/${dead.at(-1).id}/send`, 'brightwell')).status
		).toBe(202);
		await eventually(async () =>
			expect((await onCall.pages())[0]!.deliveries.some(({ state }) => state === 'delivered')).toBe(true)
		);
		expect((await onCall.pages())[0]!.alarm).not.toBe('unreached');
	});

	it('survives a clock that was set back an hour', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ state: 'open' });
		await system.database.query("update page set step_at = step_at + interval '1 hour' where id = $1", [
			page.id
		]);
		await eventually(async () => {
			const [one] = await onCall.pages();
			expect(Date.parse(one!.nextStepAt!) - Date.now()).toBeLessThan(11 * 60_000);
		});
	});
});

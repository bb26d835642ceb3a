// Tests the pages that timers open: faults of the feeds, daily test pages, and the alarm of a test page. The test calls the
// work of a timer itself where the timer is slow.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFeedFaults } from '#lib/server/ingest/feed-state.ts';
import { pageFeedFaults } from '#lib/server/on-call/pages/feed-faults.ts';
import { deleteOldPages } from '#lib/server/on-call/pages/old-pages.ts';
import { openTestPages } from '#lib/server/on-call/pages/test-pages.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let onCall: OnCallTest;
let worker: ReturnType<typeof openDatabase>;
beforeAll(async () => {
	system = await startSystem({ completeUntil: new Date().toISOString() });
	onCall = await setUpOnCall(system);
	worker = openDatabase(system.databaseUrl, 'causeway_worker', 2);
});
afterAll(async () => {
	await worker.close();
	await onCall.receiver[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});
const deps = () => ({
	pool: worker.pool,
	jobs: system.services.queues.onCall,
	publishPages: async () => {}
});

describe('a fault of a feed', () => {
	const look = () => pageFeedFaults(deps(), (supplierId) => readFeedFaults(worker.pool, supplierId, 900));

	it('opens one page while it lasts, which is resolved when the feed works again', async () => {
		await onCall.route('feeds', { feedFault: true });
		expect((await system.call('PUT', '/service-requests/completeness/own', 'brightwell')).status).toBe(201);
		await look();
		await look();
		const page = await onCall.pageBecomes({
			subject: 'feed',
			state: 'open',
			deliveries: [{ state: 'delivered' }]
		});
		expect(page.content.verdict).toContain('The completeness source own of brightwell has never reported');
		expect(page.content.alert).toBeNull();
		expect(await onCall.pages()).toHaveLength(1);

		const mark = { source: 'own', completeUntil: new Date().toISOString() };
		expect((await system.call('POST', '/service-requests/completeness', 'brightwell', mark)).status).toBe(
			204
		);
		await look();
		await onCall.pageBecomes({ state: 'resolved', resolved: { by: null, why: 'The feed works again' } });
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'resolved']));
		await onCall.clear();
	});
});

describe('the daily test page', () => {
	// Test pages open after 10:00 local time. In one of these two zones it is later than that at every instant.
	const timeZone = new Date().getUTCHours() < 10 ? 'Etc/GMT-12' : 'Etc/UTC';

	it('of a rota opens once a day by the channels of its routes, and an acknowledgement ends it', async () => {
		const people = onCall.members.map(({ email }) => email);
		await onCall.put('/on-call/rotas/meters', {
			timeZone,
			layers: [{ people, start: '2026-01-05T09:00', handoff: 'P1W' }]
		});
		await onCall.route('security', { category: ['security'] });
		expect([await openTestPages(deps()), await openTestPages(deps())]).toEqual([1, 0]);
		const page = await onCall.pageBecomes({
			subject: 'test',
			priority: 4,
			deliveries: [{ state: 'delivered' }]
		});
		const [member] = onCall.members;
		const answer = await member!.call('POST', `/on-call/pages/${page.id}/acknowledge`, { from: 'phone' });
		expect(answer.status).toBe(200);
		expect(answer.body).toMatchObject({
			state: 'resolved',
			acknowledged: { by: member!.name, channel: 'phone' },
			resolved: { why: 'The test page arrived' }
		});
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'acknowledged', 'resolved']));
	});

	it('that nobody acknowledges wakes nobody else and raises the alarm of the leads', async () => {
		await system.database.query('update on_call_rota set tested_on = null');
		expect(await openTestPages(deps())).toBe(1);
		const page = await onCall.pageBecomes({
			subject: 'test',
			state: 'open',
			deliveries: [{ state: 'delivered' }]
		});
		await system.database.query("update page set step_at = now() - interval '1 second' where id = $1", [
			page.id
		]);
		const last = await onCall.pageBecomes({ alarm: 'unanswered', nextStepAt: null });
		expect(last.deliveries).toHaveLength(1);
	});
});

it('deletes pages that are older than the retention and resolved, with all that was sent', async () => {
	await onCall.clear();
	await system.database.query('update on_call_rota set tested_on = null');
	await onCall.route('security', { category: ['security'] });
	await openTestPages(deps());
	const page = await onCall.pageBecomes({ subject: 'test', deliveries: [{ state: 'delivered' }] });
	await system.database.query("update page set opened_at = now() - interval '401 days' where id = $1", [
		page.id
	]);
	expect(await deleteOldPages(worker.pool, 400)).toBe(0);
	await system.call('POST', `/on-call/pages/${page.id}/acknowledge`, 'brightwell', {});
	await eventually(() => expect(onCall.types().at(-1)).toBe('resolved'));
	await eventually(async () => expect(await deleteOldPages(worker.pool, 400)).toBe(1));
	const { rows } = await system.database.query('select count(*)::int as n from delivery where page_id = $1', [
		page.id
	]);
	expect(rows).toEqual([{ n: 0 }]);
});

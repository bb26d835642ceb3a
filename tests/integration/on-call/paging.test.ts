// Tests the way of a page over HTTP, with a real worker and a real webhook receiver: opened by a route, updated, damped,
// held, escalated, acknowledged and resolved.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNEXPLAINED_SECURITY, setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
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

describe('an Alert that meets a route', () => {
	it('opens one page, and the receiver gets it signed, once, without payload', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const alert = await onCall.anUnexplainedAlert({}, { area: 'SW1' });
		const page = await onCall.pageBecomes({
			state: 'open',
			deliveries: [{ state: 'delivered', event: 'opened' }]
		});
		expect(page).toMatchObject({
			subject: 'alert',
			alertId: alert.id,
			route: 'security',
			step: 0,
			alerts: 1
		});
		expect(page.content.headline).toContain('8F30');
		expect(page.content.headline).toContain('SW1');
		const [event, ...others] = onCall.events();
		expect(others).toEqual([]);
		expect(event).toMatchObject({
			type: 'opened',
			page: page.id,
			data: {
				page: { id: page.id, state: 'open' },
				alert: { id: alert.id, code: '8F30' },
				episode: null,
				cause: null,
				url: page.url
			}
		});
		expect(event!.data.verdict).toBe(page.content.verdict);
	});

	it('opens no page if no route fits, or if the route is off', async () => {
		await onCall.route('off', UNEXPLAINED_SECURITY, { enabled: false });
		await onCall.route('tamper', { category: ['tamper'] });
		await onCall.anUnexplainedAlert();
		await onCall.anUnexplainedAlert({ code: '8F3F' });
		const page = await onCall.pageBecomes({ route: 'tamper' });
		expect(await onCall.pages()).toHaveLength(1);
		expect(page.content.alert!.code).toBe('8F3F');
	});

	it('is paged about by the first route in order alone', async () => {
		await onCall.route('second', { priority: 4 });
		await onCall.route('first', UNEXPLAINED_SECURITY, { place: 1 });
		await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({ route: 'first' });
		expect(await onCall.pages()).toHaveLength(1);
	});

	it('is told as updated when a late Service Request explains it', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const alert = await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({ deliveries: [{ state: 'delivered' }] });
		await system.post('/service-requests', aRequest(alert.deviceId));
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'updated']));
		const updated = onCall.events()[1]!;
		expect(updated.data.page.why).toMatch(/^now explained/i);
		expect(updated.data.cause).toMatchObject({ serviceReferenceVariant: '6.5', userRole: 'ED' });
		expect(JSON.stringify(updated.data.cause)).not.toContain('North Grid');
	});

	it('is resolved on the page when somebody decides it in the console', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const alert = await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({ deliveries: [{ state: 'delivered' }] });
		await onCall.decide(alert);
		const page = await onCall.pageBecomes({ state: 'resolved' });
		expect(page.resolved).toMatchObject({ why: 'Decided: actionable', channel: 'api' });
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'resolved']));
		expect(onCall.events()[1]!.data.page.by).toBe(page.resolved!.by);
	});
});

describe('Alerts of one matter', () => {
	it('share one page, which follows them into their episode', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const first = await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({ subject: 'alert' });
		await system.post(
			'/alerts',
			anAlert(first.deviceId, {
				raisedAt: '2026-11-05T02:20:00.000Z',
				receivedAt: '2026-11-05T02:20:10.000Z'
			})
		);
		const page = await onCall.pageBecomes({ subject: 'episode', alerts: 2 });
		expect(page.episodeId).not.toBeNull();
		expect(await onCall.pages()).toHaveLength(1);
		expect(onCall.types().filter((type) => type === 'opened')).toHaveLength(1);
	});

	it('of a storm of 50 Devices open one page when the episode is large enough', async () => {
		await onCall.route('storm', { minDevices: 50 });
		const devices = Array.from({ length: 55 }, newDeviceId);
		await system.post(
			'/devices',
			devices.map((id) => aDevice(id, { area: 'N7' }))
		);
		await system.post(
			'/alerts',
			devices.map((id, i) =>
				anAlert(id, {
					code: '81A2',
					raisedAt: new Date(Date.now() - i * 100).toISOString(),
					receivedAt: new Date().toISOString()
				})
			)
		);
		const page = await onCall.pageBecomes({ subject: 'episode', route: 'storm' });
		expect(page.content.episode!.devices).toBeGreaterThanOrEqual(50);
		await eventually(() => expect(onCall.types()).toEqual(['opened']));
		expect(await onCall.pages()).toHaveLength(1);
	});

	/** Opens a page, decides its Alert, and sends the same Alert of the same Device again. */
	async function comesBack(code: string): Promise<void> {
		await onCall.route('again', { codes: [code] });
		const first = await onCall.anUnexplainedAlert({ code });
		await onCall.pageBecomes({ state: 'open' });
		await onCall.decide(first);
		await onCall.pageBecomes({ state: 'resolved' });
		const at = { raisedAt: '2026-11-05T02:15:00.000Z', receivedAt: '2026-11-05T02:15:10.000Z' };
		await system.post('/alerts', anAlert(first.deviceId, { code, ...at }));
	}

	it('that come back soon after a person resolved the page are counted and not paged', async () => {
		await comesBack('8F70');
		await onCall.pageBecomes({ state: 'resolved', moreAlerts: 1 });
		expect(await onCall.pages()).toHaveLength(1);
	});

	it('of priority 1 that come back are paged again, however soon', async () => {
		await comesBack('8F30');
		await onCall.pageBecomes({ state: 'open', priority: 1, subject: 'episode' });
		expect(await onCall.pages()).toHaveLength(2);
	});

	it('in a flood are folded into the newest page after twenty pages of a route', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const devices = Array.from({ length: 24 }, newDeviceId);
		await system.post(
			'/devices',
			devices.map((id, i) => aDevice(id, { area: `A${i}` }))
		);
		for (const id of devices) {
			await system.post('/alerts', anAlert(id));
			await eventually(async () =>
				expect(
					(await system.get('brightwell', `/on-call/pages?limit=50`)).body.items.flatMap(
						(p: { alertIds: string[] }) => p.alertIds
					)
				).toContain((await system.alerts('brightwell', `?device=${id}`))[0]?.id)
			);
		}
		const pages = await onCall.pages('?limit=50');
		expect(pages).toHaveLength(20);
		expect(pages[0]).toMatchObject({ moreAlerts: 4, alerts: 5 });
		// The people of the page are told at the first folded Alert, and not at each.
		await eventually(() => {
			const folds = onCall.events().filter(({ data }) => /pages flood/.test(data.page.why));
			expect(folds).toMatchObject([
				{ type: 'updated', page: pages[0]!.id, data: { page: { moreAlerts: 1 } } }
			]);
		});
	});
});

describe('a page in quiet hours or in a maintenance window', () => {
	const maintenance = (fields: object) =>
		system.call('POST', '/on-call/maintenance', 'brightwell', {
			from: new Date(Date.now() - 60_000).toISOString(),
			to: new Date(Date.now() + 3_600_000).toISOString(),
			note: 'firmware roll-out',
			...fields
		});

	it('waits, can be seen, and is sent when the window ends', async () => {
		await onCall.route('credential', { category: ['credential'] });
		const window = await maintenance({ areas: ['SW1'] });
		expect(window.status).toBe(201);
		await onCall.anUnexplainedAlert({ code: '8F70' }, { area: 'SW1' });
		const held = await onCall.pageBecomes({ state: 'open', heldWhy: `maintenance window ${window.body.id}` });
		expect(held.deliveries).toEqual([]);
		expect((await system.call('DELETE', `/on-call/maintenance/${window.body.id}`, 'brightwell')).status).toBe(
			204
		);
		await onCall.pageBecomes({ heldUntil: null, deliveries: [{ state: 'delivered' }] });
		expect(onCall.types()).toEqual(['opened']);
	});

	it('never waits with priority 1', async () => {
		await onCall.route('security', UNEXPLAINED_SECURITY, { quietHours: { from: '00:00', to: '23:59' } });
		const window = await maintenance({});
		await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({ heldUntil: null, priority: 1, deliveries: [{ state: 'delivered' }] });
		await system.call('DELETE', `/on-call/maintenance/${window.body.id}`, 'brightwell');
	});

	it('is not sent at all if somebody decides first', async () => {
		await onCall.route('credential', { category: ['credential'] });
		const window = await maintenance({ codes: ['8F70'] });
		const alert = await onCall.anUnexplainedAlert({ code: '8F70' });
		await onCall.pageBecomes({ state: 'open', heldUntil: expect.any(String) });
		await onCall.decide(alert);
		await onCall.pageBecomes({ state: 'resolved', deliveries: [] });
		await system.call('DELETE', `/on-call/maintenance/${window.body.id}`, 'brightwell');
		expect(onCall.events()).toEqual([]);
	});
});

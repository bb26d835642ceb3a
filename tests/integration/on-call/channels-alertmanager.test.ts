import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { alertmanager } from '#lib/server/on-call/channels/alertmanager/alertmanager.ts';
import type { Notice } from '#lib/server/on-call/channels/channel.ts';
import { openSendDeps } from '#lib/server/on-call/channels/send-deps.ts';
import { parseTargets } from '#lib/server/process/targets.ts';
import { ALERTMANAGER, startAlertmanager } from '../../support/alertmanager.ts';
import { noticeOf } from '../../support/notices.ts';
import { MANNERS, startReceiver } from '../../support/receiver.ts';
import { eventually } from '../../support/system.ts';

async function send(settings: object, notice: Notice) {
	const { deps, close } = openSendDeps(
		{
			onCallTargets: parseTargets([])!,
			mail: { server: null, from: null },
			origin: 'https://causeway.example',
			authSecret: 'only-for-tests-'.repeat(3)
		},
		// This pool opens no session: only pushes read the database.
		new pg.Pool()
	);
	try {
		return await alertmanager.send(
			alertmanager.settings.parse({ kind: 'alertmanager', ...settings }),
			notice,
			deps
		);
	} finally {
		close();
	}
}
const now = (): string => new Date().toISOString();

// Set-up says why there is none: the machine has no Debian packages.
describe.skipIf(!ALERTMANAGER)(
	'a page on a real Alertmanager (skipped without prometheus-alertmanager)',
	() => {
		test('is shown, updated and resolved as one alert', async () => {
			await using server = await startAlertmanager();
			const openedAt = new Date(Date.now() - 10_000).toISOString();
			const page = { id: '901', openedAt };
			const shown = () => server.shown('page="901"');

			expect(await send({ url: server.url }, noticeOf({ at: now(), page }))).toEqual({
				state: 'delivered',
				status: 200
			});
			const [opened, ...others] = await eventually(async () => {
				const alerts = await shown();
				expect(alerts).toHaveLength(1);
				return alerts;
			});
			expect(others).toEqual([]);
			expect(opened).toMatchObject({
				labels: {
					alertname: 'CausewayPage',
					page: '901',
					priority: '1',
					code: '8F3E',
					area: 'SW1',
					supplier: 'brightwell'
				},
				annotations: { url: 'https://causeway.example/on-call/pages/77' },
				startsAt: openedAt
			});
			expect(Date.parse(opened!.endsAt)).toBeGreaterThan(Date.now() + 30 * 24 * 3_600_000);
			expect(JSON.stringify(opened)).not.toMatch(/90-B3-D5/);

			const updated = noticeOf({
				type: 'acknowledged',
				page: { ...page, state: 'acknowledged', step: 2 },
				content: { headline: '8F3E SW1: now explained by 6.5 of ED' },
				answer: { by: 'Ada Engineer', at: '2026-11-05T02:20:00.000Z', channel: 'phone' }
			});
			await send({ url: server.url }, updated);
			await eventually(async () => {
				const alerts = await shown();
				expect(alerts).toHaveLength(1);
				expect(alerts[0]!.annotations).toMatchObject({
					summary: '8F3E SW1: now explained by 6.5 of ED',
					acknowledged: 'Ada Engineer at 2026-11-05T02:20:00.000Z'
				});
			});

			const resolved = noticeOf({ type: 'resolved', page: { ...page, state: 'resolved' } });
			expect(await send({ url: `${server.url}/` }, resolved)).toMatchObject({ state: 'delivered' });
			await eventually(async () => expect(await shown()).toEqual([]));
		});

		test('is refused as a whole if Alertmanager does not know the path', async () => {
			await using server = await startAlertmanager();
			expect(await send({ url: `${server.url}/wrong` }, noticeOf())).toMatchObject({
				state: 'failed',
				status: 404,
				again: false
			});
		});
	}
);

describe('the alert of a page', () => {
	test('has the secret as basic authentication or as a bearer token, and never in its body', async () => {
		await using receiver = await startReceiver();
		receiver.behave(MANNERS.accepts);
		await send({ url: receiver.url, user: 'causeway', secret: 'pä ss' }, noticeOf());
		await send({ url: receiver.url, secret: 'a-token' }, noticeOf());
		await send({ url: receiver.url }, noticeOf());
		const basic = `Basic ${Buffer.from('causeway:pä ss').toString('base64')}`;
		expect(receiver.received.map(({ headers }) => headers.authorization)).toEqual([
			basic,
			'Bearer a-token',
			undefined
		]);
		for (const { text } of receiver.received) expect(text).not.toMatch(/pä ss|a-token/);
	});

	test('leaves out a label that is not known, and ends by itself in a test', async () => {
		await using receiver = await startReceiver();
		const { alert } = noticeOf().content;
		await send({ url: receiver.url }, noticeOf({ content: { alert: { ...alert!, area: null } } }));
		await send(
			{ url: receiver.url },
			noticeOf({ key: randomUUID(), type: 'test', content: { alert: null } })
		);
		const [page, tested] = receiver.received.map(({ body }) => body[0]);
		expect(page.labels).not.toHaveProperty('area');
		expect(tested.labels).toMatchObject({ alertname: 'CausewayTest' });
		expect(Date.parse(tested.endsAt)).toBeLessThan(Date.now() + 90_000);
	});
});

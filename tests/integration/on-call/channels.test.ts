import type { CloudEvent } from 'cloudevents';
import { HTTP, type Message } from 'cloudevents';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PageCloudEvent } from '#lib/domain/on-call/page.ts';
import { createSeal } from '#lib/server/access/seal.ts';
import { channelOpener } from '#lib/server/on-call/channels/channel-rows.ts';
import { MANNERS, answers, startReceiver, verified, type Receiver } from '../../support/receiver.ts';
import { joinAs } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

let system: System;
let receiver: Receiver;

beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(() => system[Symbol.asyncDispose]());
beforeEach(async () => {
	receiver = await startReceiver();
});
afterEach(async () => {
	await receiver[Symbol.asyncDispose]();
	await system.database.query('delete from on_call_route');
	await system.database.query('delete from on_call_channel');
});

const put = (settings: object, name = 'bridge', query = '') =>
	system.call('PUT', `/on-call/channels/${name}${query}`, 'brightwell', settings);
const webhook = (changes: object = {}) => ({
	kind: 'webhook',
	url: `${receiver.url}/hook`,
	secret: SECRET,
	...changes
});
const supplierId = async (slug: string): Promise<number> =>
	(await system.database.query('select id from supplier where slug = $1', [slug])).rows[0].id;
const open = async (name: string, authSecret = system.env.AUTH_SECRET) =>
	channelOpener(createSeal(authSecret))(system.database, await supplierId('brightwell'), name);

describe('PUT /on-call/channels/{name}', () => {
	test('sends a signed CloudEvent as a test, and saves the channel', async () => {
		const saved = await put(webhook());
		expect(saved.status).toBe(200);
		expect(saved.body).toMatchObject({
			name: 'bridge',
			kind: 'webhook',
			target: `${receiver.url}/hook`,
			addresses: 'target',
			settings: { url: `${receiver.url}/hook` },
			secretsSet: ['secret'],
			deliveries: { accepted: 0, failed: 0, lastAt: null },
			test: { state: 'delivered', status: 204, to: `${receiver.url}/hook` }
		});
		expect(receiver.received).toHaveLength(1);
		const [received] = receiver.received;
		const event = PageCloudEvent.parse(verified(SECRET, received!));
		expect(event.type).toBe('causeway.channel.test');
		expect(received!.headers['webhook-id']).toBe(event.id);
		// The official library checks the event against the published JSON schema of CloudEvents 1.0.
		const message: Message = { headers: received!.headers, body: received!.text };
		expect((HTTP.toEvent(message) as CloudEvent).validate()).toBe(true);
	});

	test.each([
		['answers 500', answers(500, {}, 'a text with secrets'), /the receiver answered 500\. Nothing is saved/],
		['answers 401', answers(401), /answered 401; check the secret/],
		['answers 410', answers(410), /has ended this address/],
		['redirects', answers(301, { location: 'http://127.0.0.1:1' }), /a redirect; enter the address/],
		['closes', MANNERS.closes, /the receiver closed the connection/]
	])('saves nothing if the receiver %s', async (_what, manner, why) => {
		receiver.behave(manner);
		const refused = await put(webhook());
		expect(refused.status).toBe(422);
		expect(refused.body.detail).toMatch(why);
		expect(JSON.stringify(refused.body)).not.toMatch(/a text with secrets|whsec_/);
		expect((await system.get('brightwell', '/on-call/channels')).body.items).toEqual([]);
	});

	test('refuses an unknown kind and names the kinds', async () => {
		const refused = await put({ kind: 'pigeon' });
		expect(refused.status).toBe(400);
		expect(refused.body.errors).toEqual([
			{ path: 'kind', message: expect.stringMatching(/^must be one of web-push, email, webhook/) }
		]);
	});

	test.each([
		[{ url: 'ftp://a.example' }, 'url'],
		[{ url: 'https://user:password@a.example' }, 'url'],
		[{ url: undefined }, 'url'],
		[{ secret: 'whsec_c2hvcnQ=' }, 'secret'],
		[{ secret: 'not base64 at all, but long enough' }, 'secret']
	])('refuses %o and names the field', async (changes, path) => {
		const refused = await put(webhook(changes));
		expect(refused.status).toBe(400);
		expect(refused.body.errors).toMatchObject([{ path }]);
		expect(JSON.stringify(refused.body)).not.toMatch(/password@|c2hvcnQ|base64 at all/);
		expect(receiver.received).toEqual([]);
	});

	test('refuses a name that is no name', async () => {
		expect((await put(webhook(), encodeURIComponent('../x'))).body.errors).toMatchObject([{ path: 'name' }]);
	});

	test('makes a secret for a new webhook and shows it once', async () => {
		const saved = await put(webhook({ secret: undefined }));
		expect(saved.status).toBe(200);
		expect(saved.body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
		verified(saved.body.secret, receiver.received[0]!);
		const again = await put(webhook({ secret: '' }));
		expect(again.body.secret).toBeUndefined();
		verified(saved.body.secret, receiver.received[1]!);
	});

	test('keeps the secret that a call leaves out', async () => {
		await put(webhook());
		const other = await startReceiver();
		expect((await put({ kind: 'webhook', url: other.url })).status).toBe(200);
		verified(SECRET, other.received[0]!);
		expect(await open('bridge')).toMatchObject({
			settings: { kind: 'webhook', url: other.url, secret: SECRET }
		});
		await other[Symbol.asyncDispose]();
	});

	test('keeps the stored channel if the test of new settings fails', async () => {
		await put(webhook());
		receiver.behave(answers(404));
		expect((await put(webhook({ url: `${receiver.url}/wrong` }))).status).toBe(422);
		expect((await system.get('brightwell', '/on-call/channels/bridge')).body.target).toBe(
			`${receiver.url}/hook`
		);
	});

	test('makes a new secret when a call sets it to null', async () => {
		await put(webhook());
		const saved = await put(webhook({ secret: null }));
		expect(saved.body.secret).toMatch(/^whsec_/);
		expect(saved.body.secret).not.toBe(SECRET);
	});

	test('never sends a stored secret to another server', async () => {
		const other = await startReceiver();
		const settings = { kind: 'alertmanager', url: receiver.url, secret: 'a-token' };
		expect((await put(settings)).body.secretsSet).toEqual(['secret']);
		await put({ kind: 'alertmanager', url: receiver.url });
		expect((await put({ kind: 'alertmanager', url: other.url })).body.secretsSet).toEqual([]);
		expect(receiver.received.map(({ headers }) => headers.authorization)).toEqual([
			'Bearer a-token',
			'Bearer a-token'
		]);
		expect(other.received.map(({ headers }) => headers.authorization)).toEqual([undefined]);
		await other[Symbol.asyncDispose]();
	});

	test('only tests with save=false', async () => {
		expect((await put(webhook(), 'bridge', '?save=false')).body).toMatchObject({ state: 'delivered' });
		expect(receiver.received).toHaveLength(1);
		expect((await system.get('brightwell', '/on-call/channels/bridge')).status).toBe(404);
	});

	test('needs the scope manage, and a lead or an engineer', async () => {
		const viewer = await joinAs(system, 'brightwell', 'viewer', 'Vera Viewer');
		const lead = await joinAs(system, 'brightwell', 'lead', 'Lea Lead');
		expect((await viewer.call('PUT', '/on-call/channels/bridge', webhook())).status).toBe(403);
		const saved = await lead.call('PUT', '/on-call/channels/bridge', webhook());
		expect(saved.body.savedBy).toBe('Lea Lead');
		const seen = await viewer.call('GET', '/on-call/channels/bridge');
		expect(seen.body).toMatchObject({ name: 'bridge', settings: null });
	});
});

describe('a stored channel', () => {
	test('never shows its secret, and the database has no copy of it in clear', async () => {
		await put(webhook());
		for (const path of ['/on-call/channels', '/on-call/channels/bridge'])
			expect(JSON.stringify((await system.get('brightwell', path)).body)).not.toContain(SECRET.slice(6));
		const { rows } = await system.database.query('select c::text as row, secrets from on_call_channel c');
		expect(rows[0].row).not.toContain(SECRET.slice(6));
		expect(rows[0].secrets.toString('latin1')).not.toContain(SECRET.slice(6));
	});

	test('belongs to one Supplier', async () => {
		await put(webhook());
		expect((await system.get('halden', '/on-call/channels')).body.items).toEqual([]);
		for (const [method, path] of [
			['GET', ''],
			['DELETE', ''],
			['POST', '/test']
		] as const)
			expect((await system.call(method, `/on-call/channels/bridge${path}`, 'halden')).status).toBe(404);
		expect((await system.get('brightwell', '/on-call/channels/bridge')).status).toBe(200);
	});

	test('is tested again by POST, and notes when', async () => {
		await put(webhook());
		await system.database.query(`update on_call_channel set tested_at = '2020-01-01'`);
		const tested = await system.call('POST', '/on-call/channels/bridge/test', 'brightwell');
		expect(tested).toMatchObject({ status: 200, body: { state: 'delivered' } });
		const after = (await system.get('brightwell', '/on-call/channels/bridge')).body;
		expect(Date.parse(after.testedAt)).toBeGreaterThan(Date.parse('2026-01-01'));
		receiver.behave(answers(503));
		const failed = await system.call('POST', '/on-call/channels/bridge/test', 'brightwell');
		expect(failed).toMatchObject({
			status: 422,
			body: { detail: 'The test of the channel failed: the receiver answered 503' }
		});
		expect((await system.get('brightwell', '/on-call/channels/bridge')).body.testedAt).toBe(after.testedAt);
	});

	test('is deleted only when no route uses it', async () => {
		await put(webhook());
		const route = { when: { priority: 1 }, rota: null, channels: ['other'], then: [{ channel: 'bridge' }] };
		await system.database.query(
			`insert into on_call_route (supplier_id, name, place, enabled, definition, saved_by)
			 values ($1, 'by step', 1, true, $2, 'x'), ($1, 'by channel', 2, true, $3, 'x')`,
			[await supplierId('brightwell'), route, { ...route, channels: ['bridge'], then: [] }]
		);
		const remove = () => system.call('DELETE', '/on-call/channels/bridge', 'brightwell');
		expect(await remove()).toMatchObject({ status: 409, body: { detail: /by step, by channel/ } });
		await system.database.query('delete from on_call_route');
		expect((await remove()).status).toBe(204);
		expect((await remove()).status).toBe(404);
	});

	test('opens for the worker, and says what to do if AUTH_SECRET has changed', async () => {
		await put(webhook());
		expect(await open('bridge')).toMatchObject({ kind: { kind: 'webhook' }, settings: webhook() });
		expect(await open('bridge', 'another secret of this installation')).toEqual({
			problem: expect.stringMatching(/AUTH_SECRET has changed.*set the former AUTH_SECRET again/)
		});
		expect(await open('no such')).toEqual({ problem: 'the channel no such was deleted' });
	});
});

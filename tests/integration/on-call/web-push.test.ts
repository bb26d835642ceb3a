// Tests Web Push against a push service of the test's own, which checks the signature and decrypts as a browser does.
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import pg from 'pg';
import { PushPayload } from '#lib/domain/on-call/push.ts';
import type { Notice } from '#lib/server/on-call/channels/channel.ts';
import { kindOf } from '#lib/server/on-call/channels/kinds.ts';
import { createPushDevices } from '#lib/server/on-call/channels/web-push/push-devices.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { noticeOf } from '../../support/notices.ts';
import { startPushService, type PushService, type SubscribedBrowser } from '../../support/push-service.ts';
import { startSystem, type System } from '../../support/system.ts';

const PATH = '/on-call/push/subscriptions';

let system: System;
let service: PushService;
let supplierId: number;
let engineers: Member[];
let turn = 0;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	service = await startPushService();
	const { rows } = await system.database.query("select id from supplier where slug = 'brightwell'");
	supplierId = rows[0].id;
	engineers = [
		await joinAs(system, 'brightwell', 'on-call', 'Alex Reid'),
		await joinAs(system, 'brightwell', 'on-call', 'Sam Shaw')
	];
});
beforeEach(() => system.database.query('delete from push_subscription'));
afterAll(async () => {
	await service[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});

/** Returns a person without browsers: two people take turns, because the number of sign-ins a minute is limited. */
const join = (): Member => engineers[turn++ % engineers.length]!;
async function subscribe(person: Member): Promise<SubscribedBrowser> {
	const browser = service.subscribe();
	expect((await person.call('POST', PATH, browser.subscription)).status).toBe(201);
	return browser;
}
const idOf = async ({ email }: Member): Promise<string> =>
	(await system.database.query('select "id" from "user" where "email" = $1', [email])).rows[0].id;

async function send(person: Member, changes: Parameters<typeof noticeOf>[0] = {}) {
	const recipient = { userId: await idOf(person), name: person.name, email: person.email };
	const supplier: Notice['supplier'] = { id: supplierId, slug: 'brightwell', name: 'Brightwell Energy' };
	const notice = noticeOf({
		recipient,
		supplier,
		answerUrl: 'https://causeway.example/answer/bGluaw.c2lnbmF0dXJl',
		...changes
	});
	return kindOf('web-push')!.send({ kind: 'web-push' }, notice, system.services.sendDeps);
}

test('a push reaches every browser of the person, encrypted and signed with the key of the installation', async () => {
	const person = join();
	const browsers = [await subscribe(person), await subscribe(person)];
	expect(await send(person)).toEqual({ state: 'sent', status: 201 });
	const { key } = (await person.call('GET', '/on-call/push/key')).body;
	for (const browser of browsers) {
		const [push] = service.to(browser);
		expect(push).toMatchObject({ key, claims: { sub: 'mailto:causeway@localhost' } });
		expect(push!.headers).toMatchObject({ urgency: 'high', topic: 'page-77', ttl: '86400' });
		expect(PushPayload.parse(push!.payload)).toEqual({
			type: 'opened',
			page: '77',
			tag: 'page-77',
			title: '8F3E SW1 unauthorised access: no cause found',
			body: expect.stringContaining('No Service Request explains it'),
			why: 'the route "security" matches',
			priority: 1,
			state: 'open',
			at: '2026-11-05T02:14:20.000Z',
			by: null,
			path: '/on-call/pages/77',
			answer: 'bGluaw.c2lnbmF0dXJl'
		});
	}
	const listed = (await person.call('GET', PATH)).body.items;
	expect(listed).toHaveLength(2);
	expect(listed[0].lastAcceptedAt).not.toBeNull();
	expect(JSON.stringify(listed)).not.toContain(browsers[0]!.path);
});

test('a person without a browser is a failed try that says what to do', async () => {
	const person = join();
	expect(await send(person)).toEqual({
		state: 'failed',
		status: null,
		again: false,
		error: `${person.name} has no device for pushes; ask ${person.name} to open /on-call and turn pushes on`
	});
});

test.each([404, 410])('a push service that answers %i ends the subscription', async (status) => {
	const person = join();
	const [gone, other] = [await subscribe(person), await subscribe(person)];
	service.answer(gone!, status);
	expect(await send(person)).toEqual({ state: 'sent', status: 201 });
	expect((await person.call('GET', PATH)).body.items).toHaveLength(1);
	service.answer(other!, status);
	expect(await send(person)).toMatchObject({
		state: 'failed',
		again: false,
		error: expect.stringMatching(/has no device/)
	});
	expect((await person.call('GET', PATH)).body.items).toEqual([]);
});

test('a push service that fails is tried again, and one browser is enough', async () => {
	const person = join();
	const browser = await subscribe(person);
	service.answer(browser, 503);
	expect(await send(person)).toMatchObject({ state: 'failed', status: 503, again: true });
	await subscribe(person);
	expect(await send(person)).toMatchObject({ state: 'sent' });
	expect((await person.call('GET', PATH)).body.items).toHaveLength(2);
});

test.each([
	['opened', 1, 'high', '86400'],
	['updated', 2, 'high', '28800'],
	['opened', 3, 'normal', '14400'],
	['opened', 4, 'low', '14400'],
	['resolved', 1, 'normal', '86400']
] as const)('an event %s of priority %i has the urgency %s', async (type, priority, urgency, ttl) => {
	const person = join();
	const browser = await subscribe(person);
	await send(person, { type, page: { priority } });
	expect(service.to(browser)[0]!.headers).toMatchObject({ urgency, ttl });
});

test.each(['long '.repeat(2000), '💥'.repeat(3000), '"\\'.repeat(3000), 'ü'.repeat(5000)])(
	'a payload stays below 3,000 bytes',
	async (verdict) => {
		const person = join();
		const browser = await subscribe(person);
		await send(person, { why: verdict, content: { verdict } });
		const [push] = service.to(browser);
		expect(Buffer.byteLength(push!.text)).toBeLessThan(3000);
		expect(PushPayload.parse(push!.payload).body.length).toBeGreaterThan(20);
	}
);

test('two processes that start at once use one key pair, and it is stored sealed', async () => {
	const authSecret = 'another secret of the tests '.repeat(2);
	const pool = new pg.Pool({ connectionString: system.databaseUrl });
	onTestFinished(() => pool.end());
	const devices = Array.from({ length: 4 }, () => createPushDevices({ pool, authSecret }));
	const keys = await Promise.all(devices.map((one) => one.key()));
	expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1);
	const { rows } = await system.database.query('select * from installation_key where public = $1', [
		keys[0]!.publicKey
	]);
	expect(rows).toHaveLength(1);
	expect(rows[0].sealed.toString('latin1')).not.toContain(keys[0]!.privateKey);
});

describe('subscriptions', () => {
	test.each([
		['http://push.example/x', 'endpoint'],
		['https://user:password@push.example/x', 'endpoint'],
		['ftp://push.example/x', 'endpoint'],
		['x', 'endpoint'],
		[`https://push.example/${'x'.repeat(1000)}`, 'endpoint']
	])('refuses the address %s', async (endpoint, path) => {
		const person = join();
		const { subscription } = service.subscribe();
		const refused = await person.call('POST', PATH, { ...subscription, endpoint });
		expect(refused.status).toBe(400);
		expect(refused.body.errors).toMatchObject([{ path }]);
		expect(JSON.stringify(refused.body)).not.toContain('push.example');
	});

	test('refuses keys of another length', async () => {
		const person = join();
		const { subscription } = service.subscribe();
		const keys = { p256dh: subscription.keys.p256dh.slice(1), auth: 'short' };
		expect((await person.call('POST', PATH, { ...subscription, keys })).status).toBe(400);
	});

	test('the same browser counts once, and belongs to the person who turned pushes on last', async () => {
		const [first, second] = [join(), join()];
		const browser = await subscribe(first!);
		expect((await first!.call('POST', PATH, browser.subscription)).status).toBe(201);
		expect((await first!.call('GET', PATH)).body.items).toHaveLength(1);
		expect((await second!.call('POST', PATH, browser.subscription)).status).toBe(201);
		expect((await first!.call('GET', PATH)).body.items).toEqual([]);
		expect(await send(second!)).toMatchObject({ state: 'sent' });
	});

	test('a browser of another Supplier is refused and stays', async () => {
		const person = join();
		const browser = await subscribe(person);
		const stranger = await joinAs(system, 'halden', 'on-call', 'Stranger');
		const refused = await stranger.call('POST', PATH, browser.subscription);
		expect(refused.status).toBe(409);
		expect(refused.body.detail).toMatch(/turn pushes off and on again/);
		expect((await person.call('GET', PATH)).body.items).toHaveLength(1);
	});

	test('nobody removes the browser of another person', async () => {
		const [person, other] = [join(), join()];
		await subscribe(person!);
		const { id } = (await person!.call('GET', PATH)).body.items[0];
		expect((await other!.call('DELETE', `${PATH}/${id}`)).status).toBe(404);
		expect((await person!.call('DELETE', `${PATH}/${id}`)).status).toBe(204);
		expect((await person!.call('GET', PATH)).body.items).toEqual([]);
	});

	test('a person has at most 20 browsers', async () => {
		const person = join();
		for (let i = 0; i < 20; i++) await subscribe(person);
		const { subscription } = service.subscribe();
		const refused = await person.call('POST', PATH, subscription);
		expect(refused.status).toBe(409);
		expect(refused.body.detail).toMatch(/20 browsers/);
	});

	test('a key has no browser', async () => {
		const { subscription } = service.subscribe();
		expect((await system.call('POST', PATH, 'brightwell', subscription)).status).toBe(403);
	});

	test('the keys of a browser are stored sealed', async () => {
		const person = join();
		const { subscription } = await subscribe(person);
		const { rows } = await system.database.query('select keys from push_subscription where endpoint = $1', [
			subscription.endpoint
		]);
		expect(rows[0].keys.toString('latin1')).not.toContain(subscription.keys.auth);
	});
});

describe('the test push', () => {
	test('arrives, and says that nothing has happened', async () => {
		const person = join();
		const browser = await subscribe(person);
		expect((await person.call('POST', '/on-call/push/test', {})).status).toBe(200);
		expect(service.to(browser)[0]!.payload).toMatchObject({
			type: 'test',
			page: null,
			answer: null,
			body: expect.stringContaining('Nothing has happened')
		});
	});

	test('without a browser is refused with what to do', async () => {
		const refused = await join().call('POST', '/on-call/push/test', {});
		expect(refused.status).toBe(422);
		expect(refused.body.detail).toMatch(/turn pushes on/);
	});

	test('a channel is saved after a test push to the person, and by a key without one', async () => {
		const lead = await joinAs(system, 'brightwell', 'lead', 'Ada Lead');
		const put = () => lead.call('PUT', '/on-call/channels/phones', { kind: 'web-push' });
		expect((await put()).status).toBe(422);
		const browser = await subscribe(lead);
		expect((await put()).body).toMatchObject({ addresses: 'person', test: { state: 'sent' } });
		expect(service.to(browser)).toHaveLength(1);
		expect(
			(await system.call('PUT', '/on-call/channels/push', 'brightwell', { kind: 'web-push' })).status
		).toBe(200);
	});
});

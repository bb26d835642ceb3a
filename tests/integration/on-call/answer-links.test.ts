// Tests answers by the one-time link of a push, without a session.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAnswerLinks } from '#lib/server/on-call/answers/answer-link.ts';
import { createTokenSigner } from '#lib/server/access/signed-token.ts';
import { setUpAnswering, type Answering } from '../../support/answering.ts';
import type { OnCallTest } from '../../support/on-call.ts';
import type { Answer, System } from '../../support/system.ts';

let answering: Answering;
let system: System;
let onCall: OnCallTest;

beforeAll(async () => {
	answering = await setUpAnswering();
	({ system, onCall } = answering);
});
afterAll(() => answering[Symbol.asyncDispose]());
beforeEach(() => answering.begin());
afterEach(() => answering.end());

const answer = (token: string, more: object = { answer: 'acknowledge' }): Promise<Answer> =>
	system.call('POST', '/on-call/answers', null, { token, ...more });

describe('a one-time link', () => {
	test('acknowledges as its person, with the push in the audit, and works once', async () => {
		const { page, token } = await answering.pageWithToken();
		const answered = await answer(token);
		expect(answered).toMatchObject({ status: 200, body: { text: 'Acknowledged', state: 'acknowledged' } });
		const [name] = [answered.body.acknowledged.by];
		expect(['First', 'Second']).toContain(name);
		await onCall.pageBecomes({ id: page.id, acknowledged: { by: name, channel: 'push' } });
		const again = await answer(token);
		expect(again.status).toBe(409);
		expect(again.body.detail).toBe(`${name} acknowledged just now by push.`);
		const decided = await answer(token, { answer: 'decide', verdict: 'actionable', reason: 'no-command' });
		expect(decided.status).toBe(410);
		expect(decided.body.detail).toMatch(/works once/);
	});

	test('decides with a reason, and the decision names the person and the channel', async () => {
		const { page, alert, token } = await answering.pageWithToken();
		const decision = { answer: 'decide', verdict: 'ignorable', reason: 'other', note: 'a known test meter' };
		expect(await answer(token, decision)).toMatchObject({
			status: 200,
			body: { text: 'Decided: ignorable', state: 'resolved' }
		});
		const { rows } = await system.database.query(
			'select decided_by, verdict, reason, note, channel from decision where alert_id = $1',
			[alert.id]
		);
		expect(rows).toEqual([
			{
				decided_by: expect.stringMatching(/First|Second/),
				verdict: 'ignorable',
				reason: 'other',
				note: 'a known test meter',
				channel: 'push'
			}
		]);
		expect((await onCall.pages())[0]).toMatchObject({ id: page.id, state: 'resolved' });
	});

	test('says who was first', async () => {
		const { page, token } = await answering.pageWithToken();
		await onCall.members[0]!.call('POST', `/on-call/pages/${page.id}/acknowledge`, {});
		const late = await answer(token);
		expect(late).toMatchObject({
			status: 409,
			body: {
				detail: 'First acknowledged just now in the console.',
				state: 'acknowledged',
				acknowledged: { by: 'First' }
			}
		});
	});

	test('is answered once when it is used many times at once', async () => {
		const { page, token } = await answering.pageWithToken();
		const all = await Promise.all(Array.from({ length: 10 }, () => answer(token)));
		expect(all.map(({ status }) => status).sort()).toEqual([
			200,
			...Array.from({ length: 9 }, () => expect.any(Number))
		]);
		expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
		const read = (await system.get('brightwell', `/on-call/pages/${page.id}`)).body;
		expect(read.events.filter(({ type }: { type: string }) => type === 'acknowledged')).toHaveLength(1);
	});

	test.each([
		['no reason', { answer: 'decide', verdict: 'actionable' }],
		['a reason of the other verdict', { answer: 'decide', verdict: 'actionable', reason: 'repeat' }],
		['no verdict', { answer: 'decide' }],
		['no note where one is needed', { answer: 'decide', verdict: 'ignorable', reason: 'other' }]
	])('is not used up by a decision with %s', async (_what, more) => {
		const { token } = await answering.pageWithToken();
		expect((await answer(token, more)).status).toBe(400);
		expect((await answer(token)).status).toBe(200);
	});

	test('that nobody signed is refused, and so is one of another purpose', async () => {
		const { token } = await answering.pageWithToken();
		const [body, mac] = token.split('.') as [string, string];
		const other = Buffer.from(Buffer.from(body, 'base64url').toString('utf8').replace(/^\d+/, '9')).toString(
			'base64url'
		);
		const foreign = createTokenSigner(system.env.AUTH_SECRET, 'another purpose').sign(
			Buffer.from(body, 'base64url').toString('utf8').split('.')
		);
		for (const forged of [
			'',
			'x',
			body,
			`${other}.${mac}`,
			`${body}.${mac.slice(1)}`,
			`${body}.${mac}.x`,
			foreign
		]) {
			const refused = await answer(forged);
			expect(refused.status, forged).toBe(401);
			expect(refused.body.detail).toMatch(/not valid/);
		}
		expect((await onCall.pages())[0]!.state).toBe('open');
	});

	test('expires after 24 hours', () => {
		const links = createAnswerLinks(system.env.AUTH_SECRET);
		const at = new Date('2026-11-05T02:00:00.000Z');
		const message = { supplierId: 1, pageId: '7', userId: 'ada', kind: 'email', key: 'k', at };
		const token = links.addressFor(message, 'https://c.example')!.split('/').at(-1)!;
		expect(links.open(token, new Date('2026-11-06T01:59:59.000Z'))).toMatchObject({
			pageId: '7',
			channel: 'email-link'
		});
		expect(links.open(token, new Date('2026-11-06T02:00:00.000Z'))).toBe('expired');
		// Every try of one message has the same link.
		expect(links.addressFor(message, 'https://c.example')).toContain(token);
		expect(links.addressFor({ ...message, userId: null }, 'https://c.example')).toBeNull();
		expect(links.addressFor({ ...message, kind: 'webhook' }, 'https://c.example')).toBeNull();
	});

	test('of a person who can no longer sign in is refused', async () => {
		const { token } = await answering.pageWithToken();
		await system.database.query('update member set disabled_at = now() where role = $1', ['on-call']);
		const refused = await answer(token);
		await system.database.query('update member set disabled_at = null');
		expect(refused).toMatchObject({
			status: 403,
			body: { detail: expect.stringMatching(/no longer sign in/) }
		});
	});

	test('with answers that never took effect still answers an open page', async () => {
		const { page, token } = await answering.pageWithToken();
		const link = createAnswerLinks(system.env.AUTH_SECRET).open(token, new Date());
		if (typeof link === 'string') throw new Error(link);
		// The process ended between the use of the link and the answer.
		await system.database.query(
			'insert into used_answer_link (nonce, supplier_id, page_id) values ($1, $2, $3)',
			[link.nonce, link.supplierId, page.id]
		);
		expect((await answer(token)).status).toBe(200);
	});
});

test('one address makes at most 120 calls a minute', async () => {
	const statuses = [];
	for (let i = 0; i < 130; i++) statuses.push((await answer('x')).status);
	expect(statuses.at(-1)).toBe(429);
	expect(statuses.filter((status) => ![401, 429].includes(status))).toEqual([]);
});

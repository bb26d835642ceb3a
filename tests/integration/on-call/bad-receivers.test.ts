// Tests pages to receivers that are not well, from the Alert to the receiver: no page is lost, a receiver that honours
// `webhook-id` sees each event once, and events arrive in order.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from '#lib/domain/on-call/page.ts';
import { UNEXPLAINED_SECURITY, firstly, setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { MANNERS, answers, type Manner } from '../../support/receiver.ts';
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

const acknowledge = ({ id }: Page) =>
	system.call('POST', `/on-call/pages/${id}/acknowledge`, 'brightwell', {});
const fine = answers(204);
/** Answers 2xx, a second late. */
const slow: Manner = (req, res, received) => void setTimeout(() => fine(req, res, received), 1000);
const opened = ({ deliveries }: Page) => deliveries.find(({ event }) => event === 'opened')!;

describe('a receiver that is not well at first', () => {
	it.each([
		['answers 500', answers(500), 'the receiver answered 500', 500],
		['answers 429 with Retry-After', answers(429, { 'retry-after': '1' }), 'the receiver answered 429', 429],
		['closes the connection', MANNERS.closes, 'the receiver closed the connection', null],
		['never answers', MANNERS.neverAnswers, 'no answer within 10 seconds', null]
	])(
		'%s: gets the event again with the same key',
		async (_what, bad, error, status) => {
			onCall.receiver.behave(firstly(1, bad, fine));
			// A receiver that closes a connection in use again is asked once more in the same try.
			onCall.receiver.closeConnections();
			await onCall.route('security', UNEXPLAINED_SECURITY);
			await onCall.anUnexplainedAlert();
			const page = await eventually(
				async () => {
					const [newest] = await onCall.pages();
					expect(opened(newest!)).toMatchObject({ state: 'delivered', isDead: false, nextAt: null });
					return newest!;
				},
				{ timeout: 25_000 }
			);
			expect(opened(page).tries).toMatchObject([
				{ outcome: 'failed', status, error },
				{ outcome: 'delivered', status: 204, error: null }
			]);
			const events = onCall.events();
			expect(events.map(({ type }) => type)).toEqual(['opened', 'opened']);
			expect(new Set(events.map(({ id }) => id)).size).toBe(1);
		},
		40_000
	);
});

describe('a receiver that accepts in an odd way', () => {
	it.each([
		['answers late', slow, 204],
		['answers twice', MANNERS.answersTwice, 204],
		['answers without an end', MANNERS.answersHugely, 200]
	])('%s: gets the event once', async (_what, odd, status) => {
		onCall.receiver.behave(odd);
		await onCall.route('security', UNEXPLAINED_SECURITY);
		const alert = await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ deliveries: [{ state: 'delivered' }] });
		expect(opened(page).tries).toMatchObject([{ outcome: 'delivered', status }]);
		await onCall.decide(alert);
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'resolved']));
	});
});

describe('a receiver that refuses for good', () => {
	it.each([
		['410', answers(410), /has ended this address/],
		['404', answers(404), /check the address/],
		['a redirect', answers(308, { location: 'https://elsewhere.example' }), /a redirect/]
	])('by %s: gets no second try, and the delivery is dead', async (_what, refusal, error) => {
		onCall.receiver.behave(refusal);
		await onCall.route('security', UNEXPLAINED_SECURITY);
		await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ alarm: 'unreached' });
		expect(opened(page)).toMatchObject({ state: 'failed', isDead: true, nextAt: null });
		expect(opened(page).error).toMatch(error);
		expect(opened(page).tries).toHaveLength(1);
		expect(await acknowledge(page)).toMatchObject({ status: 200 });
	});
});

describe('the events of a page', () => {
	it('reach a receiver in order, although the first one fails twice', async () => {
		onCall.receiver.behave(firstly(2, answers(503), fine));
		await onCall.route('security', UNEXPLAINED_SECURITY);
		await onCall.anUnexplainedAlert();
		await eventually(() => expect(onCall.types().length).toBeGreaterThan(0));
		const [page] = await onCall.pages();
		expect(await acknowledge(page!)).toMatchObject({ status: 200 });
		await eventually(() => expect(onCall.types()).toEqual(['opened', 'opened', 'opened', 'acknowledged']), {
			timeout: 15_000
		});
		const [first, second, third, last] = onCall.events();
		expect(new Set([first!.id, second!.id, third!.id]).size).toBe(1);
		expect(last!.id).not.toBe(first!.id);
	});
});

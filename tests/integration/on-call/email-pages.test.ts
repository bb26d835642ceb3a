// Tests pages by e-mail from the Alert to a real mail server: to the person on call, as one thread.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMailServer, type MailServer } from '../../support/mail-server.ts';
import { joinAs } from '../../support/members.ts';
import { UNEXPLAINED_SECURITY, setUpOnCall, type OnCallTest } from '../../support/on-call.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let mailServer: MailServer;
let system: System;
let onCall: OnCallTest;
beforeAll(async () => {
	mailServer = await startMailServer({ account: { user: 'causeway', password: 'pass/word' } });
	system = await startSystem({
		completeUntil: '2026-11-05T06:00:00.000Z',
		settings: {
			MAIL_SERVER: `smtp://causeway@127.0.0.1:${mailServer.port}`,
			MAIL_PASSWORD: 'pass/word',
			MAIL_FROM: 'Causeway <pager@causeway.example>'
		}
	});
	onCall = await setUpOnCall(system);
});
afterAll(async () => {
	await onCall?.receiver[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
	await mailServer[Symbol.asyncDispose]();
});

describe('a page by e-mail', () => {
	it('is tested with a mail to the person who saves the channel', async () => {
		const lead = await joinAs(system, 'brightwell', 'lead', 'Lea Lead');
		const saved = await lead.call('PUT', '/on-call/channels/mail', { kind: 'email' });
		expect(saved).toMatchObject({
			status: 200,
			body: {
				target: 'the person on call',
				addresses: 'person',
				test: { state: 'sent', to: lead.email, status: 250 }
			}
		});
		expect(mailServer.mails).toMatchObject([{ to: [lead.email], from: 'pager@causeway.example' }]);
		expect(mailServer.mails[0]!.parts['text/plain']).toContain('Nothing has happened');
	});

	it('goes to the person on call, and the end of the page is in the same thread', async () => {
		mailServer.mails.length = 0;
		await onCall.route('security', UNEXPLAINED_SECURITY, { channels: ['mail'] });
		const alert = await onCall.anUnexplainedAlert();
		const page = await onCall.pageBecomes({ deliveries: [{ state: 'sent', kind: 'email' }] });
		const person = onCall.members.find(({ email }) => email === mailServer.mails[0]!.to[0])!;
		expect(person).toBeDefined();
		expect(page.deliveries[0]).toMatchObject({ tries: [{ outcome: 'sent', status: 250 }] });
		await onCall.decide(alert);
		await eventually(() => expect(mailServer.mails).toHaveLength(2));
		const [opened, resolved] = mailServer.mails;
		expect(resolved!.to).toEqual([person.email]);
		expect(resolved!.headers['references']).toBe(opened!.headers['references']);
		expect(resolved!.headers['message-id']).not.toBe(opened!.headers['message-id']);
		const text = opened!.parts['text/plain']!;
		expect(opened!.headers['subject']).toContain('8F30');
		expect(text).toContain(page.content.verdict);
		expect(text).toContain(page.url);
		expect(resolved!.parts['text/plain']).not.toContain('Answer without signing in');
	});

	it('waits for a mail server that is busy, and is not sent twice', async () => {
		mailServer.mails.length = 0;
		mailServer.refuse({ data: 451 });
		const alert = await onCall.anUnexplainedAlert();
		await onCall.pageBecomes({
			alertId: alert.id,
			deliveries: [{ error: 'the mail server refused the mail (451)' }]
		});
		mailServer.refuse({});
		await onCall.pageBecomes({ alertId: alert.id, deliveries: [{ state: 'sent' }] });
		expect(mailServer.mails).toHaveLength(1);
		await onCall.decide(alert);
	});
});

// What a draft of the cause table would change among the stored Alerts, told before it is activated.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { draftOf, happened, joinEditors, replay, shortened, whatIfDone } from '../../support/cause-tables.ts';
import type { Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let officer: Member;
let haldenLead: Member;

beforeAll(async () => {
	system = await startSystem();
	({ lead, officer, haldenLead } = await joinEditors(system));
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const idOf = async (slug: string, deviceId: string) =>
	(await system.alerts(slug, `?device=${deviceId}`))[0]!.id;

/** All that is stored of Alerts, to tell that nothing was written. */
const stored = async () =>
	(
		await system.record.query(
			'select supplier_id, alert_id, version, seq, table_version, body from supplier_alert order by 1, 2'
		)
	).rows;

describe('a what-if', () => {
	it('tells exactly which explanations would change, to each Supplier its own, and changes nothing', async () => {
		const near = await happened(system, 'brightwell', 20);
		const far = await happened(system, 'brightwell', 120);
		const elsewhere = await happened(system, 'halden', 120);
		for (const [slug, deviceId] of [
			['brightwell', near],
			['brightwell', far],
			['halden', elsewhere]
		] as const)
			await system.becomes(slug, deviceId, { explanation: 'likely' });
		const before = await stored();
		const { version } = (await draftOf(lead, shortened(60))).body;

		const ours = await replay(lead, version);
		expect(ours).toMatchObject({
			against: shippedFile.version,
			stands: true,
			stoppedEarly: false,
			progress: 2,
			total: 2,
			changed: 1,
			startedBy: 'Brightwell lead'
		});
		expect(ours.changes).toEqual([
			{
				code: '8F30',
				name: expect.any(String),
				from: 'likely',
				to: expect.not.stringMatching('likely'),
				suspectChanged: true,
				count: 1,
				examples: [await idOf('brightwell', far)]
			},
			// The window that its reasons tell of is another one; what they say is the same.
			expect.objectContaining({
				from: 'likely',
				to: 'likely',
				suspectChanged: false,
				examples: [await idOf('brightwell', near)]
			})
		]);
		const theirs = (await haldenLead.call('GET', `/cause-table/${version}/what-if`)).body;
		expect(theirs).toMatchObject({ total: 1, changed: 1 });
		expect(theirs.changes[0].examples).toEqual([await idOf('halden', elsewhere)]);
		expect(JSON.stringify(ours)).not.toContain(await idOf('halden', elsewhere));
		expect(JSON.stringify(theirs)).not.toContain(await idOf('brightwell', near));
		expect(await stored()).toEqual(before);
	});

	it('started a second time replaces the first', async () => {
		const { version } = (await draftOf(lead, shortened(60))).body;
		await lead.call('POST', `/cause-table/${version}/what-if`);
		const last = await replay(officer, version);
		expect(last).toMatchObject({ startedBy: 'Brightwell officer', progress: 2, changed: 1 });
	});

	it('that no worker heard of is taken up by the next', async () => {
		await system.killWorker();
		const { version } = (await draftOf(lead, shortened(60))).body;
		await lead.call('POST', `/cause-table/${version}/what-if`);
		await system.startWorker();
		expect(await whatIfDone(lead, version)).toMatchObject({ changed: 1 });
	});

	it('of a table that is not a draft is refused', async () => {
		const answer = await lead.call('POST', `/cause-table/${shippedFile.version}/what-if`);
		expect([answer.status, answer.body.detail]).toEqual([
			409,
			`${shippedFile.version} is active: a what-if is for drafts and proposals`
		]);
	});
});

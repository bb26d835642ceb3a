// Tests the what-if of a draft: which stored explanations would change if the draft were the active cause table.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import {
	saveDraft,
	postAlertAfterRequest,
	joinEditors,
	runWhatIf,
	shortenedTable,
	waitForWhatIf
} from '../../support/cause-tables.ts';
import type { Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let officer: Member;
let haldenLead: Member;
let admin: Member;

beforeAll(async () => {
	system = await startSystem();
	({ lead, officer, haldenLead, admin } = await joinEditors(system));
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const idOf = async (slug: string, deviceId: string) =>
	(await system.alerts(slug, `?device=${deviceId}`))[0]!.id;

/** Reads all stored explanations, to check that a what-if writes no explanation. */
const storedExplanations = async () =>
	(
		await system.database.query(
			'select supplier_id, alert_id, version, seq, table_version, body from supplier_alert order by 1, 2'
		)
	).rows;

describe('a what-if', () => {
	it('lists exactly the explanations that would change, to each Supplier its own, to the installation only numbers, and changes none', async () => {
		const shortDelay = await postAlertAfterRequest(system, 'brightwell', 20);
		const longDelay = await postAlertAfterRequest(system, 'brightwell', 120);
		const ofHalden = await postAlertAfterRequest(system, 'halden', 120);
		for (const [slug, deviceId] of [
			['brightwell', shortDelay],
			['brightwell', longDelay],
			['halden', ofHalden]
		] as const)
			await system.becomes(slug, deviceId, { explanation: 'likely' });
		const before = await storedExplanations();
		const { version } = (await saveDraft(lead, shortenedTable(60))).body;

		const ours = await runWhatIf(lead, version);
		expect(ours).toMatchObject({
			against: shippedFile.version,
			stands: true,
			suppliers: null,
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
				examples: [await idOf('brightwell', longDelay)]
			},
			// The Alert is still explained, but the reasons name the shorter window.
			expect.objectContaining({
				from: 'likely',
				to: 'likely',
				suspectChanged: false,
				examples: [await idOf('brightwell', shortDelay)]
			})
		]);
		await admin.call('POST', `/cause-table/${version}/propose`);
		const theirs = (await haldenLead.call('GET', `/cause-table/${version}/what-if`)).body;
		expect(theirs).toMatchObject({ total: 1, changed: 1 });
		expect(theirs.changes[0].examples).toEqual([await idOf('halden', ofHalden)]);
		expect(JSON.stringify(ours)).not.toContain(await idOf('halden', ofHalden));
		expect(JSON.stringify(theirs)).not.toContain(await idOf('brightwell', shortDelay));
		expect(await storedExplanations()).toEqual(before);

		const overall = (await admin.call('GET', `/cause-table/${version}/what-if`)).body;
		expect(overall).toMatchObject({ suppliers: 2, progress: 3, total: 3, changed: 2 });
		expect(overall.changes[0]).toMatchObject({ code: '8F30', from: 'likely', count: 2, examples: [] });
		for (const id of [ours.changes[0].examples[0], theirs.changes[0].examples[0]])
			expect(JSON.stringify(overall)).not.toContain(id);
	});

	it('replaces the earlier what-if of the same draft', async () => {
		const { version } = (await saveDraft(lead, shortenedTable(60))).body;
		await lead.call('POST', `/cause-table/${version}/what-if`);
		const last = await runWhatIf(officer, version);
		expect(last).toMatchObject({ startedBy: 'Brightwell officer', progress: 2, changed: 1 });
	});

	it('that is started while no worker runs is done by the next worker', async () => {
		await system.killWorker();
		const { version } = (await saveDraft(lead, shortenedTable(60))).body;
		await lead.call('POST', `/cause-table/${version}/what-if`);
		await system.startWorker();
		expect(await waitForWhatIf(lead, version)).toMatchObject({ changed: 1 });
	});

	it('is refused for a table that is neither a draft nor a proposal', async () => {
		const answer = await lead.call('POST', `/cause-table/${shippedFile.version}/what-if`);
		expect([answer.status, answer.body.detail]).toEqual([
			409,
			`${shippedFile.version} is active: a what-if is for drafts and proposals`
		]);
	});
});

// Tests the versions of the cause table: the product's file is the first, people of a Supplier draft and replay a
// change, one person of the installation proposes it, and another person of the installation activates it.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { shippedFile } from '#lib/domain/cause-table/cause-table.ts';
import { seedCauseTable } from '#lib/server/cause-table/active-table.ts';
import { openDatabase } from '#lib/server/postgres/database.ts';
import {
	activeTable,
	saveDraft,
	postAlertAfterRequest,
	joinEditors,
	runWhatIf,
	shortenedTable
} from '../../support/cause-tables.ts';
import type { Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let officer: Member;
let controller: Member;
let admin: Member;
let editor: Member;
let haldenLead: Member;

beforeAll(async () => {
	system = await startSystem();
	({ lead, officer, controller, admin, editor, haldenLead } = await joinEditors(system));
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('the first start', () => {
	it('makes the shipped file the active table', async () => {
		const { version } = shippedFile;
		expect(await activeTable(lead)).toMatchObject({
			version,
			status: 'active',
			shipped: true,
			activated: { by: 'shipped with the product' }
		});
		const shipped = (await lead.call('GET', `/cause-table/${version}`)).body;
		expect(shipped.body).toEqual(shippedFile);
		expect(shipped.history).toMatchObject([{ what: 'activated', by: 'shipped with the product' }]);
	});
});

describe('a draft', () => {
	it('is refused with the place of every fault, by Alert code, and nothing is saved', async () => {
		const faulty = shortenedTable(60);
		const entry = faulty.entries.find((e) => e.alert === '8F30')!;
		entry.causes[0]!.variants.push('9.99');
		entry.causes[0]!.minSeconds = 900;
		entry.causes[1]!.mechanism = '';
		faulty.entries.push({ alert: 'hello', guidance: null, causes: [] });
		const answer = await saveDraft(lead, faulty);
		expect(answer.status).toBe(400);
		expect(answer.body.errors).toEqual(
			expect.arrayContaining([
				{ path: `entries.8F30.causes.0.variants.6`, message: 'is not in the table of SRVs' },
				expect.objectContaining({ path: 'entries.8F30.causes.1.mechanism' })
			])
		);
		const withRepeatedEntry = shortenedTable(60);
		withRepeatedEntry.entries.push(withRepeatedEntry.entries[0]!, {
			alert: 'hello',
			guidance: null,
			causes: []
		});
		expect(
			(await saveDraft(lead, withRepeatedEntry)).body.errors.map((e: { path: string }) => e.path)
		).toEqual(['entries.8F66', 'entries.8F66.causes.0.id', 'entries.hello']);
		expect((await lead.call('GET', '/cause-table')).body.others).toEqual([]);
	});

	it('is saved with its author, under the next version of the day', async () => {
		const first = await saveDraft(lead, shortenedTable(60), { note: 'operators answer faster now' });
		const second = await saveDraft(officer, shortenedTable(30));
		expect([first.status, second.status]).toEqual([201, 201]);
		const day = new Date().toISOString().slice(0, 10);
		expect([first.body.version, second.body.version]).toEqual([`${day}.1`, `${day}.2`]);
		expect(first.body).toMatchObject({
			status: 'draft',
			revision: 1,
			basedOn: shippedFile.version,
			note: 'operators answer faster now',
			drafted: { by: 'Brightwell lead' },
			body: { version: `${day}.1` }
		});
	});

	it('is not overwritten if another person saved it since it was read', async () => {
		const { version } = (await saveDraft(lead, shortenedTable(60))).body;
		const firstRevision = { version, revision: 1, note: 'mine' };
		expect((await saveDraft(officer, shortenedTable(50), firstRevision)).body).toMatchObject({
			revision: 2,
			note: 'mine'
		});
		const late = await saveDraft(lead, shortenedTable(40), firstRevision);
		expect(late.status).toBe(409);
		expect(late.body.detail).toMatch(/saved by somebody else/);
		const { body } = await lead.call('GET', `/cause-table/${version}`);
		expect(body.history.map((s: object) => Object.values(s).slice(0, 1))).toHaveLength(2);
		expect(body.history[1]).toMatchObject({ what: 'changed', by: 'Brightwell officer' });
	});

	it('can be changed by leads, officers and engineers, and only be read by controllers and keys', async () => {
		const { version } = (await saveDraft(lead, shortenedTable(60))).body;
		for (const path of ['', `/${version}/propose`, `/${version}/activate`, `/${version}/what-if`]) {
			const body = path === '' ? { basedOn: shippedFile.version, body: shippedFile } : {};
			const byController = await controller.call('POST', `/cause-table${path}`, body);
			expect(byController.status).toBe(403);
			expect(byController.body.detail).toMatch(
				/^A controller of a Supplier cannot (change|propose or activate) (the|a) cause table/
			);
			const byKey = await system.call('POST', `/cause-table${path}`, 'brightwell', body);
			expect(byKey.status).toBe(403);
			expect(byKey.body.detail).toMatch(
				/^A key cannot (change|propose or activate) (the|a) cause table.*sign in as a person/
			);
		}
		expect((await controller.call('GET', `/cause-table/${version}`)).status).toBe(200);
		expect((await system.get('brightwell', '/cause-table')).status).toBe(200);
		expect((await lead.call('GET', '/cause-table/2020-01-01')).status).toBe(404);
	});

	it('cannot be proposed if it does not differ from the active table', async () => {
		const { version } = (await saveDraft(lead, shippedFile)).body;
		const answer = await editor.call('POST', `/cause-table/${version}/propose`);
		expect([answer.status, answer.body.detail]).toEqual([
			409,
			`${version} does not differ from the active table ${shippedFile.version}`
		]);
		expect((await lead.call('POST', `/cause-table/${version}/discard`)).body.status).toBe('retired');
	});

	it('of one Supplier is hidden from other Suppliers, who cannot change it, until it is proposed to all', async () => {
		const { version } = (await saveDraft(lead, shortenedTable(33))).body;
		const seenBy = async (person: Member) =>
			(await person.call('GET', '/cause-table')).body.others.some(
				(table: { version: string }) => table.version === version
			);
		expect([await seenBy(lead), await seenBy(haldenLead), await seenBy(admin)]).toEqual([true, false, true]);
		for (const [method, path] of [
			['GET', ''],
			['GET', '/what-if'],
			['POST', '/what-if'],
			['POST', '/discard']
		] as const)
			expect((await haldenLead.call(method, `/cause-table/${version}${path}`)).status).toBe(404);
		expect((await saveDraft(haldenLead, shortenedTable(62), { version, revision: 1 })).status).toBe(404);
		await editor.call('POST', `/cause-table/${version}/propose`);
		const shown = await haldenLead.call('GET', `/cause-table/${version}`);
		expect(shown.body).toMatchObject({ status: 'proposed', drafted: { by: 'a person of another Supplier' } });
		expect(JSON.stringify(shown.body)).not.toContain('Brightwell');
		expect((await haldenLead.call('POST', `/cause-table/${version}/what-if`)).status).toBe(403);
		await admin.call('POST', `/cause-table/${version}/discard`);
	});
});

describe('activation', () => {
	let version: string;
	let otherDraft: string;

	it('needs a proposal, and a what-if of the newest revision of the draft', async () => {
		version = (await saveDraft(lead, shortenedTable(60))).body.version;
		const activate = async () => {
			const { status, body } = await admin.call('POST', `/cause-table/${version}/activate`);
			return [status, body.detail];
		};
		expect(await activate()).toEqual([409, `${version} is still a draft: propose it first`]);
		await editor.call('POST', `/cause-table/${version}/propose`);
		expect(await activate()).toEqual([409, expect.stringMatching(/^Run the what-if/)]);
		await runWhatIf(editor, version);
		const changed = await saveDraft(editor, shortenedTable(61), { version, revision: 1 });
		expect(changed.body).toMatchObject({ status: 'draft', proposed: null, revision: 2 });
		await editor.call('POST', `/cause-table/${version}/propose`);
		expect(await activate()).toEqual([409, expect.stringMatching(/was changed after its what-if/)]);
		await runWhatIf(admin, version);
	});

	it('is refused to two people of one Supplier, because the table explains the Alerts of all Suppliers', async () => {
		const draft = (await saveDraft(lead, shortenedTable(120))).body.version;
		await runWhatIf(lead, draft);
		const proposal = await lead.call('POST', `/cause-table/${draft}/propose`);
		expect([proposal.status, proposal.body.detail]).toEqual([
			403,
			'A lead of a Supplier cannot propose or activate a cause table, because it explains the Alerts of all Suppliers; an engineer or an admin of the installation may'
		]);
		await editor.call('POST', `/cause-table/${draft}/propose`);
		for (const person of [lead, officer, haldenLead])
			expect((await person.call('POST', `/cause-table/${draft}/activate`)).status).toBe(403);
		expect((await activeTable(lead)).version).toBe(shippedFile.version);
		// Only people of the installation take back what is proposed to all Suppliers.
		expect((await lead.call('POST', `/cause-table/${draft}/discard`)).status).toBe(403);
		expect((await saveDraft(lead, shortenedTable(62), { version: draft, revision: 1 })).status).toBe(403);
		expect((await admin.call('POST', `/cause-table/${draft}/discard`)).status).toBe(200);
	});

	it('needs another person than the proposer', async () => {
		otherDraft = (await saveDraft(lead, shortenedTable(90))).body.version;
		await runWhatIf(lead, otherDraft);
		const own = await editor.call('POST', `/cause-table/${version}/activate`);
		expect([own.status, own.body.detail]).toEqual([
			403,
			'You proposed this table: another person must activate it'
		]);
		expect((await activeTable(lead)).version).toBe(shippedFile.version);
		const other = await admin.call('POST', `/cause-table/${version}/activate`);
		expect(other.body).toMatchObject({
			status: 'active',
			proposed: { by: 'Rules editor' },
			activated: { by: 'Installation admin' }
		});
		const before = await lead.call('GET', `/cause-table/${shippedFile.version}`);
		expect(before.body).toMatchObject({
			status: 'retired',
			history: [{}, { what: `retired by ${version}`, by: 'Installation admin' }]
		});
	});

	it('reaches the running worker: the next explanation uses the new table and stores its version', async () => {
		await vi.waitFor(
			async () => {
				const deviceId = await postAlertAfterRequest(system, 'brightwell', 120);
				const alert = await system.becomes('brightwell', deviceId, { deviceId });
				expect(alert.explanation).not.toBe('likely');
				const { rows } = await system.database.query(
					'select table_version from supplier_alert where alert_id = $1',
					[alert.id]
				);
				expect(rows).toEqual([{ table_version: version }]);
			},
			{ timeout: 15_000, interval: 100 }
		);
	});

	it('invalidates what-ifs against the former table', async () => {
		const { body } = await lead.call('GET', `/cause-table/${otherDraft}/what-if`);
		expect(body).toMatchObject({ state: 'done', stands: false });
		await editor.call('POST', `/cause-table/${otherDraft}/propose`);
		const answer = await admin.call('POST', `/cause-table/${otherDraft}/activate`);
		expect([answer.status, answer.body.detail]).toEqual([
			409,
			expect.stringMatching(/has become active since the what-if/)
		]);
	});
});

describe('a newer product', () => {
	it('adds its file as a draft, once, and offers no file that is older than a shipped one', async () => {
		const { pool, close } = openDatabase(system.databaseUrl, 'causeway_worker', 2);
		const activeBefore = (await activeTable(lead)).version;
		expect(await seedCauseTable(pool, { ...shippedFile, version: '2027-02-01' })).toBe('draft');
		expect(await seedCauseTable(pool, { ...shippedFile, version: '2027-02-01' })).toBe('known');
		expect(await seedCauseTable(pool, { ...shortenedTable(9), version: '2027-02-01' })).toBe('changed');
		expect(await seedCauseTable(pool, { ...shippedFile, version: '2027-01-01' })).toBe('older');
		expect((await activeTable(lead)).version).toBe(activeBefore);
		await close();
	});
});

// Tests an upgrade: a database with an older cause table meets a product with a newer one. The newer table is offered as
// a draft with its what-if, and has its effect after two people of the installation activated it.
import { expect, it } from 'vitest';
import { shippedFile, type CauseFile } from '#lib/domain/cause-table/cause-table.ts';
import {
	activeTable,
	joinEditors,
	postAlertAfterRequest,
	waitForWhatIf
} from '../../support/cause-tables.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';
import { startWeb } from '../../support/web.ts';

/** Returns the shipped table as it was before the product knew a cause of 8F30. */
const olderTable = (version: string): CauseFile => ({
	...shippedFile,
	version,
	entries: shippedFile.entries.filter((entry) => entry.alert !== '8F30')
});

/** Leaves only this table in the database, as the active one. */
async function becomeOlder(system: System, version: string, shipped: boolean): Promise<void> {
	await system.database.query('delete from cause_words');
	await system.database.query('delete from cause_table_history');
	await system.database.query('delete from cause_table');
	await system.database.query(
		`insert into cause_table (version, body, status, shipped, drafted_by, drafted_by_id, activated_by, activated_by_id, activated_at)
		 values ($1, $2, 'active', $3, 'before', 'a', 'before', 'b', now())`,
		[version, JSON.stringify(olderTable(version)), shipped]
	);
}

it.each([
	['the table that an older version shipped', '2026-11-01', true],
	['a table that people made', '2026-11-01.3', false]
])(
	'beside %s, the new table is a draft with its what-if, and explains after its activation',
	async (_, version, shipped) => {
		await using system = await startSystem({ worker: false });
		await becomeOlder(system, version, shipped);
		await system.startWorker();
		await using _web = await startWeb(system);
		const { admin, editor, lead } = await joinEditors(system);
		expect(await activeTable(lead)).toMatchObject({ version });
		const [offered] = (await lead.call('GET', '/cause-table')).body.others;
		expect(offered).toMatchObject({
			version: shippedFile.version,
			status: 'draft',
			shipped: true,
			basedOn: version,
			note: expect.stringMatching(/^shipped with \d+\.\d+\.\d+/)
		});
		expect(await waitForWhatIf(admin, offered.version)).toMatchObject({
			against: version,
			stands: true,
			startedBy: 'shipped with the product'
		});
		const before = await postAlertAfterRequest(system, 'brightwell', 27);
		expect((await system.becomes('brightwell', before, { code: '8F30' })).explanation).not.toBe('likely');

		expect((await editor.call('POST', `/cause-table/${offered.version}/propose`)).status).toBe(200);
		expect((await admin.call('POST', `/cause-table/${offered.version}/activate`)).body.status).toBe('active');
		await eventually(
			async () => {
				const after = await postAlertAfterRequest(system, 'brightwell', 27);
				await system.becomes('brightwell', after, { explanation: 'likely' });
			},
			{ timeout: 20_000 }
		);
		// What people made is still there, and a new draft can start from it.
		expect((await lead.call('GET', `/cause-table/${version}`)).body).toMatchObject({
			status: 'retired',
			body: olderTable(version)
		});
	},
	90_000
);

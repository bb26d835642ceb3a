// Tests the help for terms: what it says of an Alert code follows the active cause table.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const explain = async (kind: string, term: string) =>
	(await system.get('brightwell', `/terms?kind=${kind}&term=${term}`)).body;

it('explains an Alert code by the active cause table', async () => {
	const shipped = await explain('alert-code', '8F30');
	expect(shipped).toMatchObject({ title: expect.stringContaining('Authority'), known: true });
	expect(shipped.sentences.at(-1)).toMatch(/security incident at once\.$/);
	await system.database.query(`
		update cause_table set body = jsonb_set(body, '{entries}', (
			select jsonb_agg(case when e->>'alert' = '8F30' then e || '{"guidance": "Ask the lead."}' else e end)
			from jsonb_array_elements(body->'entries') e
		)) where status = 'active'`);
	expect((await explain('alert-code', '8F30')).sentences.at(-1)).toBe('Ask the lead.');
});

it('says why no command can cause an Alert, for a Device Alert and for a DCC Alert', async () => {
	for (const code of ['8F35', 'AD1'])
		expect((await explain('alert-code', code)).sentences).toContain(
			'No command can cause it. It reports a loss or a return of the mains supply.'
		);
});

it('explains SRVs, roles and response codes', async () => {
	expect(await explain('srv', '6.5')).toMatchObject({ title: 'Update Device Configuration (Voltage)' });
	expect(await explain('role', 'ED')).toMatchObject({ title: 'Electricity Distributor' });
	expect(await explain('response-code', 'E21')).toMatchObject({ title: 'No answer' });
	expect(await explain('alert-code', '8ABC')).toMatchObject({ known: false });
});

it('refuses a kind that it does not know, and a term that is no code', async () => {
	const { status, body } = await system.get('brightwell', '/terms?kind=word&term=a%20b');
	expect(status).toBe(400);
	expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['kind', 'term']);
});

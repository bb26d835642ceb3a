// What every session of the product asks of PostgreSQL, whatever that one is set to.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase, type Role } from '#lib/server/postgres/database.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

it.each<Role>(['causeway_web', 'causeway_ingest', 'causeway_worker'])(
	'%s compiles no statement: that takes longer than the statement',
	async (role) => {
		const { pool, close } = openDatabase(system.databaseUrl, role, 1);
		try {
			expect((await pool.query('show jit')).rows).toEqual([{ jit: 'off' }]);
		} finally {
			await close();
		}
	}
);

it.each<[Role, mode: string]>([
	['causeway_web', 'auto'],
	['causeway_ingest', 'force_generic_plan'],
	['causeway_worker', 'force_generic_plan']
])('%s plans %s: what does the same all day plans a statement once', async (role, mode) => {
	const { pool, close } = openDatabase(system.databaseUrl, role, 1);
	try {
		expect((await pool.query('show plan_cache_mode')).rows).toEqual([{ plan_cache_mode: mode }]);
	} finally {
		await close();
	}
});

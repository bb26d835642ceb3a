// Tests the settings of the product's sessions. They do not depend on how the PostgreSQL server is configured.
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
	'a session of %s does not compile statements, because that takes longer than to run them',
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
])(
	'a session of %s has plan_cache_mode %s: ingest and workers plan each statement once',
	async (role, mode) => {
		const { pool, close } = openDatabase(system.databaseUrl, role, 1);
		try {
			expect((await pool.query('show plan_cache_mode')).rows).toEqual([{ plan_cache_mode: mode }]);
		} finally {
			await close();
		}
	}
);

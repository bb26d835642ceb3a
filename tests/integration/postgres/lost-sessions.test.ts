// Tests that a process survives when PostgreSQL ends its sessions: a restart of the server, or a stop of the launcher.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDatabase } from '#lib/server/postgres/database.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

it.each([
	['the owner of the tables', () => openOwnerPool(system.databaseUrl, 1)],
	['a role', () => openDatabase(system.databaseUrl, 'causeway_web', 1).pool]
])(
	'if PostgreSQL ends a session of %s in use, its next statement fails, and the pool opens another session',
	async (_whose, open) => {
		const pool = open();
		try {
			// The holder of the session listens to no error, as the sign-in library.
			const client = await pool.connect();
			const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
			const ended = new Promise((done) => client.once('end', done));
			await system.database.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
			await ended;
			await expect(client.query('select 1')).rejects.toThrow(/not queryable|terminat/);
			client.release();
			expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
		} finally {
			await pool.end();
		}
	}
);

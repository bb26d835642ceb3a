// Tests changed explanations whose Alert is decided or explained in between.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replaceExplanations } from '#lib/server/feed/replace-explanations.ts';
import { insertExplanations } from '#lib/server/feed/insert-explanations.ts';
import { findChanged } from '#lib/server/feed/stored-explanations.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { explainedAlerts, type AlertSpec } from '../../support/explained-alerts.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let alerts: ReturnType<typeof explainedAlerts>;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	alerts = explainedAlerts(system);
});
afterAll(async () => {
	await alerts.close();
	await system[Symbol.asyncDispose]();
});

const alert = (n: number, userId: string | null): AlertSpec => ({ n, device: n, atSeconds: 60 * n, userId });
const storedExplanations = async () =>
	(
		await system.database.query<{ explanation: string; version: number; seq: string }>(
			'select explanation, version, seq from supplier_alert order by alert_id'
		)
	).rows.map((row) => ({ ...row, seq: Number(row.seq) }));

it('replaces explanations that are unchanged since they were read, and enqueues an Alert that was decided since', async () => {
	await alerts.insert([alert(1, null), alert(2, null), alert(3, null)]);
	const rows = [alert(1, 'A'), alert(2, 'A'), alert(3, null)].map(alerts.rowOf);
	const changed = await findChanged(alerts.pool as never, rows);
	// The explanation of the third Alert has not changed.
	expect(changed.map(({ row }) => row.alertId)).toEqual([rows[0]!.alertId, rows[1]!.alertId]);
	// In between, a person decides on the second Alert.
	await system.database.query('update supplier_alert set version = version + 1 where alert_id = $1', [
		rows[1]!.alertId.toString()
	]);
	const { frames, doorbell } = await inTransaction(alerts.pool, (client) =>
		replaceExplanations(client, changed as never)
	);

	expect(frames).toMatchObject([{ supplierId: 1, from: 4, to: 4, items: [{ version: 2, seq: 4 }] }]);
	expect(await storedExplanations()).toEqual([
		{ explanation: 'likely', version: 2, seq: 4 },
		{ explanation: 'unexplained', version: 2, seq: 2 },
		{ explanation: 'unexplained', version: 1, seq: 3 }
	]);
	const { rows: doorbells } = await system.database.query(
		`select id::text, job, ids::text[] as ids from doorbell where job = 'correlate-again'`
	);
	expect(doorbells).toEqual([
		{ id: doorbell!.toString(), job: 'correlate-again', ids: [rows[1]!.alertId.toString()] }
	]);
});

it('enqueues an Alert whose first explanation was stored in between, with older evidence', async () => {
	const row = alerts.rowOf(alert(4, 'A'));
	expect(await findChanged(alerts.pool as never, [row])).toMatchObject([{ stored: null, isBack: false }]);
	await alerts.insert([alert(4, null)]);
	const { frames, doorbell } = await inTransaction(alerts.pool, (client) =>
		insertExplanations(client, [row], { newerEvidence: true })
	);

	expect(frames).toEqual([]);
	const { rows: doorbells } = await system.database.query(
		`select job, ids::text[] as ids from doorbell where id = $1`,
		[doorbell!.toString()]
	);
	expect(doorbells).toEqual([{ job: 'correlate-again', ids: [row.alertId.toString()] }]);
});

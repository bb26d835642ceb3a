// Tests standing decisions of Alerts that change hands by a corrected tenure: each Supplier reads its own decisions only.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aDevice, suppliedBy } from '../../support/records.ts';
import {
	aProposal,
	alertBecomes,
	fitting,
	standingOf,
	succeed,
	type Standing
} from '../../support/standing.ts';
import { addApiKey } from '#lib/server/access/administration.ts';
import { eventually, startSystem, type SupplierSlug, type System } from '../../support/system.ts';

let system: System;
let standing: Standing;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	standing = await standingOf(system);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const supply = (deviceId: string, slug: SupplierSlug) =>
	system.post(
		'/devices',
		aDevice(deviceId, { tenures: suppliedBy('brightwell', ['2026-11-04T00:00:00.000Z', slug]) })
	);
const isGone = (id: string): Promise<void> =>
	eventually(async () => expect((await system.get('brightwell', `/alerts/${id}`)).status).toBe(404));

/** Proposes and activates the same standing decision for Halden. */
async function activeAtHalden(): Promise<string> {
	const { rows } = await system.database.query(`select id from supplier where slug = 'halden'`);
	const second = await addApiKey(system.database, rows[0].id, ['read', 'manage']);
	const { body } = await standing.post('', aProposal({ note: 'of Halden' }), 'halden');
	const confirm = { confirm: body.preview.matched };
	expect((await standing.post(`/${body.id}/activate`, confirm, second)).status).toBe(200);
	return body.id;
}

it('gives an Alert that comes back its decision, and takes the decision back when it no longer fits', async () => {
	const { id } = await standing.active();
	const alert = await fitting(system);
	expect(alert.decision).toMatchObject({ standing: id });
	await supply(alert.deviceId, 'halden');
	const other = await system.becomes('halden', alert.deviceId, { explanation: 'likely' });
	expect(other.decision).toBeNull(); // Halden has no standing decision, and reads none of Brightwell
	await isGone(alert.id);

	await supply(alert.deviceId, 'brightwell');
	await alertBecomes(system, alert.id, { decision: { standing: id }, notice: null });
	await supply(alert.deviceId, 'halden');
	await isGone(alert.id);
	await succeed(system, alert.candidates[0]!.requestId);
	await system.becomes('halden', alert.deviceId, { candidates: [] });
	await supply(alert.deviceId, 'brightwell');
	await alertBecomes(system, alert.id, { decision: null, notice: expect.stringMatching(/no longer fits/) });
	expect((await standing.one(id)).use).toMatchObject({ matched: 1, withdrawn: 1 });
	await standing.end(id);
});

it('decides an Alert that the Supplier gains by the standing decision of this Supplier', async () => {
	const alert = await fitting(system);
	expect(alert.decision).toBeNull();
	const id = await activeAtHalden();
	await supply(alert.deviceId, 'halden');
	await system.becomes('halden', alert.deviceId, { decision: { standing: id, note: 'of Halden' } });
	const { body } = await system.get('halden', `/standing-decisions/${id}/matches`);
	expect(body.items).toHaveLength(1);
});

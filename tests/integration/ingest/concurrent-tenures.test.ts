// P4 on the real record: whoever states tenures, and however many at once, no Device ever has two Suppliers at one instant.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { aDevice, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';
import { SLOTS, SLUGS, owners, slotOf, tenuresOf, type Owner } from '../../support/tenure-histories.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const [DEVICES, WRITERS, ROUNDS] = [50, 6, 2];
const devices = Array.from({ length: DEVICES }, newDeviceId);
const seeds = Array.from({ length: ROUNDS }, (_, i) => 100 + i);

/** What each writer states of each Device, in an order of its own. */
function statements(seed: number): Array<Array<{ deviceId: string; owners: Owner[] }>> {
	const stated = fc.sample(owners, { numRuns: DEVICES * WRITERS, seed });
	return Array.from({ length: WRITERS }, (_, writer) => {
		const all = devices.map((deviceId, i) => ({ deviceId, owners: stated[writer * DEVICES + i]! }));
		const turn = (writer * DEVICES) / WRITERS;
		const turned = [...all.slice(turn), ...all.slice(0, turn)];
		return writer % 2 ? turned.toReversed() : turned;
	});
}

/** The owners of each slot as the record has them; a slot that two tenures claim is a fault. */
async function recorded(): Promise<Map<string, Owner[]>> {
	const { rows } = await system.record.query<{ device: Buffer; slug: Owner; from: Date; to: Date }>(
		`select t.device_id as device, s.slug, lower(t.during) as "from", upper(t.during) as "to"
		 from tenure t join supplier s on s.id = t.supplier_id where t.superseded_at is null`
	);
	const found = new Map(devices.map((id) => [id, Array<Owner>(SLOTS).fill('nobody')]));
	const names = new Map(devices.map((id) => [euiToBytes(id).toString('hex'), id]));
	for (const { device, slug, from, to } of rows) {
		const slots = found.get(names.get(device.toString('hex'))!)!;
		for (let slot = slotOf(from); slot < slotOf(to); slot++) {
			if (slots[slot] !== 'nobody') throw new Error(`slot ${slot} has two owners`);
			slots[slot] = slug;
		}
	}
	return found;
}

const devicesOf = (list: ReturnType<typeof statements>[number], only?: Owner) =>
	list.map(({ deviceId, owners }) =>
		aDevice(deviceId, { tenures: tenuresOf(owners).filter(({ supplier }) => !only || supplier === only) })
	);

describe(`${WRITERS} writers at once on ${DEVICES} Devices, ${ROUNDS} times`, () => {
	it('with the key of the installation: each Device ends as one of them stated it, whole', async () => {
		for (const seed of seeds) {
			const all = statements(seed);
			const answers = await Promise.all(all.map((list) => system.post('/devices', devicesOf(list))));
			for (const { status, body } of answers) expect([status, body.rejected]).toEqual([202, []]);
			for (const [deviceId, slots] of await recorded())
				expect(all.map((list) => list.find((one) => one.deviceId === deviceId)!.owners)).toContainEqual(
					slots
				);
		}
	});

	it("with the Suppliers' own keys among them: what overlaps is refused, and no instant has two owners", async () => {
		let refused = 0;
		for (const seed of seeds) {
			const answers = await Promise.all(
				statements(seed + 50).map((list, writer) => {
					const own = [...SLUGS, undefined][writer % 3];
					return system.call('POST', '/devices', own ?? '*', devicesOf(list, own));
				})
			);
			for (const { status, body } of answers) {
				expect(status).toBe(202);
				refused += body.rejected.length;
				for (const { error } of body.rejected)
					expect(error).toMatch(/overlap with the tenure of another Supplier/);
			}
			expect((await recorded()).size).toBe(DEVICES);
		}
		expect(refused).toBeGreaterThan(0);
	});
});

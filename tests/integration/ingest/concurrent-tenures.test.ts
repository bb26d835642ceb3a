// Tests that no Device ever has two Suppliers at the same time, whoever states tenures and however many do so at once.
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

/** The number of rounds is small, because each round sends all writers to a running system and then reads all tenures. */
const ROUND_COUNT = 2;
const [DEVICE_COUNT, WRITER_COUNT] = [50, 6];
const devices = Array.from({ length: DEVICE_COUNT }, newDeviceId);
const seeds = Array.from({ length: ROUND_COUNT }, (_, i) => 100 + i);

/** Makes the tenures that each writer states of each Device. Each writer has its own order of Devices. */
function statements(seed: number): Array<Array<{ deviceId: string; owners: Owner[] }>> {
	const stated = fc.sample(owners, { numRuns: DEVICE_COUNT * WRITER_COUNT, seed });
	return Array.from({ length: WRITER_COUNT }, (_, writer) => {
		const all = devices.map((deviceId, i) => ({ deviceId, owners: stated[writer * DEVICE_COUNT + i]! }));
		const start = (writer * DEVICE_COUNT) / WRITER_COUNT;
		const rotated = [...all.slice(start), ...all.slice(0, start)];
		return writer % 2 ? rotated.toReversed() : rotated;
	});
}

/** Reads the stored owners of each slot. Throws if two tenures claim a slot. */
async function storedOwners(): Promise<Map<string, Owner[]>> {
	const { rows } = await system.database.query<{ device: Buffer; slug: Owner; from: Date; to: Date }>(
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

const devicesOf = (list: ReturnType<typeof statements>[number], onlyOf?: Owner) =>
	list.map(({ deviceId, owners }) =>
		aDevice(deviceId, { tenures: tenuresOf(owners).filter(({ supplier }) => !onlyOf || supplier === onlyOf) })
	);

describe(`${WRITER_COUNT} simultaneous writers on ${DEVICE_COUNT} Devices, in ${ROUND_COUNT} rounds`, () => {
	it('with the key of the installation, each Device ends with all tenures of one of the writers', async () => {
		for (const seed of seeds) {
			const all = statements(seed);
			const answers = await Promise.all(all.map((list) => system.post('/devices', devicesOf(list))));
			for (const { status, body } of answers) expect([status, body.rejected]).toEqual([202, []]);
			for (const [deviceId, slots] of await storedOwners())
				expect(
					all.map((list) => list.find((statement) => statement.deviceId === deviceId)!.owners)
				).toContainEqual(slots);
		}
	});

	it('with keys of Suppliers among them, tenures that are not theirs are refused and no time has two owners', async () => {
		let refused = 0;
		for (const seed of seeds) {
			const answers = await Promise.all(
				statements(seed + 50).map((list, writer) => {
					const own = [...SLUGS, undefined][writer % 3];
					return system.call('POST', '/devices', own ?? '*', devicesOf(list, own));
				})
			);
			for (const { status, body } of answers) {
				expect(status).toBe(body.accepted + body.duplicates > 0 ? 202 : 400);
				refused += body.rejected.length;
				for (const { error } of body.rejected)
					expect(error).toMatch(
						/overlap with the tenure of another Supplier|the installation has stated your tenure|not in your tenure/
					);
			}
			expect((await storedOwners()).size).toBe(DEVICE_COUNT);
		}
		expect(refused).toBeGreaterThan(0);
	});
});

// Sends Alerts that differ in every facet: codes, ages, Devices with and without attributes, and candidates of several Users.
import fc from 'fast-check';
import { expect } from 'vitest';
import { BRIGHTWELL_USER_ID, aDevice, aRequest, anAlert, newDeviceId, suppliedBy } from './records.ts';
import type { System } from './system.ts';

export const SECOND_GRID = '90-B3-D5-1F-30-02-00-02';
const DEVICE_COUNT = 60;
const ALERT_COUNT = 240;

const pick = <T>(list: readonly T[], place: number): T => list[place % list.length]!;

/** Sends the records of Brightwell. Some of its Devices have gone to Halden since. */
export async function sendVariedAlerts(system: System): Promise<void> {
	const [random] = fc.sample(
		fc.array(fc.nat(1_000_000), { minLength: 3 * ALERT_COUNT, maxLength: 3 * ALERT_COUNT }),
		{ numRuns: 1, seed: 29 }
	);
	const ids = Array.from({ length: DEVICE_COUNT }, newDeviceId);
	await system.post(
		'/devices',
		ids.map((id, i) =>
			aDevice(id, {
				...(i % 7 !== 0 && { model: pick(['Storm 9', 'Storm 10', 'Reed'], i), area: pick(['SW1', 'N1'], i) }),
				...(i % 5 !== 0 && { firmware: pick(['2.10', '2.11'], i) }),
				// Some Devices are in no tenure of Brightwell any more. Their attributes are not counted.
				...(i % 6 === 0 && { tenures: suppliedBy('brightwell', ['2026-11-05T11:00:00.000Z', 'halden']) })
			})
		)
	);
	await system.post(
		'/service-requests',
		ids
			.filter((_, i) => i % 3 !== 0)
			.flatMap((id, i) => [
				aRequest(id),
				...(i % 4 === 0
					? [
							aRequest(id, {
								userId: SECOND_GRID,
								userName: 'South Grid',
								requestedAt: '2026-11-05T02:13:30.000Z'
							})
						]
					: []),
				...(i % 5 === 0
					? [aRequest(id, { userId: '90-B3-D5-1F-30-04-00-01', userRole: 'GT', userName: 'Gas Net' })]
					: []),
				...(i % 6 === 0
					? [aRequest(id, { userId: BRIGHTWELL_USER_ID, userRole: 'IS', userName: 'Brightwell' })]
					: [])
			])
	);
	const posted = await system.post(
		'/alerts',
		Array.from({ length: ALERT_COUNT }, (_, i) => {
			const [device, code, age] = random!.slice(3 * i, 3 * i + 3) as [number, number, number];
			const raisedAt = pick(
				[
					'2026-11-05T02:14:07.000Z',
					'2026-11-05T10:30:00.000Z',
					'2026-11-05T11:30:00.000Z',
					'2026-11-01T00:00:00.000Z',
					'2026-10-01T00:00:00.000Z'
				],
				age % 7
			);
			return anAlert(pick(ids, device), {
				code: pick(['8F30', '8F35', '81B8', '8F3E', '8ABC'], code),
				raisedAt,
				receivedAt: raisedAt
			});
		})
	);
	expect(posted.body.rejected).toEqual([]);
}

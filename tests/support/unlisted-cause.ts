// Builds homes in which an Alert follows an agent's read although the cause table does not link the two, and other homes to
// compare with.
import { PARTIES } from '../../demo/world.ts';
import { aHome, answered, november, raised, type Home } from './records.ts';
import type { System } from './system.ts';

const { metrix, northGrid } = PARTIES;

/** An Alert code that no row of the cause table links to a read of the identity by an agent. */
export const UNLISTED_CODE = '81AF';
export const UNLISTED_PATTERN = {
	deviceType: 'ESME',
	code: UNLISTED_CODE,
	serviceReferenceVariant: '6.2.4',
	userRole: 'RSA',
	relation: 'same-device'
};

/** Makes fifty homes with an unlisted cause, and sixty with a metrology fault, nine of them with a read before the fault. */
export function homesWithUnlistedCause() {
	const affectedHomes = Array.from({ length: 50 }, () => aHome());
	const others = Array.from({ length: 60 }, () => aHome());
	return {
		affectedHomes,
		devices: [...affectedHomes, ...others].flatMap((home) => home.devices),
		requests: [
			...affectedHomes.map((home) =>
				answered(metrix, home.electricityMeter, '6.2.4', november(4, '12:00:00'))
			),
			...others
				.slice(0, 9)
				.map((home) => answered(northGrid, home.electricityMeter, '4.10', november(4, '12:00:00')))
		],
		alerts: [
			...affectedHomes.map((home) => raised(home.electricityMeter, UNLISTED_CODE, november(4, '12:00:20'))),
			// Alerts that a Device repeats within the hour count as one occasion.
			...affectedHomes
				.slice(0, 5)
				.map((home) => raised(home.electricityMeter, UNLISTED_CODE, november(4, '12:30:20'))),
			...others.map((home) => raised(home.electricityMeter, '81BB', november(4, '12:00:20')))
		]
	};
}

/** Reports that the audit data is complete up to a time after all Alerts of the homes. */
export async function reportComplete(system: System): Promise<void> {
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: november(22, '00:00:00.000')
	});
}

/** Reads the oldest Alert of a home's electricity meter. */
export const oldestAlert = async (system: System, home: Home) =>
	(await system.alerts('brightwell', `?device=${home.electricityMeter}&sort=oldest`))[0]!;

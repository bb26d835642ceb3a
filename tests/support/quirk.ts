// Homes in which an agent's read is followed by an Alert that the cause table does not link to it, and others to compare.
import { PARTIES } from '../../demo/world.ts';
import { aHome, answered, november, raised, type Home } from './records.ts';
import type { System } from './system.ts';

const { metrix, northGrid } = PARTIES;

/** A code that no row of the cause table links to an identity read by an agent. */
export const QUIRK = '81AF';
export const QUIRK_PATTERN = {
	deviceType: 'ESME',
	code: QUIRK,
	serviceReferenceVariant: '6.2.4',
	userRole: 'RSA',
	relation: 'same-device'
};

/** Fifty homes with the quirk, sixty with a metrology fault that follows a read in a few. */
export function quirkyHomes() {
	const quirky = Array.from({ length: 50 }, () => aHome());
	const others = Array.from({ length: 60 }, () => aHome());
	return {
		quirky,
		devices: [...quirky, ...others].flatMap((home) => home.devices),
		requests: [
			...quirky.map((home) => answered(metrix, home.esme, '6.2.4', november(4, '12:00:00'))),
			...others.slice(0, 9).map((home) => answered(northGrid, home.esme, '4.10', november(4, '12:00:00')))
		],
		alerts: [
			...quirky.map((home) => raised(home.esme, QUIRK, november(4, '12:00:20'))),
			// A Device that repeats itself within the hour is one occasion.
			...quirky.slice(0, 5).map((home) => raised(home.esme, QUIRK, november(4, '12:30:20'))),
			...others.map((home) => raised(home.esme, '81BB', november(4, '12:00:20')))
		]
	};
}

export async function sayComplete(system: System): Promise<void> {
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: november(22, '00:00:00.000')
	});
}

export const oldestOf = async (system: System, home: Home) =>
	(await system.alerts('brightwell', `?device=${home.esme}&sort=oldest`))[0]!;

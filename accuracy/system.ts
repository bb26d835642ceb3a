// Starts the Causeway that the worlds are sent through: it has two Suppliers and weighs learned evidence every second.
import { PARTIES } from '../demo/world.ts';
import type { Testbed, System } from '../launcher/testbed.ts';

const SUPPLIERS = [
	{ slug: 'brightwell', name: 'Brightwell Energy', userIds: [PARTIES.brightwell.userId] },
	{ slug: 'halden', name: 'Halden Gas', userIds: [PARTIES.halden.userId] }
];
export const VIEWERS: readonly string[] = SUPPLIERS.map(({ slug }) => slug);

export const startWorldSystem = (testbed: Testbed): Promise<System> =>
	testbed.startSystem({
		suppliers: SUPPLIERS,
		// A run has only minutes for the learning that a real installation does in a day.
		settings: { LEARN_EVERY_SECONDS: '1' }
	});

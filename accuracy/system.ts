// The Causeway that the worlds are sent through: two Suppliers, and evidence that is weighed all the time.
import type { Ground, System } from '../launcher/ground.ts';
import { PARTIES } from '../demo/world.ts';

const SUPPLIERS = [
	{ slug: 'brightwell', name: 'Brightwell Energy', userIds: [PARTIES.brightwell.userId] },
	{ slug: 'halden', name: 'Halden Gas', userIds: [PARTIES.halden.userId] }
];
export const VIEWERS: readonly string[] = SUPPLIERS.map(({ slug }) => slug);

export const startWorldSystem = (ground: Ground): Promise<System> =>
	ground.startSystem({
		suppliers: SUPPLIERS,
		// What is learned in a day of a real installation is learned in the minutes of a run.
		settings: { LEARN_EVERY_SECONDS: '1' }
	});
